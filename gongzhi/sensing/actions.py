"""Registering devices, taking in what they say, and judging whether they can still be heard."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.journal.record import Happening, record, record_many
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area, Building
from gongzhi.sensing import rules
from gongzhi.sensing.models import Device, Gateway, Home, Reading
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import HELP, DeviceKind, What


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: new readings, ones known before, and messages of unknown devices."""

    new: int
    doubled: int
    unknown: int


def fingerprint(secret: str) -> str:
    """What is kept of a gateway's secret, which has 256 random bits: a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


@action
def register_gateway(*, by: Person | None, code: str, at: datetime) -> tuple[Gateway, str]:
    """A gateway with a secret of its own, which is told once and never again."""
    if by is not None:
        require(by, Can.GUARD_ELDERS, within=None)
    if Gateway.objects.filter(code=code).exists():
        raise NotUnderstood(_("网关编号已登记过，请核对。"), field="code")
    secret = secrets.token_urlsafe(32)
    gateway = Gateway.objects.create(code=code, secret_hash=fingerprint(secret))
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
def take_readings(*, by: Person | None, messages: Sequence[Message], at: datetime) -> Taken:
    """Keep what devices said, each message once however often it is sent, all or nothing.

    Messages of unknown devices or switched-off gateways are counted and dropped. A call for help
    is recorded in the same transaction, so that it can neither be lost nor told before it is kept.
    """
    devices = _devices(messages)
    known = [
        (devices[m.gateway, m.serial], m) for m in messages if (m.gateway, m.serial) in devices
    ]
    kept = [(device, m) for device, m in known if m.what != What.HEARTBEAT]
    fresh = _new(kept)
    Reading.objects.bulk_create(
        [
            Reading(device=device, key=m.key, at=m.at, received_at=at, what=m.what, value=m.value)
            for device, m in fresh
        ],
        ignore_conflicts=True,
    )
    _note_life(known)
    record_many(
        Happening(
            "sensing.called_for_help",
            device,
            by,
            m.at,
            device.home.area.path,
            {"kind": device.kind, "key": m.key},
        )
        for device, m in fresh
        if device.kind in HELP and m.what == What.ALARM and not device.testing
    )
    return Taken(len(fresh), len(kept) - len(fresh), len(messages) - len(known))


def _devices(messages: Sequence[Message]) -> dict[tuple[str, str], Device]:
    rows = Device.objects.filter(
        gateway__code__in={m.gateway for m in messages},
        gateway__active=True,
        serial__in={m.serial for m in messages},
    ).select_related("gateway", "home__area")
    return {(device.gateway.code, device.serial): device for device in rows}


def _new(kept: Sequence[tuple[Device, Message]]) -> list[tuple[Device, Message]]:
    """Those not here yet, each once."""
    by_key = {(device.pk, m.key): (device, m) for device, m in kept}
    if not by_key:
        return []
    here = Reading.objects.filter(
        device__in={pk for pk, _key in by_key}, key__in={key for _pk, key in by_key}
    ).values_list("device_id", "key")
    for identity in here:
        by_key.pop(identity, None)
    return list(by_key.values())


def _note_life(known: Sequence[tuple[Device, Message]]) -> None:
    """Last sign of life, battery and tampering of each device that spoke."""
    changed: dict[int, Device] = {}
    for device, m in known:
        since = (m.at - device.seen_at).total_seconds() if device.seen_at else device.period
        battery = device.battery if m.battery is None else m.battery
        tampered = device.tampered or m.tampered
        # A talkative device is not written at every word: an eighth of its period is exact enough.
        if since >= device.period / 8 or (battery, tampered) != (device.battery, device.tampered):
            device.seen_at = max(device.seen_at or m.at, m.at)
            device.battery, device.tampered = battery, tampered
            changed[device.pk] = device
    Device.objects.bulk_update(changed.values(), ["seen_at", "battery", "tampered"], batch_size=200)


@action
def judge_health(*, by: Person | None, at: datetime) -> list[Device]:
    """Bring the health of all devices up to `at`; gives those whose health changed.

    When many of a building fall late together, one outage is recorded instead of one event each.
    """
    changed = []
    for device in Device.objects.exclude(seen_at=None).select_related("home__area"):
        if device.seen_at is None:
            continue
        now = rules.health(
            rules.Device(
                device.seen_at.timestamp(), device.period, device.battery, device.tampered
            ),
            at.timestamp(),
        )
        if now != device.health:
            device.health, device.health_since = now.value, at
            changed.append(device)
    Device.objects.bulk_update(changed, ["health", "health_since"], batch_size=200)
    out = _outages(changed, at)
    record_many(
        [
            Happening("sensing.health_changed", d, by, at, d.home.area.path, {"health": d.health})
            for d in changed
            if d.home.building_id not in out
        ]
        + [
            Happening("sensing.outage_found", d, by, at, d.home.area.path, {"devices": count})
            for d, count in out.values()
        ]
    )
    return changed


def _outages(changed: Sequence[Device], at: datetime) -> dict[int, tuple[Device, int]]:
    """Buildings in which many devices became late together: one of the devices, and how many."""
    late = [d for d in changed if d.health in (rules.Health.LATE, rules.Health.OFFLINE)]
    buildings = {d.home.building_id for d in late if d.home.building_id is not None}
    found = {}
    for building in buildings:
        theirs = Device.objects.filter(home__building=building)
        since = theirs.filter(
            Q(health=rules.Health.LATE) | Q(health=rules.Health.OFFLINE)
        ).values_list("health_since", flat=True)
        moments = [moment.timestamp() for moment in since if moment is not None]
        if rules.outage(moments, theirs.count(), at.timestamp()):
            here = [d for d in late if d.home.building_id == building]
            found[building] = (here[0], len(moments))
    return found
