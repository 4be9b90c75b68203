"""The elders' homes go on living: what their devices say goes through the door of all readings.

Every day of a home is drawn from its own seed, so this can stop, start again and catch up: what
is sent twice is kept once.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F

from gongzhi.care.models import Elder
from gongzhi.care.times import local_seconds, moment
from gongzhi.demo.elders import day_number, key_of, life_of, openings, use_of
from gongzhi.demo.homes import Row
from gongzhi.demo.lives import DAY
from gongzhi.sensing.actions import take_readings
from gongzhi.sensing.models import Device, Home, Reading
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import DeviceKind, Health, What

SILENCED = "silenced.json"  # homes whose people are to fall silent, kept across restarts
CATCH_UP = timedelta(days=14)
AT_ONCE = 1000


class Town:
    """All homes of the demo with the devices in them; says what they say."""

    def __init__(self) -> None:
        devices = Device.objects.in_use().select_related("gateway", "home")
        # The home that was lost before the demo was built stays lost.
        self.devices = [d for d in devices if d.health != Health.OFFLINE]
        self.by_home: dict[str, dict[str, Device]] = {}
        for device in self.devices:
            self.by_home.setdefault(device.home.code, {})[device.kind] = device
        self._drawn: dict[tuple[str, int], list[Row]] = {}

    def say(self, *, since: datetime, until: datetime) -> int:
        """Send everything said after `since` up to `until`; how many messages were new."""
        messages = sorted(self._messages(since, until), key=lambda message: message.at)
        new = 0
        for begin in range(0, len(messages), AT_ONCE):
            taken = take_readings(by=None, messages=messages[begin : begin + AT_ONCE], at=until)
            new += taken.new
        return new

    def beat(self, *, at: datetime) -> None:
        """Heartbeats of the devices that owe one."""
        kept = {d.pk for d in self.devices}
        owing = Device.objects.filter(pk__in=kept, seen_at__lt=at - timedelta(seconds=1500))
        due = [
            device
            for device in owing.select_related("gateway")
            if device.seen_at is not None
            and (at - device.seen_at).total_seconds() > device.period * 0.45
        ]
        stamp = f"beat-{int(at.timestamp())}"
        messages = [
            Message(d.gateway.code, d.serial, stamp, at, What.HEARTBEAT, battery=d.battery)
            for d in due
        ]
        for begin in range(0, len(messages), AT_ONCE):
            take_readings(by=None, messages=messages[begin : begin + AT_ONCE], at=at)

    def _messages(self, since: datetime, until: datetime) -> Iterator[Message]:
        begin, end = local_seconds(since), local_seconds(until)
        quiet = silenced()
        for code, devices in self.by_home.items():
            for day in range(day_number(since), day_number(until) + 1):
                if code not in quiet:
                    yield from self._doors(code, devices, day, begin, end)
                yield from self._meter(code, devices, day, begin, end)

    def _doors(
        self, code: str, devices: dict[str, Device], day: int, begin: float, end: float
    ) -> Iterator[Message]:
        for row in self._day(code, day):
            device = devices.get(row.kind)
            if device is not None and begin < row.at <= end:
                at = moment(row.at)
                yield Message(device.gateway.code, device.serial, key_of(row), at, What.OPENED)

    def _meter(
        self, code: str, devices: dict[str, Device], day: int, begin: float, end: float
    ) -> Iterator[Message]:
        meter, at = devices.get(DeviceKind.METER), day * DAY + 600.0
        if meter is not None and begin < at <= end:
            kwh = use_of(life_of(code), day - 1)
            yield Message(meter.gateway.code, meter.serial, f"kwh-{day}", moment(at), What.KWH, kwh)

    def _day(self, code: str, day: int) -> list[Row]:
        if (code, day) not in self._drawn:
            if len(self._drawn) > 3 * len(self.by_home):
                self._drawn.clear()
            self._drawn[code, day] = openings(life_of(code), day)
        return self._drawn[code, day]


def catch_up(*, at: datetime) -> int:
    """What the homes said while the demo was not running; the devices are heard again."""
    town = Town()
    last = max((d.seen_at for d in town.devices if d.seen_at), default=at)
    new = town.say(since=max(last, at - CATCH_UP), until=at)
    Device.objects.filter(pk__in=[d.pk for d in town.devices]).update(seen_at=at)
    return new


# ── falling silent ────────────────────────────────────────────────────────


def _file() -> Path:
    return Path(settings.DATA_DIR) / SILENCED


def silenced() -> set[str]:
    """Codes of the homes whose people have fallen silent."""
    with suppress(OSError, ValueError):
        return set(json.loads(_file().read_text(encoding="utf-8")))
    return set()


def _write(codes: set[str]) -> None:
    _file().write_text(json.dumps(sorted(codes)), encoding="utf-8")


def silence(home: Home, *, at: datetime) -> datetime:
    """Let the people of a home have been silent for as long as their own rhythm allows, as of now.

    The demo's own fiction is rewritten: its latest readings go, as if the elder had not stirred
    since. The guard reads the home's record anew within seconds and raises the alarm. Gives the
    moment of the last sign of life that is left.
    """
    elder = Elder.objects.select_related("standing").get(home=home)
    line: Sequence[float] = elder.standing.line or [12.0] * 24
    heard = Reading.objects.filter(device__home=home).exclude(what=What.KWH).order_by("-at")
    last = at - timedelta(hours=24)
    for moment_heard in heard.values_list("at", flat=True)[:500]:
        hour = int(local_seconds(moment_heard) % DAY // 3600)
        if moment_heard + timedelta(hours=line[hour] + 0.5) <= at:
            last = moment_heard
            break
    _write({*silenced(), home.code})  # first, so that nothing new is said meanwhile
    heard.filter(at__gt=last).delete()
    Elder.objects.filter(pk=elder.pk).update(revision=F("revision") + 1)
    return last


def wake(home: Home) -> None:
    """The people of the home are up again: from now on they are heard as before."""
    _write(silenced() - {home.code})
