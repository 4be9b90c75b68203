"""Counting and dividing, from rows to figures: no Django, no database, no clock."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import NamedTuple

CLOSED, DECLINED = "closed", "declined"
SATISFIED = 4  # stars from which a rating counts as satisfied


class Seen(NamedTuple):
    """A case as far as it is counted; times are local and aware. `area` is where it is counted."""

    area: int
    item_class: str
    unit: int
    status: str
    reported_at: datetime
    due_at: datetime
    handled_at: datetime | None
    overdue_at: datetime | None
    stars: int | None


@dataclass(frozen=True)
class Took:
    """How long handling took: half were faster than `half`, nine tenths faster than `most`."""

    half: timedelta | None
    most: timedelta | None


Key = tuple[int, str, int]  # area, class, unit


@dataclass
class Counts:
    """What is counted of cases reported on a day; `ended` of those closed on it, whenever reported.

    `minutes` is from report to handling, of the `handled` ones.
    """

    reported: int = 0
    declined: int = 0
    closed: int = 0
    handled: int = 0
    late: int = 0
    minutes: int = 0
    rated: int = 0
    satisfied: int = 0
    ended: int = 0

    def add(self, case: Seen) -> None:
        """Count a case on the day it was reported."""
        self.reported += 1
        self.declined += case.status == DECLINED
        self.closed += case.status == CLOSED
        if case.handled_at is not None:
            self.handled += 1
            self.late += case.handled_at > case.due_at or case.overdue_at is not None
            self.minutes += max(int((case.handled_at - case.reported_at).total_seconds() // 60), 0)
        if case.stars is not None:
            self.rated += 1
            self.satisfied += case.stars >= SATISFIED

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @property
    def closing_rate(self) -> float | None:
        """办结率: percent closed of what was reported and not declined."""
        return percent(self.closed, self.reported - self.declined)

    @property
    def in_time_rate(self) -> float | None:
        """按时处置率: percent of the handled that were handled in time and never overdue."""
        return percent(self.handled - self.late, self.handled)

    @property
    def satisfaction(self) -> float | None:
        """满意率: percent of the ratings with four or five stars."""
        return percent(self.satisfied, self.rated)

    @property
    def mean(self) -> timedelta | None:
        """The mean time from report to handling."""
        return timedelta(minutes=self.minutes / self.handled) if self.handled else None


@dataclass
class Day:
    """The cells of one day."""

    cells: dict[Key, Counts] = field(default_factory=dict)

    def at(self, key: Key) -> Counts:
        """The cell, made when it is not there yet."""
        return self.cells.setdefault(key, Counts())


def day_of(reported: Iterable[Seen], ended: Iterable[Seen]) -> Day:
    """The cells of a day from the cases reported on it and from those closed on it."""
    day = Day()
    for case in reported:
        day.at((case.area, case.item_class, case.unit)).add(case)
    for case in ended:
        day.at((case.area, case.item_class, case.unit)).ended += 1
    return day


def percent(part: int, whole: int) -> float | None:
    """Percent; None of nothing."""
    return 100 * part / whole if whole > 0 else None


def month_of(day: date) -> date:
    """The first of the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months(first: date, last: date) -> Iterator[date]:
    """The firsts of all months that touch the span, in order."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


DAYS_MOST, WEEKS_MOST = 62, 400  # days of a span that is shown by days, by weeks


def step_of(first: date, last: date) -> str:
    """How fine a span is drawn: "day", "week" or "month"."""
    days = (last - first).days + 1
    return "day" if days <= DAYS_MOST else "week" if days <= WEEKS_MOST else "month"


def begin_of(day: date, step: str) -> date:
    """The first day of the step that holds the day; weeks begin on Monday."""
    if step == "month":
        return month_of(day)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def stepped(by_day: Mapping[date, Counts], first: date, last: date) -> list[tuple[date, Counts]]:
    """The days added up by steps, in order, with zeros where nothing was."""
    step = step_of(first, last)
    found: dict[date, Counts] = {}
    day = first
    while day <= last:
        begin = begin_of(day, step)
        found[begin] = found.get(begin, Counts()).plus(by_day.get(day, Counts()))
        day += timedelta(days=1)
    return sorted(found.items())
