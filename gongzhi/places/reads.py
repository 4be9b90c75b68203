"""Areas and buildings as the rest of the product asks for them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gongzhi.places.coordinates import Position, metres_between
from gongzhi.places.locate import atlas, within_district
from gongzhi.places.models import Area, Building, Component, Estate
from gongzhi.places.words import ComponentState, Level

NEAR = 70.0  # metres from the middle of a building that still are "at" it
BESIDE = 50.0  # metres within which a component is offered to whoever reports
PAINTED_WITHIN = 1500.0  # metres within which the last digits of a code mean one component
PAINTED_LEAST = 4  # digits of a code that are worth looking for


def area_at(lng: float, lat: float) -> Area | None:
    """The grid, else the lowest area, that holds the position (WGS-84); None outside.

    While no polygons are drawn everything is inside, and the answer is the district.
    """
    return areas_at([(lng, lat)])[0]


def areas_at(points: Sequence[Position]) -> list[Area | None]:
    """`area_at` for many (lng, lat), in their order; one query at most for areas not yet read.

    The same objects are given to everyone who asks until an area is changed: read them only.
    """
    now = atlas()
    pks = [now.locate(*points[0])] if len(points) == 1 else now.locate_many(points)
    if unread := {pk for pk in pks if pk is not None and pk not in now.rows}:
        now.rows.update(Area.objects.in_bulk(unread))
    return [
        now.rows.get(pk) if pk is not None else _without_polygon(*point)
        for pk, point in zip(pks, points, strict=True)
    ]


def _without_polygon(lng: float, lat: float) -> Area | None:
    return district() if within_district(lng, lat) else None


def district() -> Area:
    """The district this installation serves. LookupError before areas were loaded."""
    top = Area.objects.filter(level=Level.DISTRICT).order_by("code").first()
    if top is None:
        raise LookupError("no district: load areas first")
    return top


def building_at(lng: float, lat: float) -> Building | None:
    """The building nearest to the position, when there is one within `NEAR` metres."""
    around = Building.objects.select_related("estate").filter(**_around(lng, lat, NEAR))
    nearest = min(around, key=lambda b: metres_between((lng, lat), (b.lng, b.lat)), default=None)
    if nearest and metres_between((lng, lat), (nearest.lng, nearest.lat)) <= NEAR:
        return nearest
    return None


def estates_like(text: str, *, within: Area, most: int = 10) -> list[Estate]:
    """Estates of the area whose name contains the text, in the order of their names."""
    found = Estate.objects.filter(area__path__startswith=within.path, name__contains=text.strip())
    return list(found.select_related("area").order_by("name")[:most])


def _around(lng: float, lat: float, metres: float) -> dict[str, tuple[float, float]]:
    """The box of so many metres around a position, as a filter on columns lng and lat."""
    north = metres / 111_000
    east = north / max(0.1, math.cos(math.radians(lat)))
    return {"lat__range": (lat - north, lat + north), "lng__range": (lng - east, lng + east)}


@dataclass(frozen=True)
class Beside:
    """A component and how many metres away it stands."""

    component: Component
    metres: int


def components_beside(
    lng: float, lat: float, *, within: float = BESIDE, most: int = 8
) -> list[Beside]:
    """The components within so many metres of the position (WGS-84), nearest first."""
    standing = Component.objects.filter(**_around(lng, lat, within))
    found = [
        Beside(one, round(metres))
        for one in standing.exclude(state=ComponentState.RETIRED)
        if (metres := metres_between((lng, lat), (one.lng, one.lat))) <= within
    ]
    return sorted(found, key=lambda b: (b.metres, b.component.code))[:most]


def components_coded(code: str, position: Position | None) -> list[Beside]:
    """The component with exactly this code and how far it is from the position, if there is one."""
    return [
        Beside(one, round(metres_between(position, (one.lng, one.lat))) if position else 0)
        for one in Component.objects.filter(code=code)
    ]


def component_in_use(code: str) -> Component | None:
    """The component with exactly this code, unless it is retired."""
    return Component.objects.filter(code=code).exclude(state=ComponentState.RETIRED).first()


def components_painted(text: str, position: Position | None) -> list[Component]:
    """The components meant by a code as it is painted: whole, or its last digits near a position.

    Nothing for fewer than four digits, and nothing for last digits without a position.
    """
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal()) or not PAINTED_LEAST <= len(digits) <= 16:
        return []
    if len(digits) == 16:
        return list(Component.objects.filter(code=digits))
    if position is None:
        return []
    close = Component.objects.filter(**_around(*position, PAINTED_WITHIN), code__endswith=digits)
    return list(close.exclude(state=ComponentState.RETIRED).order_by("code")[:3])
