"""One elder's rhythm: when there was life in the home, day by day, and what is allowed when."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.timezone import get_current_timezone, localtime

from gongzhi.care.models import Elder
from gongzhi.sensing.models import Reading
from gongzhi.sensing.words import HUMAN, DeviceKind, What

BINS = 96  # of a quarter of an hour
DAYS = 28
LIVELY = frozenset({What.OPENED, What.MOVED, What.CLOSED})


@dataclass
class Day:
    """One day of a home: what was heard in each quarter of an hour, inside and at the door."""

    day: date
    inside: list[int] = field(default_factory=lambda: [0] * BINS)
    door: list[int] = field(default_factory=lambda: [0] * BINS)
    first: datetime | None = None
    last: datetime | None = None
    longest: timedelta = timedelta()  # the longest silence that ended this day
    longest_from: datetime | None = None

    @property
    def events(self) -> int:
        """How many there were in all."""
        return sum(self.inside) + sum(self.door)


@dataclass(frozen=True)
class Rhythm:
    """The days, oldest first, and what they have in common."""

    days: list[Day]
    usual: list[float]  # for each hour, the share of days with any sign of life in it
    line: list[float]  # for each hour, hours of silence until the alarm if it begins then
    last_at: datetime | None
    notice_at: datetime | None
    alarm_at: datetime | None


def rhythm(elder: Elder, *, at: datetime, days: int = DAYS) -> Rhythm:
    """The last `days` days of a home from its readings, the present one last."""
    today = localtime(at).date()
    found = {
        today - timedelta(days=n): Day(today - timedelta(days=n)) for n in range(days - 1, -1, -1)
    }
    begins = datetime.combine(min(found), time(), get_current_timezone())
    rows = Reading.objects.filter(
        device__home=elder.home_id, device__kind__in=HUMAN, at__gte=begins, at__lte=at
    ).exclude(what=What.KWH)
    heard = [
        (localtime(moment), kind)
        for moment, kind in rows.order_by("at", "pk").values_list("at", "device__kind")
    ]
    for moment, kind in heard:
        _book(found[moment.date()], moment, kind)
    for (before, _kind), (after, _other) in pairwise(heard):
        day = found[after.date()]
        if after - before > day.longest:
            day.longest, day.longest_from = after - before, before
    listed = list(found.values())
    standing = getattr(elder, "standing", None)
    return Rhythm(
        days=listed,
        usual=_usual(listed[:-1]),
        line=list(standing.line) if standing else [],
        last_at=standing.last_at if standing else None,
        notice_at=standing.notice_at if standing else None,
        alarm_at=standing.alarm_at if standing else None,
    )


def _book(day: Day, moment: datetime, kind: str) -> None:
    place = moment.hour * 4 + moment.minute // 15
    (day.door if kind == DeviceKind.ENTRANCE else day.inside)[place] += 1
    day.first = day.first or moment
    day.last = moment


def _usual(days: list[Day]) -> list[float]:
    lived = [day for day in days if day.events]
    if not lived:
        return [0.0] * 24
    return [
        sum(any(day.inside[h * 4 : h * 4 + 4]) or any(day.door[h * 4 : h * 4 + 4]) for day in lived)
        / len(lived)
        for h in range(24)
    ]
