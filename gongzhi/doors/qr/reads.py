"""Codes as the desk lists them, and the spots that could get one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from gongzhi.access.checks import scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.models import Entry
from gongzhi.doors.qr.actions import LABEL_MOST, Spot
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import KIND_OF_COMPONENT, Kind
from gongzhi.doors.words import Door
from gongzhi.kernel.numbers import whole
from gongzhi.places.models import Area, Building, Component, Estate, Stairwell
from gongzhi.places.words import ComponentState


@dataclass(frozen=True)
class Line:
    """A code with how many reports came by it."""

    code: Code
    reports: int


def codes(person: Person, *, kind: str, estate: str, revoked: bool) -> QuerySet[Code]:
    """The person's codes, newest first; `kind` and `estate` (pk) narrow them."""
    found = Code.objects.visible_to(person).select_related("area", "estate", "component")
    found = found.filter(revoked_at__isnull=not revoked)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if (pk := whole(estate)) is not None:
        found = found.filter(estate=pk)
    return found.order_by("-pk")


def with_reports(some: Iterable[Code]) -> list[Line]:
    """Each with its reports, in one query."""
    some = list(some)
    came = dict(
        Entry.objects.filter(door=Door.QR, issuer__in=[str(code.pk) for code in some])
        .values_list("issuer")
        .annotate(Count("pk"))
    )
    return [Line(code, came.get(str(code.pk), 0)) for code in some]


def estates(person: Person) -> list[Estate]:
    """The estates for which the person may make codes."""
    found = Estate.objects.select_related("area").order_by("area__code", "name")
    paths = tuple(scope(person, Can.DISPATCH_CASES))
    return [estate for estate in found if estate.area.path.startswith(paths)] if paths else []


def component_areas(person: Person) -> list[Area]:
    """The communities and grids for whose components the person may make codes."""
    paths = tuple(scope(person, Can.DISPATCH_CASES))
    holding = Component.objects.exclude(state=ComponentState.RETIRED).values("grid_id").distinct()
    grids = [
        grid
        for grid in Area.objects.filter(place__in=holding).select_related("parent")
        if paths and grid.path.startswith(paths)
    ]
    above = {grid.parent for grid in grids if grid.parent and grid.parent.path.startswith(paths)}
    return sorted([*grids, *above], key=lambda area: area.path)


def component_names() -> list[str]:
    """What the components in use are called, the most frequent first."""
    rows = Component.objects.exclude(state=ComponentState.RETIRED).values_list("name")
    return [name for name, _n in rows.annotate(n=Count("pk")).order_by("-n", "name")]


def spots_of_components(area: Area, name: str, *, most: int) -> list[Spot]:
    """A spot for each component of this name that is in use within the area."""
    inside = Component.objects.filter(grid__path__startswith=area.path, name=name)
    in_use = inside.exclude(state=ComponentState.RETIRED).select_related("grid")
    return [spot_of(one) for one in in_use.order_by("code")[:most]]


def spot_of(one: Component) -> Spot:
    """The spot of one component, called by where it stands."""
    kind = next((k for piece, k in KIND_OF_COMPONENT.items() if piece in one.name), Kind.COMPONENT)
    at = one.address[: LABEL_MOST - len(one.name)]
    label = at if one.name in at else f"{at}{one.name}"
    return Spot(kind, label, one.lng, one.lat, component=one)


def spots_of(estate: Estate, kind: Kind) -> list[Spot]:
    """The estate itself, each of its buildings, or the lift of each stairwell."""
    if kind == Kind.ESTATE:
        return [Spot(kind, estate.name, estate.lng, estate.lat, estate)]
    buildings = Building.objects.filter(estate=estate).order_by("pk")
    if kind == Kind.BUILDING:
        return [Spot(kind, f"{estate.name}{b.name}", b.lng, b.lat, estate) for b in buildings]
    wells = Stairwell.objects.filter(building__in=buildings).select_related("building")
    return [
        Spot(
            kind,
            f"{estate.name}{w.building.name}{w.name}电梯",
            w.building.lng,
            w.building.lat,
            estate,
        )
        for w in wells.order_by("building", "pk")
    ]
