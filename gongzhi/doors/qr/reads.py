"""Codes as the desk lists them, and the spots that could get one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from gongzhi.access.checks import scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.models import Entry
from gongzhi.doors.qr.actions import Spot
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.words import Door
from gongzhi.places.models import Building, Estate, Stairwell


@dataclass(frozen=True)
class Line:
    """A code with how many reports came by it."""

    code: Code
    reports: int


def codes(person: Person, *, kind: str, estate: str, revoked: bool) -> QuerySet[Code]:
    """The person's codes, newest first; `kind` and `estate` (pk) narrow them."""
    found = Code.objects.visible_to(person).select_related("area", "estate")
    found = found.filter(revoked_at__isnull=not revoked)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if estate.isascii() and estate.isdecimal() and len(estate) < 16:
        found = found.filter(estate=int(estate))
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
