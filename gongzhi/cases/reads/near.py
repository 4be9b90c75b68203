"""Cases that may be the same matter as another one: near it, recent, and worded alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.places.coordinates import metres_between

RECENT = timedelta(days=30)
RADIUS = 300  # metres
A_DEGREE = 0.0035  # a little more than the radius, in degrees of either axis at our latitudes
ALIKE = 0.34
SAME_ITEM = 0.3  # what being classed alike counts for, when it is said in other words
OTHER_ITEM = 0.4  # and what being classed otherwise counts against it, when it is said alike
LOOKED_AT = 200
SHOWN = 3


@dataclass(frozen=True)
class Near:
    """Another case, how far away it was reported and how alike it is (0 to 1)."""

    case: Case
    metres: int
    likeness: float


def near(case: Case, person: Person) -> list[Near]:
    """Up to three other cases the person may see that may be the same matter as this one."""
    if case.lng is None or case.lat is None:
        return []
    others = Case.objects.visible_to(person).exclude(pk=case.pk)
    where = (case.lng, case.lat)
    return _alike(others, case.text, where, case.item_id, case.reported_at)


def near_to(person: Person, text: str, lng: float, lat: float, *, at: datetime) -> list[Near]:
    """The same for something that is only being written down, at a position in WGS-84."""
    return _alike(Case.objects.visible_to(person), text, (lng, lat), None, at)


def _alike(
    cases: QuerySet[Case],
    text: str,
    where: tuple[float, float],
    item_id: int | None,
    at: datetime,
) -> list[Near]:
    """Like words or the same item, within 300 m and 30 days; the likeliest first.

    Ended cases count too, since a matter that comes back is worth seeing.
    """
    found = []
    for other in _around(cases, where, at):
        metres = metres_between(where, (other.lng, other.lat))  # type: ignore[arg-type]
        likeness = rules.likeness(text, other.text)
        if item_id and other.item_id:
            likeness += SAME_ITEM if item_id == other.item_id else -OTHER_ITEM
        if metres <= RADIUS and likeness >= ALIKE:
            found.append(Near(other, round(metres), min(likeness, 1.0)))
    return sorted(found, key=lambda n: (-n.likeness, n.metres))[:SHOWN]


def _around(cases: QuerySet[Case], where: tuple[float, float], at: datetime) -> QuerySet[Case]:
    lng, lat = where
    inside = Q(
        lng__range=(lng - A_DEGREE, lng + A_DEGREE), lat__range=(lat - A_DEGREE, lat + A_DEGREE)
    )
    recent = cases.filter(inside, reported_at__range=(at - RECENT, at + RECENT))
    return recent.order_by("-reported_at").only(
        "title", "text", "address", "lng", "lat", "status", "reported_at", "item_id"
    )[:LOOKED_AT]
