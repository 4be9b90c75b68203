"""The four figures above the desk's list, counted from the same cases that the list shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.access.checks import scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.cases.reads.lists import open_counts
from gongzhi.cases.words import Tab

SATISFIED = 4  # stars from which a rating counts as satisfied
LOOK_BACK = timedelta(days=30)  # for how long handling is usual handling
REMEMBERED = 120  # seconds a median, or a count of ratings, may be old


@dataclass(frozen=True)
class Figures:
    """Counts of cases; `usual` is the median handling time of 30 days, None without any."""

    today: int
    yesterday: int  # until the same time of day
    todo: int
    doing: int
    soon: int
    late: int
    rated: int
    satisfied: int
    usual: timedelta | None

    @property
    def change(self) -> int | None:
        """Percent more than yesterday until this time of day; None when that was nothing."""
        return round(100 * (self.today / self.yesterday - 1)) if self.yesterday else None

    @property
    def change_text(self) -> str:
        """The change with its sign: +12%."""
        return "" if self.change is None else f"{self.change:+d}%"

    @property
    def satisfaction(self) -> float | None:
        """Percent of this month's ratings with four or five stars; None without ratings."""
        return round(100 * self.satisfied / self.rated, 1) if self.rated else None


def figures_for(
    person: Person, *, at: datetime, opened: Mapping[str, int] | None = None
) -> Figures:
    """The figures of everything the person may see; two queries, two more each two minutes.

    Each looks at a part that an index holds: what is open, the last two days, this month. `opened`
    are the counts of all open cases, where the list beside it has them.
    """
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday, same_time = today - timedelta(days=1), at - timedelta(days=1)
    cases = Case.objects.visible_to(person)
    lately: dict[str, int] = cases.filter(
        reported_at__gte=yesterday, reported_at__lte=at
    ).aggregate(
        today=Count("pk", filter=Q(reported_at__gte=today)),
        yesterday=Count("pk", filter=Q(reported_at__lte=same_time)),
    )
    opened = opened or open_counts(cases, at)
    usual, rated, satisfied = _remembered(person, cases, at)
    return Figures(
        **lately,
        todo=opened[Tab.TODO],
        doing=opened[Tab.DOING],
        soon=opened["soon"],
        late=opened["overdue"],
        rated=rated,
        satisfied=satisfied,
        usual=usual,
    )


def _remembered(
    person: Person, cases: QuerySet[Case], at: datetime
) -> tuple[timedelta | None, int, int]:
    """Usual time, ratings and good ratings of the month; by scope, as every event asks again."""
    month = localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    whose = [str(person.pk), *scope(person, Can.SEE_CASES)]
    key = "|".join([f"figures:{month:%y%m}", *whose])
    known: tuple[timedelta | None, int, int] | None = cache.get(key)
    if known is None:
        rated = cases.filter(ended_at__gte=month, stars__isnull=False).aggregate(
            rated=Count("pk"), satisfied=Count("pk", filter=Q(stars__gte=SATISFIED))
        )
        usual = median_handling(cases.filter(ended_at__gte=at - LOOK_BACK))
        known = (usual, rated["rated"], rated["satisfied"])
        cache.set(key, known, REMEMBERED)
    return known


def median_handling(cases: QuerySet[Case], *, most: int = 2000) -> timedelta | None:
    """The median time from dispatch to handling of the newest `most` ended; None without any."""
    took = cases.filter(handled_at__isnull=False, dispatched_at__isnull=False)
    pairs: Iterable[tuple[datetime, datetime]] = took.order_by("-ended_at").values_list(  # type: ignore[assignment]
        "dispatched_at", "handled_at"
    )[:most]
    times = [(end - start).total_seconds() for start, end in pairs]
    return timedelta(seconds=median(times)) if times else None
