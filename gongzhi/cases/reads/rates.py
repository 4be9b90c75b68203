"""The three rates and the closing rate of a month, by unit, by item or by area; set-based."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.cases.measures import Counts
from gongzhi.cases.models import Case, Exclusion, FollowUp, FrozenMonth, MeasuredLine
from gongzhi.cases.words import Nature, Part, Status
from gongzhi.journal.models import Event

BY = {  # how rows are cut: the name of the row on a case
    "unit": "unit__name",
    "item": "item__name",
    "area": "area__parent__name",
    "nature": "nature",
}
FROZEN_BY = {"unit": "unit_name", "item": "item_name", "area": "area_name", "nature": "nature"}
ROWS_MOST = 40
CHANGES_MOST = 50


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    counts: Counts
    key: str = ""  # by which the cases behind it are found; the name where there is no other

    @property
    def asks(self) -> str:
        """What an address says for this line."""
        return self.key or self.name


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

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month in which something happened."""
        return cls.read("", at)

    @property
    def before(self) -> str:
        """The month before."""
        return f"{self.begins - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{self.ends:%Y-%m}"


def is_frozen(month: Month) -> bool:
    """Whether the rates of the month do not change any more."""
    return FrozenMonth.objects.filter(month=month.name).exists()


def excluded_cases() -> QuerySet[Exclusion]:
    """What two people signed to be left out of the rates."""
    return Exclusion.objects.filter(granted=True)


@dataclass(frozen=True)
class Basis:
    """From what a month is counted: cases and answers, and what a cut is called on each."""

    reported: QuerySet[Any, Any]
    answers: QuerySet[Any, Any]
    of_reported: Mapping[str, str]
    of_answers: Mapping[str, str]
    case_of_reported: str
    excluded: int
    frozen: FrozenMonth | None = None

    def narrowed(self, by: str, row: str) -> "Basis":
        """Only one line of the table."""
        named: dict[str, Any] = {}
        for part, names in (("reported", self.of_reported), ("answers", self.of_answers)):
            rows: QuerySet[Any, Any] = getattr(self, part)
            empty = Q(**{names[by]: ""}) | Q(**{f"{names[by]}__isnull": True})
            named[part] = rows.filter(Q(**{names[by]: row}) if row else empty)
        return replace(self, **named)


def basis_of(person: Person, month: Month) -> Basis:
    """A frozen month from its own lines; one that still runs from the cases, without excluded."""
    frozen = FrozenMonth.objects.filter(month=month.name).first()
    if frozen:
        lines = MeasuredLine.objects.visible_to(person).filter(frozen=frozen)
        counted = lines.filter(excluded=False)
        return Basis(
            reported=counted.filter(part=Part.REPORTED),
            answers=counted.filter(part=Part.ANSWER),
            of_reported=FROZEN_BY,
            of_answers=FROZEN_BY,
            case_of_reported="case",
            excluded=lines.filter(excluded=True, part=Part.REPORTED).count(),
            frozen=frozen,
        )
    left_out = excluded_cases().values("case")
    cases = Case.objects.visible_to(person)
    reported = cases.filter(reported_at__gte=month.begins, reported_at__lt=month.ends)
    done = FollowUp.objects.filter(done_at__gte=month.begins, done_at__lt=month.ends)
    return Basis(
        reported=reported.exclude(pk__in=left_out),
        answers=done.filter(case__in=cases.values("pk")).exclude(case__in=left_out),
        of_reported=BY,
        of_answers={key: f"case__{name}" for key, name in BY.items()},
        case_of_reported="pk",
        excluded=reported.filter(pk__in=left_out).count(),
    )


def rates(basis: Basis, *, by: str = "unit") -> tuple[Counts, list[Row]]:
    """Of all there is, and cut by `by`: cases reported in the month, answers given in it.

    Merged cases count with their own reporter's answer; two queries for rows of any number.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by = by if by in BY else "unit"
    _count(found, basis.reported.order_by().values_list(basis.of_reported[by]), _ENDED)
    _count(found, basis.answers.order_by().values_list(basis.of_answers[by]), _ANSWERED)
    lines = [Row(cut, Counts(**numbers)) for cut, numbers in found.items()]
    lines.sort(key=lambda r: (-r.counts.reported, r.name))
    total: dict[str, int] = defaultdict(int)
    for numbers in found.values():
        for key, number in numbers.items():
            total[key] += number
    return Counts(**total), lines[:ROWS_MOST]


def named_rates(basis: Basis, *, by: str = "unit") -> tuple[Counts, list[Row]]:
    """The same, each line under the name that people read."""
    total, lines = rates(basis, by=by)
    if by != "nature":
        return total, lines
    names = dict(Nature.choices)
    return total, [replace(r, name=str(names.get(r.name, r.name)), key=r.name) for r in lines]


def behind(basis: Basis, figure: str) -> QuerySet[Case]:
    """The cases behind one figure, newest first; those of answers as often as they count once."""
    if figure in OF_REPORTED:
        rows = basis.reported.filter(OF_REPORTED[figure])
        pks = rows.values(basis.case_of_reported)
    else:
        pks = basis.answers.filter(OF_ANSWERS[figure]).values("case")
    return Case.objects.filter(pk__in=pks).order_by("-reported_at", "-pk")


def _count(
    found: dict[str, dict[str, int]], rows: QuerySet[Any, Any], counts: Mapping[str, Count]
) -> None:
    for cut, *numbers in rows.annotate(**counts):
        for key, number in zip(counts, numbers, strict=True):
            found[cut or ""][key] += number


# Figure → what it counts; a field of that name is on a case or a follow-up and on a frozen line.
OF_REPORTED: Mapping[str, Q] = {
    "reported": Q(),
    "declined": Q(status=Status.DECLINED),
    "closed": Q(status=Status.CLOSED),
    "accepted": ~Q(status=Status.DECLINED),
}
OF_ANSWERS: Mapping[str, Q] = {
    "answered_contacted": Q(contacted__isnull=False),
    "contacted": Q(contacted=True),
    "answered_solved": Q(solved__isnull=False),
    "solved": Q(solved=True),
    "answered_satisfied": Q(satisfied__isnull=False),
    "satisfied": Q(satisfied=True),
    "unreached": Q(reached=False),
}
_ENDED = {
    name: Count("pk", filter=which) if which else Count("pk")
    for name, which in OF_REPORTED.items()
    if name != "accepted"
}
_ANSWERED = {name: Count("pk", filter=which) for name, which in OF_ANSWERS.items()}


def changes_of_nature(person: Person, month: Month) -> list[Event]:
    """Every change of a matter's nature in the month, complaints made something else first."""
    events = Event.objects.filter(
        Case.objects.visible_to(person).named_by("subject_id"),
        name="cases.nature_changed",
        kind="case",
        at__gte=month.begins,
        at__lt=month.ends,
    ).select_related("by")[:CHANGES_MOST]
    return sorted(events, key=lambda e: (e.facts["before"] != "complaint", -e.pk))
