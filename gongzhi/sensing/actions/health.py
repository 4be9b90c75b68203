"""Judging whether devices can still be heard; what is lost together is one incident."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, QuerySet

from gongzhi.access.models import Person
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action
from gongzhi.sensing import rules
from gongzhi.sensing.models import Device, Outage

LOST = (rules.Health.LATE, rules.Health.OFFLINE)


@action
def judge_health(*, by: Person | None, at: datetime) -> list[Device]:
    """Bring the health of all devices up to `at`; gives those whose health changed.

    When many of a building, or behind a gateway, fall late together, one outage is kept instead
    of one event each; it ends once most of them are heard again.
    """
    changed = []
    devices = Device.objects.in_use().exclude(seen_at=None)
    for device in devices.select_related("home__area", "gateway"):
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
    found, covered = _find_outages(changed, at)
    record_many(
        [
            Happening("sensing.health_changed", d, by, at, d.home.area.path, {"health": d.health})
            for d in changed
            if d.pk not in covered
        ]
        + [
            Happening(
                "sensing.outage_found", o, by, at, o.area.path,
                {"devices": o.devices, "homes": o.homes},
            )
            for o in found
        ]
    )  # fmt: skip
    _end_outages(by, at)
    return changed


def _find_outages(changed: Sequence[Device], at: datetime) -> tuple[list[Outage], set[int]]:
    """New outages among what changed, and all changed devices that one explains."""
    late = [d for d in changed if d.health in LOST]
    found: list[Outage] = []
    covered: set[int] = set()
    for way in ("building", "gateway"):
        for key in {_key(d, way) for d in late if d.pk not in covered} - {None}:
            here = [d for d in late if _key(d, way) == key]
            outage, new = _outage(way, key, here, at)
            if outage is not None:
                covered |= {d.pk for d in here}
                if new:
                    found.append(outage)
    return found, covered


def _key(device: Device, way: str) -> int | None:
    return device.home.building_id if way == "building" else device.gateway_id


def _outage(
    way: str, key: int | None, here: Sequence[Device], at: datetime
) -> tuple[Outage | None, bool]:
    """The outage of this building or gateway, and whether it is new; None when there is none."""
    theirs = _theirs(way, key)
    known = Outage.objects.filter(**{way: key}, ended_at=None).first()
    lost = theirs.filter(health__in=LOST)
    if known is None:
        moments = [m.timestamp() for m in lost.values_list("health_since", flat=True) if m]
        if not rules.outage(moments, theirs.count(), at.timestamp()):
            return None, False
        homes = lost.values("home").distinct().count()
        if homes < 2:
            return None, False  # one home's box or fuse: it is blind, and has its own ladder
        known = Outage.objects.create(
            **{f"{way}_id": key},
            area=here[0].home.area,
            began_at=at,
            devices=lost.count(),
            homes=homes,
        )
        return known, True
    counted = lost.aggregate(devices=Count("pk"), homes=Count("home", distinct=True))
    Outage.objects.filter(pk=known.pk).update(**counted)
    return known, False


def _theirs(way: str, key: int | None) -> QuerySet[Device]:
    where = {"home__building": key} if way == "building" else {"gateway": key}
    return Device.objects.in_use().filter(**where)


def _end_outages(by: Person | None, at: datetime) -> None:
    """An outage is over once fewer are lost than would make one."""
    for outage in Outage.objects.filter(ended_at=None).select_related("area"):
        way = "building" if outage.building_id else "gateway"
        theirs = _theirs(way, outage.building_id or outage.gateway_id)
        lost = theirs.filter(health__in=LOST).count()
        if lost < max(1, rules.OUTAGE_SHARE * theirs.count()):
            Outage.objects.filter(pk=outage.pk).update(ended_at=at)
            record_many([Happening("sensing.outage_ended", outage, by, at, outage.area.path, {})])
