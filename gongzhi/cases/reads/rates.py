"""The three rates and the closing rate of a month, by unit, by item or by area; set-based."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.cases.measures import Counts
from gongzhi.cases.models import Case, FollowUp
from gongzhi.cases.words import Status
from gongzhi.journal.models import Event

BY = {  # how rows are cut: the name of the row on a case
    "unit": "unit__name",
    "item": "item__name",
    "area": "area__parent__name",
}
ROWS_MOST = 40
CHANGES_MOST = 50


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    counts: Counts


@dataclass(frozen=True)
class Month:
    """A month as an address carries it, "2026-03", with its first moment and its end."""

    name: str
    begins: datetime
    ends: datetime

    @classmethod
    def read(cls, said: str, at: datetime) -> "Month":
        """The month named, or the present one when the name makes no sense."""
        local = localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        year, _dash, month = said.partition("-")
        ascii_digits = (year + month).isascii() and (year + month).isdecimal()
        if ascii_digits and len(year) == 4 and 1 <= int(month or 0) <= 12 and int(year) > 1970:
            local = local.replace(year=int(year), month=int(month))
        after = (local + timedelta(days=32)).replace(day=1)
        return cls(f"{local:%Y-%m}", local, after)

    @property
    def before(self) -> str:
        """The month before."""
        return f"{self.begins - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{self.ends:%Y-%m}"


def rates(person: Person, month: Month, *, by: str = "unit") -> tuple[Counts, list[Row]]:
    """Of all the person may see, and cut by `by`: cases reported in the month, answers given in it.

    Merged cases count with their own reporter's answer; two queries for rows of any number.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    name = BY.get(by, BY["unit"])
    cases = Case.objects.visible_to(person)
    reported = cases.filter(reported_at__gte=month.begins, reported_at__lt=month.ends)
    _count(found, reported.order_by().values_list(name), _ENDED)
    _count(found, _answers(cases, month).order_by().values_list(f"case__{name}"), _ANSWERED)
    lines = [Row(cut, Counts(**numbers)) for cut, numbers in found.items()]
    lines.sort(key=lambda r: (-r.counts.reported, r.name))
    total: dict[str, int] = defaultdict(int)
    for numbers in found.values():
        for key, number in numbers.items():
            total[key] += number
    return Counts(**total), lines[:ROWS_MOST]


def _count(
    found: dict[str, dict[str, int]], rows: QuerySet[Any, Any], counts: Mapping[str, Count]
) -> None:
    for cut, *numbers in rows.annotate(**counts):
        for key, number in zip(counts, numbers, strict=True):
            found[cut or ""][key] += number


def _answers(cases: QuerySet[Case], month: Month) -> QuerySet[FollowUp]:
    done = FollowUp.objects.filter(done_at__gte=month.begins, done_at__lt=month.ends)
    return done.filter(case__in=cases.values("pk"))


_ENDED = {
    "reported": Count("pk"),
    "declined": Count("pk", filter=Q(status=Status.DECLINED)),
    "closed": Count("pk", filter=Q(status=Status.CLOSED)),
}
_ANSWERED = {
    "answered_contacted": Count("pk", filter=Q(contacted__isnull=False)),
    "contacted": Count("pk", filter=Q(contacted=True)),
    "answered_solved": Count("pk", filter=Q(solved__isnull=False)),
    "solved": Count("pk", filter=Q(solved=True)),
    "answered_satisfied": Count("pk", filter=Q(satisfied__isnull=False)),
    "satisfied": Count("pk", filter=Q(satisfied=True)),
    "unreached": Count("pk", filter=Q(reached=False)),
}


def changes_of_nature(person: Person, month: Month) -> list[Event]:
    """Every change of a matter's nature in the month, complaints made something else first."""
    seen = Case.objects.visible_to(person).values("pk")
    events = Event.objects.filter(
        name="cases.nature_changed",
        kind="case",
        at__gte=month.begins,
        at__lt=month.ends,
        subject_id__in=seen,
    ).select_related("by")[:CHANGES_MOST]
    return sorted(events, key=lambda e: (e.facts["before"] != "complaint", -e.pk))
