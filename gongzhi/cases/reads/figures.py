"""The four figures above the desk's list, counted from the same cases that the list shows."""

from collections.abc import Iterable
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
from gongzhi.cases.reads.lists import DOING, due_within, in_tab
from gongzhi.cases.words import DueWindow, Tab

SATISFIED = 4  # stars from which a rating counts as satisfied
LOOK_BACK = timedelta(days=30)  # for how long handling is usual handling
REMEMBERED = 120  # seconds a median may be old


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


def figures_for(person: Person, *, at: datetime) -> Figures:
    """The figures of everything the person may see; one query, and one more each two minutes."""
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    before = (today - timedelta(days=1), at - timedelta(days=1))
    rated = Q(ended_at__gte=today.replace(day=1), stars__isnull=False)
    cases = Case.objects.visible_to(person)
    counts: dict[str, int] = cases.aggregate(
        today=Count("pk", filter=Q(reported_at__gte=today, reported_at__lte=at)),
        yesterday=Count("pk", filter=Q(reported_at__gte=before[0], reported_at__lte=before[1])),
        todo=Count("pk", filter=in_tab(Tab.TODO, at)),
        doing=Count("pk", filter=Q(status__in=DOING)),
        soon=Count("pk", filter=due_within(DueWindow.SOON, at)),
        late=Count("pk", filter=due_within(DueWindow.LATE, at)),
        rated=Count("pk", filter=rated),
        satisfied=Count("pk", filter=rated & Q(stars__gte=SATISFIED)),
    )
    return Figures(**counts, usual=_usual(person, cases, at))


def _usual(person: Person, cases: QuerySet[Case], at: datetime) -> timedelta | None:
    """Remembered per scope, because every event makes every desk ask again."""
    key = "usual-handling:" + "|".join([str(person.pk), *scope(person, Can.SEE_CASES)])
    known: timedelta | int | None = cache.get(key)
    if known is None:
        known = median_handling(cases.filter(handled_at__gte=at - LOOK_BACK)) or 0
        cache.set(key, known, REMEMBERED)
    return known if isinstance(known, timedelta) else None


def median_handling(cases: QuerySet[Case], *, most: int = 2000) -> timedelta | None:
    """The median time from dispatch to handling of the newest `most` cases; None without any."""
    took = cases.filter(handled_at__isnull=False, dispatched_at__isnull=False)
    pairs: Iterable[tuple[datetime, datetime]] = took.order_by("-handled_at").values_list(  # type: ignore[assignment]
        "dispatched_at", "handled_at"
    )[:most]
    times = [(end - start).total_seconds() for start, end in pairs]
    return timedelta(seconds=median(times)) if times else None
