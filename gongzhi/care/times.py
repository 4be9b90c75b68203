"""Moments and local seconds: the rules count local seconds since 1970, the database moments."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.care.rules.silence import weekend


def local_seconds(at: datetime) -> float:
    """A moment as the clock counts: seconds of local time since 1970."""
    wall = localtime(at).replace(tzinfo=UTC)
    return wall.timestamp()


def moment(seconds: float) -> datetime:
    """The moment of local seconds."""
    wall = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return wall.replace(tzinfo=localtime().tzinfo)


@lru_cache(maxsize=2000)
def rest_day(day: int) -> bool:
    """Whether nobody works on that day, by the calendar in force; weekends without one."""
    try:
        return not calendars.in_force().is_working(date(1970, 1, 1) + timedelta(days=day))
    except LookupError:
        return weekend(day)
