"""What the desk's map draws: open cases as points, grids as outlines, in GeoJSON (lng, lat)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.reads.lists import Filters, matching
from gongzhi.cases.words import Status
from gongzhi.places.models import Area
from gongzhi.places.words import Level

MOST = 5000
# Colours follow whose turn it is; the same names as the chips.
COLOURS = {
    Status.REPORTED: "new",
    Status.RETURNED: "new",
    Status.DISPATCHED: "todo",
    Status.ACCEPTED: "doing",
    Status.HANDLED: "check",
    Status.CHECKED: "check",
}


def points(person: Person, filters: Filters, *, at: datetime) -> dict[str, Any]:
    """Open cases with a position, as filtered but of every tab; soonest due first; one query."""
    cases = matching(person, filters, at=at).filter(status__in=COLOURS, lng__isnull=False)
    rows = cases.order_by("due_at").values_list("pk", "lng", "lat", "status", "item__name")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": pk,
                "geometry": {"type": "Point", "coordinates": _rounded([lng, lat])},
                "properties": {
                    "c": COLOURS[Status(status)],
                    "t": f"{item or _('未归类')} · {Status(status).label}",
                },
            }
            for pk, lng, lat, status, item in rows[:MOST]
        ],
    }


def grids(person: Person) -> dict[str, Any]:
    """Outlines of the grids in the person's scope, with the box around them; one query."""
    within = inside(person, Can.SEE_CASES, "path")
    areas = Area.objects.filter(within, level=Level.GRID).exclude(polygon=None).order_by("code")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": _rounded(area.polygon),
                "properties": {"name": area.name, "at": [area.lng, area.lat]},
            }
            for area in areas
        ],
    }


def _rounded(value: Any) -> Any:
    """A geometry to five decimals, a metre, which is finer than a screen shows."""
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
