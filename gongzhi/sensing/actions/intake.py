"""Taking in what devices say, each message once however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import HELP, Upkeep, What

FORGOTTEN_AT_ONCE = 500  # few enough to keep no other writer waiting


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: new readings, ones known before, and messages of unknown devices."""

    new: int
    doubled: int
    unknown: int


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
    )
    rows = rows.exclude(upkeep=Upkeep.RETIRED).select_related("gateway", "home__area")
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
def forget_readings(*, by: Person | None, before: datetime, at: datetime) -> int:
    """Delete at most FORGOTTEN_AT_ONCE readings older than `before`; how many it was."""
    old = Reading.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)
    keys = list(old[:FORGOTTEN_AT_ONCE])
    if not keys:
        return 0
    count, _each = Reading.objects.filter(pk__in=keys).delete()
    return count
