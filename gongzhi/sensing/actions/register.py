"""Registering gateways, homes and devices, and who keeps them working."""

import base64
import hashlib
import secrets
from datetime import date, datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.places.models import Area, Building
from gongzhi.sensing.models import Device, Gateway, Home
from gongzhi.sensing.words import DeviceKind, Upkeep

ROUNDS = 101  # of PBKDF2, as Mosquitto makes them; the secret itself has 256 random bits


def fingerprint(secret: str) -> str:
    """What is kept of a gateway's secret, which has 256 random bits: a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def broker_hash(secret: str) -> str:
    """The secret as a line of Mosquitto's password file: $7$ is PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ROUNDS, 64)
    b64 = base64.b64encode
    return f"$7${ROUNDS}${b64(salt).decode()}${b64(digest).decode()}"


@action
def register_gateway(*, by: Person | None, code: str, at: datetime) -> tuple[Gateway, str]:
    """A gateway with a secret of its own, which is told once and never again."""
    if by is not None:
        require(by, Can.GUARD_ELDERS, within=None)
    if Gateway.objects.filter(code=code).exists():
        raise NotUnderstood(_("网关编号已登记过，请核对。"), field="code")
    if not 1 <= len(code) <= 40 or not all(c.isalnum() or c in "-_." for c in code):
        raise NotUnderstood(_("网关编号只用字母、数字和 - _ .，最多40个。"), field="code")
    secret = secrets.token_urlsafe(32)
    gateway = Gateway.objects.create(
        code=code, secret_hash=fingerprint(secret), broker_hash=broker_hash(secret)
    )
    record("sensing.gateway_registered", about=gateway, by=by, at=at)
    return gateway, secret


@action
def register_home(
    *,
    by: Person | None,
    code: str,
    area: Area,
    address: str = "",
    building: Building | None = None,
    at: datetime,
) -> Home:
    """A home that may have devices; its address is sealed."""
    if by is not None:
        require(by, Can.GUARD_ELDERS, within=area)
    if Home.objects.filter(code=code).exists():
        raise NotUnderstood(_("户号已登记过，请核对。"), field="code")
    home = Home.objects.create(code=code, area=area, address=address, building=building)
    record("sensing.home_registered", about=home, by=by, at=at, area_path=area.path)
    return home


@action
def register_device(
    *,
    by: Person | None,
    gateway: Gateway,
    serial: str,
    home: Home,
    kind: DeviceKind,
    owner: Unit | None = None,
    period: int = 3600,
    installed_on: date | None = None,
    at: datetime,
) -> Device:
    """A device in a home. One without an owner unit shows on the workbench as an orphan."""
    if by is not None:
        require(by, Can.GUARD_ELDERS, within=home.area)
    if Device.objects.filter(gateway=gateway, serial=serial).exists():
        raise NotUnderstood(_("这台设备已登记过，请核对编号。"), field="serial")
    device = Device.objects.create(
        gateway=gateway,
        serial=serial,
        home=home,
        kind=kind,
        owner=owner,
        period=period,
        installed_on=installed_on,
        seen_at=at,
        health_since=at,
    )
    record("sensing.device_registered", about=device, by=by, at=at, area_path=home.area.path)
    return device


@action
def renew_secret(*, by: Person, gateway: Gateway, at: datetime) -> str:
    """A new secret, told once; the old one opens nothing from now on."""
    require(by, Can.GUARD_ELDERS, within=None)
    secret = secrets.token_urlsafe(32)
    Gateway.objects.filter(pk=gateway.pk).update(
        secret_hash=fingerprint(secret), broker_hash=broker_hash(secret), active=True
    )
    gateway.refresh_from_db()
    record("sensing.secret_renewed", about=gateway, by=by, at=at)
    return secret


@action
def shut_out(*, by: Person, gateway: Gateway, at: datetime) -> Gateway:
    """Nothing this gateway says is kept any more, until its secret is renewed."""
    require(by, Can.GUARD_ELDERS, within=None)
    if not Gateway.objects.filter(pk=gateway.pk, active=True).update(active=False):
        raise NotPossible(_("这个网关已经停用。"))
    gateway.refresh_from_db()
    record("sensing.gateway_shut_out", about=gateway, by=by, at=at)
    return gateway


@action
def keep_up_device(
    *, by: Person, device: Device, owner: Unit | None, upkeep: Upkeep, at: datetime
) -> Device:
    """Who keeps the device working, and whether it is in use, in repair or retired."""
    require(by, Can.GUARD_ELDERS, within=device.home.area)
    Device.objects.filter(pk=device.pk).update(owner=owner, upkeep=upkeep)
    device.refresh_from_db()
    record(
        "sensing.device_kept_up",
        about=device,
        by=by,
        at=at,
        area_path=device.home.area.path,
        owner=owner.pk if owner else None,
        upkeep=upkeep.value,
    )
    return device
