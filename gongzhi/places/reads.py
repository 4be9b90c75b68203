"""Areas and buildings as the rest of the product asks for them."""

import math
from collections.abc import Sequence

from gongzhi.places.coordinates import Position, metres_between
from gongzhi.places.locate import atlas, within_district
from gongzhi.places.models import Area, Building, Estate
from gongzhi.places.words import Level

NEAR = 70.0  # metres from the middle of a building that still are "at" it


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
    north = NEAR / 111_000
    east = north / max(0.1, math.cos(math.radians(lat)))
    around = Building.objects.select_related("estate").filter(
        lat__range=(lat - north, lat + north), lng__range=(lng - east, lng + east)
    )
    nearest = min(around, key=lambda b: metres_between((lng, lat), (b.lng, b.lat)), default=None)
    if nearest and metres_between((lng, lat), (nearest.lng, nearest.lat)) <= NEAR:
        return nearest
    return None


def estates_like(text: str, *, within: Area, most: int = 10) -> list[Estate]:
    """Estates of the area whose name contains the text, in the order of their names."""
    found = Estate.objects.filter(area__path__startswith=within.path, name__contains=text.strip())
    return list(found.select_related("area").order_by("name")[:most])
