"""How often the same person, the same place and the same matter came before; counted by the lot."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from gongzhi.cases.models import Case
from gongzhi.catalogue.models import Item

OF_A_PERSON = timedelta(days=365)
OF_A_PLACE = timedelta(days=180)
OF_A_MATTER = timedelta(days=90)
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
    """Case → its repeats; five queries on indexes, however many cases are asked about."""
    if not cases:
        return {}
    people = _counted("reporter_ref", {c.reporter_ref for c in cases}, at - OF_A_PERSON)
    places = _counted("spot", {c.spot for c in cases if c.spot is not None}, at - OF_A_PLACE)
    merged = _counted("parent_id", {c.pk for c in cases}, None)
    matters = _matters(cases, at - OF_A_MATTER)

    def others(number: int, case: Case, since: timedelta) -> int:
        return max(0, number - (case.reported_at >= at - since))

    return {
        c.pk: Repeats(
            person=others(people[c.reporter_ref], c, OF_A_PERSON),
            place=others(places[c.spot], c, OF_A_PLACE) if c.spot is not None else 0,
            matter=others(matters[_matter(c)], c, OF_A_MATTER) if c.item else 0,
            merged=merged[c.pk],
        )
        for c in cases
    }


def with_repeats(cases: list[Case], *, at: datetime) -> list[Case]:
    """The same cases, each with its `repeats` beside it for a template."""
    found = repeats_of(cases, at=at)
    for case in cases:
        case.repeats = found[case.pk]  # type: ignore[attr-defined]
    return cases


def _counted(field: str, values: Collection[object], since: datetime | None) -> Counter[object]:
    when = Q(reported_at__gte=since) if since else Q()
    rows = Case.objects.filter(when, **{f"{field}__in": values}).order_by().values_list(field)
    return Counter(dict(rows.annotate(n=Count("pk"))))


def _matters(cases: Sequence[Case], since: datetime) -> Counter[tuple[str, int]]:
    """By the item's code, because another edition of the catalogue has other rows for it."""
    codes = {c.item.code for c in cases if c.item}
    if not codes:
        return Counter()
    code_of = dict(Item.objects.filter(code__in=codes).values_list("pk", "code"))
    rows = (
        Case.objects.filter(
            item__in=code_of, area__in={c.area_id for c in cases}, reported_at__gte=since
        )
        .order_by()
        .values_list("item_id", "area_id")
        .annotate(n=Count("pk"))
    )
    found: Counter[tuple[str, int]] = Counter()
    for item, area, n in rows:
        found[code_of[item or 0], area] += n
    return found


def _matter(case: Case) -> tuple[str, int]:
    return (case.item.code if case.item else "", case.area_id)
