"""How often the same person, the same place and the same matter came before; counted by the lot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case as CaseOf
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from gongzhi.cases.models import Case
from gongzhi.cases.words import Source

OF_A_PERSON = timedelta(days=365)
OF_A_PLACE = timedelta(days=180)
OF_A_MATTER = timedelta(days=90)
SPANS = (OF_A_PERSON, OF_A_PLACE, OF_A_MATTER)
FOUND_BY_STAFF = (Source.PATROL, Source.SENSOR)
WORTH_SAYING = 2  # others of a kind before anybody is told in a list


@dataclass(frozen=True)
class Repeats:
    """How many *other* cases: of the reporter, in the square of 100 m, of the item in the grid.

    `merged` are those handled together with this one.
    """

    person: int = 0
    place: int = 0
    matter: int = 0
    merged: int = 0

    @property
    def worth_saying(self) -> bool:
        """Whether a list should show it."""
        return max(self.person, self.place, self.matter) >= WORTH_SAYING


def repeats_of(cases: Sequence[Case], *, at: datetime) -> dict[int, Repeats]:
    """Case → its repeats; one query, each count from an index, however many cases there are."""
    if not cases:
        return {}
    counted = Case.objects.filter(pk__in=[case.pk for case in cases]).annotate(
        # Whoever reports for a living is nobody who comes again.
        person=CaseOf(
            When(source__in=FOUND_BY_STAFF, then=Value(0)),
            default=_number(reporter_ref=OuterRef("reporter_ref"), since=at - OF_A_PERSON),
        ),
        place=_number(spot=OuterRef("spot"), since=at - OF_A_PLACE),
        # By the item's code, because another edition of the catalogue has other rows for it.
        matter=_number(
            item__code=OuterRef("item__code"), area=OuterRef("area"), since=at - OF_A_MATTER
        ),
        together=_number(parent=OuterRef("pk")),
    )
    rows = counted.values_list(
        "pk", "source", "reported_at", "person", "place", "matter", "together"
    )
    found = {}
    for pk, source, reported_at, person, place, matter, together in rows.order_by():
        mine = {span: int(reported_at >= at - span) for span in SPANS}
        found[pk] = Repeats(
            person=max(0, person - mine[OF_A_PERSON]) if source not in FOUND_BY_STAFF else 0,
            place=max(0, place - mine[OF_A_PLACE]),
            matter=max(0, matter - mine[OF_A_MATTER]),
            merged=together,
        )
    return {case.pk: found.get(case.pk, Repeats()) for case in cases}


def _number(*, since: datetime | None = None, **alike: object) -> Coalesce:
    """How many cases are alike in these columns; told by an index alone, without their rows."""
    others = Case.objects.filter(**alike).order_by()
    if since is not None:
        others = others.filter(reported_at__gte=since)
    group = next(iter(alike))
    numbers = others.values(group).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def with_repeats(cases: list[Case], found: Mapping[int, Repeats]) -> list[Case]:
    """The same cases, each with its `repeats` beside it for a template."""
    for case in cases:
        case.repeats = found[case.pk]  # type: ignore[attr-defined]
    return cases
