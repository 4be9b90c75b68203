"""The figures of the command screen, counted from the cases of an area, the same for all."""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source, Status
from gongzhi.places.models import Area

REMEMBERED = 3  # seconds; every screen asks again after every event
COHORT = timedelta(days=30)  # of which the closing rate on top is taken
DAYS = 7
CLASSES_SHOWN = 7
GRIDS_SHOWN = 8
RANKED_FROM = 3  # a grid with fewer countable cases this month is not ranked

T = TypeVar("T")
_counting = threading.Lock()


@dataclass(frozen=True)
class Pair(Generic[T]):
    """A figure now and what it was before."""

    now: T
    before: T


@dataclass(frozen=True)
class Share:
    """How many cases a class has."""

    code: str  # "" for cases not classed yet
    name: str
    count: int


@dataclass(frozen=True)
class Day:
    """What came in and what was closed on one day."""

    day: date
    reported: int
    closed: int


@dataclass(frozen=True)
class Door:
    """By which door how many cases came, today and in seven days."""

    source: str
    today: int
    week: int


@dataclass(frozen=True)
class GridRate:
    """A grid's closing rate this month; `counted` is reported without declined."""

    code: str
    name: str
    community: str
    closed: int
    counted: int

    @property
    def rate(self) -> float:
        """Percent."""
        return 100 * self.closed / self.counted


@dataclass(frozen=True)
class Numbers:
    """All figures of one area at one moment.

    `reported`, `closed` and `late` compare with yesterday at this time of day; `rate` (percent of
    the cases reported in 30 days, None without any) likewise; `took` is the mean from report to end
    of the cases closed today, and of those closed yesterday.
    """

    at: datetime
    reported: Pair[int]
    closed: Pair[int]
    rate: Pair[float | None]
    took: Pair[timedelta | None]
    late: Pair[int]
    open: int
    urgent: int
    classes: list[Share]
    days: list[Day]
    doors: list[Door]
    grids: list[GridRate]


def numbers_of(path: str, *, at: datetime) -> Numbers:
    """The figures of everything below the area path, at most REMEMBERED seconds old."""
    key = f"numbers:{path}"
    known: Numbers | None = cache.get(key)
    if known is None:
        with _counting:  # all screens ask at the same moment; one counts, the others wait for it
            known = cache.get(key)
            if known is None:
                known = count(path, at=at)
                cache.set(key, known, REMEMBERED)
    return known


def count(path: str, *, at: datetime) -> Numbers:
    """Count the figures: seven queries over what was reported or ended in 31 days or is open."""
    cases = Case.objects.filter(area__path__startswith=path)
    clock = _Clock(at)
    came, ended, open_ = _came(cases, clock), _ended(cases, clock), _open(cases, clock)
    return Numbers(
        at=at,
        reported=Pair(came["today"], came["yesterday"]),
        closed=Pair(ended["today"], ended["yesterday"]),
        rate=Pair(
            closing_rate(came["closed"], came["reported"], came["declined"]),
            closing_rate(came["closed_then"], came["reported_then"], came["declined_then"]),
        ),
        took=Pair(ended["took"], ended["took_yesterday"]),
        late=Pair(open_["late"], open_["late_then"] + ended["late_then"]),
        open=open_["open"],
        urgent=open_["urgent"],
        classes=_classes(cases, clock),
        days=[Day(d.date(), came[f"day{n}"], ended[f"day{n}"]) for n, d in enumerate(clock.days)],
        doors=_doors(cases, clock),
        grids=_grids(path, cases, clock),
    )


def closing_rate(closed: int, reported: int, declined: int) -> float | None:
    """办结率: percent closed of what was reported and not declined; None when that is nothing."""
    counted = reported - declined
    return 100 * closed / counted if counted else None


class _Clock:
    """The moments that the figures are counted from."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.then = at - timedelta(days=1)
        self.midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        self.yesterday = self.midnight - timedelta(days=1)
        self.month = self.midnight.replace(day=1)
        self.days = [self.midnight - timedelta(days=n) for n in reversed(range(DAYS))]

    def each_day(self, field: str, also: Q) -> dict[str, Count]:
        """A count for each of the days, by bare comparison: no function of the database needed."""
        return {
            f"day{n}": Count(
                "pk", filter=also & Q(**{f"{field}__gte": d, f"{field}__lt": d + timedelta(days=1)})
            )
            for n, d in enumerate(self.days)
        }


def _came(cases: QuerySet[Case], clock: _Clock) -> dict[str, int]:
    """Of the cases reported lately: by day, and the parts of the closing rate, now and then."""
    now = Q(reported_at__gt=clock.at - COHORT, reported_at__lte=clock.at)
    then = Q(reported_at__gt=clock.then - COHORT, reported_at__lte=clock.then)
    closed, declined = Q(status=Status.CLOSED), Q(status=Status.DECLINED)
    by_then = Q(ended_at__lte=clock.then)
    found: dict[str, int] = cases.filter(
        reported_at__gt=clock.then - COHORT, reported_at__lte=clock.at
    ).aggregate(
        today=Count("pk", filter=Q(reported_at__gte=clock.midnight)),
        yesterday=Count(
            "pk", filter=Q(reported_at__gte=clock.yesterday, reported_at__lte=clock.then)
        ),
        reported=Count("pk", filter=now),
        closed=Count("pk", filter=now & closed),
        declined=Count("pk", filter=now & declined),
        reported_then=Count("pk", filter=then),
        closed_then=Count("pk", filter=then & closed & by_then),
        declined_then=Count("pk", filter=then & declined & by_then),
        **clock.each_day("reported_at", Q()),
    )
    return found


def _ended(cases: QuerySet[Case], clock: _Clock) -> dict[str, Any]:
    """Of the cases ended lately: by day, how long they took, which were late yesterday."""
    closed = Q(status=Status.CLOSED)
    took = F("ended_at") - F("reported_at")
    before = Q(ended_at__gte=clock.yesterday, ended_at__lt=clock.midnight)
    return cases.filter(ended_at__gte=clock.days[0], ended_at__lte=clock.at).aggregate(
        today=Count("pk", filter=closed & Q(ended_at__gte=clock.midnight)),
        yesterday=Count(
            "pk", filter=closed & Q(ended_at__gte=clock.yesterday, ended_at__lte=clock.then)
        ),
        took=Avg(took, filter=closed & Q(ended_at__gte=clock.midnight)),
        took_yesterday=Avg(took, filter=closed & before),
        late_then=Count("pk", filter=_late_at(clock.then) & Q(ended_at__gt=clock.then)),
        **clock.each_day("ended_at", closed),
    )


def _open(cases: QuerySet[Case], clock: _Clock) -> dict[str, int]:
    """Of the cases still open: how many, how many late now and how many of them yesterday."""
    found: dict[str, int] = cases.filter(status__in=rules.OPEN).aggregate(
        open=Count("pk"),
        urgent=Count("pk", filter=Q(grade="urgent", handled_at=None)),
        late=Count("pk", filter=Q(due_at__lt=clock.at, handled_at=None)),
        late_then=Count("pk", filter=_late_at(clock.then)),
    )
    return found


def _late_at(then: datetime) -> Q:
    """Whether a case waited for handling beyond its time at that moment, if it was open then."""
    waiting = Q(handled_at=None) | Q(handled_at__gt=then)
    return waiting & Q(reported_at__lte=then, due_at__lt=then)


def _classes(cases: QuerySet[Case], clock: _Clock) -> list[Share]:
    """The most frequent classes of seven days; a class has one code in every edition."""
    rows = (
        cases.filter(reported_at__gte=clock.days[0], reported_at__lte=clock.at)
        .values_list("item__item_class__code", "item__item_class__name")
        .annotate(count=Count("pk"))
    )
    by_code: dict[str, Share] = {}
    for code, name, number in rows:
        known = by_code.get(code or "", Share(code or "", name or "", 0))
        by_code[known.code] = Share(known.code, name or "", known.count + number)
    return sorted(by_code.values(), key=lambda s: (-s.count, s.code))[:CLASSES_SHOWN]


def _doors(cases: QuerySet[Case], clock: _Clock) -> list[Door]:
    """Every door in the order of its word, also those nobody came through."""
    rows = (
        cases.filter(reported_at__gte=clock.days[0], reported_at__lte=clock.at)
        .values_list("source")
        .annotate(today=Count("pk", filter=Q(reported_at__gte=clock.midnight)), week=Count("pk"))
    )
    found = {source: (today, week) for source, today, week in rows}
    return [Door(source, *found.get(source, (0, 0))) for source in Source.values]


def _grids(path: str, cases: QuerySet[Case], clock: _Clock) -> list[GridRate]:
    """The grids with the best closing rates of the cases reported this month, best first.

    Names are read apart: joined, they lead SQLite to start from the areas and read every case.
    """
    rows = (
        cases.filter(reported_at__gte=clock.month, reported_at__lte=clock.at)
        .exclude(status=Status.DECLINED)
        .values_list("area_id")
        .annotate(closed=Count("pk", filter=Q(status=Status.CLOSED)), counted=Count("pk"))
        .order_by()
    )
    counts = {pk: (closed, counted) for pk, closed, counted in rows if counted >= RANKED_FROM}
    grids = Area.objects.under(path).grids().values_list("pk", "code", "name", "parent__name")
    rates = [
        GridRate(code, name, above or "", *counts[pk])
        for pk, code, name, above in grids
        if pk in counts
    ]
    return sorted(rates, key=lambda g: (-g.rate, -g.closed, g.code))[:GRIDS_SHOWN]
