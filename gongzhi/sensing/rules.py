"""Whether a device can still be heard: its health is never mistaken for human silence."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LATE_AFTER, OFFLINE_AFTER = 2, 4  # heartbeat periods without a sign of life
LOW_BATTERY = 15  # per cent
OUTAGE_SHARE = 0.30  # of a building's devices
OUTAGE_WINDOW = 600  # seconds
OUTAGE_LEAST = 3  # devices; two of five in a stairwell are no outage of the building


class Health(StrEnum):
    """What is known of a device, the worst first."""

    TAMPER = "tamper"
    OFFLINE = "offline"
    LATE = "late"
    LOW_BATTERY = "low_battery"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Device:
    """What health is judged from: last sign of life (seconds), heartbeat period (seconds)."""

    seen: float
    period: float
    battery: int | None = None  # per cent
    tampered: bool = False


def health(device: Device, now: float) -> Health:
    """A device is online within two periods of its last sign of life, then late, then offline."""
    age = now - device.seen
    if device.tampered:
        return Health.TAMPER
    if age > OFFLINE_AFTER * device.period:
        return Health.OFFLINE
    if age > LATE_AFTER * device.period:
        return Health.LATE
    if device.battery is not None and device.battery <= LOW_BATTERY:
        return Health.LOW_BATTERY
    return Health.ONLINE


def hears(state: Health) -> bool:
    """Whether silence of such a device may be taken for silence of people."""
    return state not in (Health.OFFLINE, Health.LATE)


def next_change(device: Device, now: float) -> float:
    """When to look again, if nothing is heard: the moment it becomes late or offline, else ∞."""
    for periods in (LATE_AFTER, OFFLINE_AFTER):
        if (at := device.seen + periods * device.period) >= now:
            return at
    return float("inf")


def share_heard(events: Mapping[str, float], online: Iterable[str]) -> float:
    """What part of a home's usual events comes from devices that are online, 0 to 1.

    `events` says how many each human-sensing device usually makes. With nothing known yet each
    device counts the same. 0 means that the home is blind.
    """
    heard = set(online) & set(events)
    # fsum, because a plain sum depends on the order and more devices could seem to say less.
    total = math.fsum(events.values())
    if total <= 0:
        return len(heard) / len(events) if events else 0.0
    return math.fsum(events[device] for device in heard) / total


def outage(late_since: Iterable[float], devices: int, now: float) -> bool:
    """Whether so many of a building's devices became late together that it is one incident."""
    late = sum(1 for at in late_since if 0 <= now - at <= OUTAGE_WINDOW)
    return late >= max(OUTAGE_LEAST, OUTAGE_SHARE * devices)
