"""The arithmetic of deadlines: working spans, holidays, make-up workdays; no database, no clock.

Sources: Civil Code 200–203 (the start day is not counted in a limit of days; hours run at once; a
last day that is a holiday moves to the next working day; the day ends at close of business).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

HOURS, WORKING_HOURS, WORKING_DAYS, CALENDAR_DAYS = "h", "wh", "wd", "d"
LONGEST_YEARS = 20  # a calendar without any working day must not be searched for ever
LONGEST = timedelta(days=366 * LONGEST_YEARS)


@dataclass(frozen=True)
class Calendar:
    """When work is done: spans of each working day, and the days that differ from their weekday."""

    spans: tuple[tuple[time, time], ...]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    published: frozenset[int] = field(default=frozenset())  # years whose official table is known

    def __post_init__(self) -> None:
        flat = [t for span in self.spans for t in span]
        if not flat or flat != sorted(set(flat)):
            raise ValueError("working spans must be non-empty, in order and apart from each other")

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        """Whether the official holiday table of that year is still unknown."""
        return day.year not in self.published

    def close_of(self, day: date) -> time:
        """When business ends on a working day."""
        return self.spans[-1][1]


def due(start: datetime, amount: int, unit: str, calendar: Calendar) -> datetime:
    """When a limit of `amount` units runs out that began at `start` (aware, in local time).

    ValueError for a negative amount or an unknown unit.
    """
    if amount < 0:
        raise ValueError("a limit cannot be negative")
    if unit == HOURS:
        return start + timedelta(hours=amount)
    if unit == WORKING_HOURS:
        return advance(start, timedelta(hours=amount), calendar)
    if unit == WORKING_DAYS:
        return _end_of_working_day(start, amount, calendar)
    if unit == CALENDAR_DAYS:
        last = start.date() + timedelta(days=amount)
        while not calendar.is_working(last):
            last += timedelta(days=1)
        return max(start, _at(start, last, calendar.close_of(last)))
    raise ValueError(f"unknown unit of limit: {unit!r}")


def advance(start: datetime, work: timedelta, calendar: Calendar) -> datetime:
    """The moment at which `work` of working time has passed since `start`."""
    if work <= timedelta():
        return start
    left = work
    for begin, end in _spans_from(start, calendar):
        usable = end - max(begin, start)
        if usable >= left:
            return max(begin, start) + left
        left -= usable
    raise ValueError("the calendar has too little working time")


def worked(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Working time between two moments; zero when `end` is not after `start`."""
    total = timedelta()
    if end <= start:
        return total
    for begin, close in _spans_from(start, calendar):
        if begin >= end:
            break
        total += min(close, end) - max(begin, start)
    return total


def resumed(
    due_at: datetime, paused: datetime, resumed_at: datetime, calendar: Calendar
) -> datetime:
    """The due time after a pause: later by exactly the working time that was paused."""
    return advance(due_at, worked(paused, resumed_at, calendar), calendar)


def _end_of_working_day(start: datetime, amount: int, calendar: Calendar) -> datetime:
    if amount == 0:
        return start
    for last in range(start.year + 1, start.year + LONGEST_YEARS + 1):  # mostly the first will do
        days = _working_days(calendar, start.year, last)
        at = bisect_right(days, start.date()) + amount - 1
        if at < len(days):
            return _at(start, days[at], calendar.close_of(days[at]))
    raise ValueError("the calendar has too few working days")


@lru_cache(maxsize=64)
def _working_days(calendar: Calendar, first: int, last: int) -> list[date]:
    """The working days of the years `first` to `last`, in order."""
    day, end = date(first, 1, 1), date(last + 1, 1, 1)
    days = [day + timedelta(days=n) for n in range((end - day).days)]
    return [d for d in days if calendar.is_working(d)]


def _spans_from(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Working spans that end after `start`, in order."""
    day = start.date()
    while day - start.date() < LONGEST:
        if calendar.is_working(day):
            for begin, end in calendar.spans:
                if (close := _at(start, day, end)) > start:
                    yield _at(start, day, begin), close
        day += timedelta(days=1)


def _at(like: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=like.tzinfo)
