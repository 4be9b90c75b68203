"""Rounds as pages ask for them: what a choice would come to, how far a round is, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from gongzhi.access.models import Person
from gongzhi.access.reads import grid_workers_of
from gongzhi.access.roles import Can
from gongzhi.places.models import Area, Dwelling
from gongzhi.residents.models import Resident, within_reach
from gongzhi.residents.reads import search
from gongzhi.residents.reads.search import Sought
from gongzhi.visits.models import Round, Stop

CHUNK = 2000


@dataclass(frozen=True)
class Share:
    """The homes of one grid, and who goes there; nobody when the grid has no worker."""

    grid: Area
    homes: int
    workers: list[Person]


@dataclass(frozen=True)
class Plan:
    """What a choice would come to as a round."""

    homes: list[Dwelling]
    people: int
    homeless: int  # people chosen whose home is not on record
    shares: list[Share]


def planned(person: Person, sought: Sought) -> Plan:
    """The homes of the people sought, where the person arranges visits; nothing is written."""
    keys = search.every(person, replace(sought, gone_too=False))
    homes: dict[int, Dwelling] = {}
    homeless = 0
    reach = within_reach(person, Can.ARRANGE_VISITS)
    for start in range(0, len(keys), CHUNK):
        some = Resident.objects.filter(pk__in=keys[start : start + CHUNK])
        homeless += some.filter(home=None).count()
        found = Dwelling.objects.filter(reach, pk__in=some.values("home"))
        homes |= {home.pk: home for home in found}
    ordered = sorted(homes.values(), key=lambda home: (home.grid_id, home.address))
    return Plan(ordered, len(keys), homeless, _shares(ordered))


def _shares(homes: Sequence[Dwelling]) -> list[Share]:
    counts: dict[int, int] = {}
    for home in homes:
        counts[home.grid_id] = counts.get(home.grid_id, 0) + 1
    grids = Area.objects.filter(place__in=counts).select_related("parent").order_by("path")
    return [
        Share(grid, counts[grid.place or 0], grid_workers_of(grid))
        for grid in grids.defer("polygon", "parent__polygon")
    ]


def rounds_of(person: Person) -> QuerySet[Round]:
    """The rounds the person may see, running ones first, each with `homes` and `visited`."""
    return (
        Round.objects.visible_to(person)
        .select_related("area", "begun_by")
        .annotate(homes=Count("stops"), visited=Count("stops", filter=~Q(stops__done_at=None)))
        .order_by(
            F("withdrawn_at").desc(nulls_first=True),
            F("finished_at").asc(nulls_first=True),
            "due_on",
            "-pk",
        )
    )


def stops_of(person: Person, one: Round) -> QuerySet[Stop]:
    """The homes of a round within the person's reach, what is open first, by address."""
    return (
        Stop.objects.visible_to(person)
        .filter(round=one)
        .select_related("dwelling", "grid__parent", "done_by", "round")
        .order_by(F("done_at").asc(nulls_first=True), "grid", "dwelling__address")
    )


def to_visit(person: Person) -> QuerySet[Stop]:
    """The homes the person should still visit, the most urgent round first."""
    return (
        Stop.objects.filter(within_reach(person, Can.VISIT_HOMES))
        .open()
        .select_related("dwelling", "round")
        .order_by("round__due_on", "round", "dwelling__address")
    )


def people_at(stop: Stop) -> QuerySet[Resident]:
    """Who lives there and is meant: with one of the round's tags, else everybody."""
    found = Resident.objects.present().filter(home=stop.dwelling_id)
    if codes := stop.round.tag_codes:
        found = found.filter(tags__code__in=codes).distinct()
    return found.prefetch_related("tags", "phones").order_by("household", "pk")


def progress(stops: QuerySet[Stop]) -> list[tuple[str, int, int]]:
    """(grid, visited, homes) for each grid of these stops."""
    rows = (
        stops.order_by()
        .values_list("grid__parent__name", "grid__name", "grid")
        .annotate(visited=Count("pk", filter=~Q(done_at=None)), homes=Count("pk"))
        .order_by("grid")
    )
    return [
        (f"{above or ''}{name}", visited, homes) for above, name, _place, visited, homes in rows
    ]


def is_late(one: Round, today: date) -> bool:
    """Whether the day has passed and homes are left."""
    return one.is_running and one.due_on < today
