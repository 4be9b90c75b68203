"""Cases that may be the same matter as another one: near it, recent, and worded alike."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from django.db.models import Q, QuerySet

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.flows import states_before
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.rules.content import USUAL_RADIUS
from gongzhi.places.coordinates import metres_between

RECENT = timedelta(days=30)
METRES_A_DEGREE = 85_000  # of either axis at our latitudes, rather too few than too many
ALIKE = 0.34
SAME_ITEM = 0.3  # what being classed alike counts for, when it is said in other words
OTHER_ITEM = 0.4  # and what being classed otherwise counts against it, when it is said alike
LOOKED_AT = 100  # the newest within the radius
SHOWN = 3
OFFERED = 30  # for merging


@dataclass(frozen=True)
class Near:
    """Another case, how far away it was reported and how alike it is (0 to 1)."""

    case: Case
    metres: int
    likeness: float


def near(case: Case, person: Person) -> list[Near]:
    """Up to three other cases the person may see that may be the same matter as this one."""
    return _of(case, Case.objects.visible_to(person), SHOWN)


def candidates(case: Case, person: Person) -> list[Near]:
    """Up to thirty cases that could be merged into this one, the likeliest first."""
    mergeable = states_before("merge")
    others = Case.objects.visible_to(person).filter(status__in=mergeable, parent=None)
    return _of(case, others, OFFERED)


def near_to(person: Person, text: str, lng: float, lat: float, *, at: datetime) -> list[Near]:
    """The same for something that is only being written down, at a position in WGS-84."""
    return _alike(Case.objects.visible_to(person), text, (lng, lat), None, at, SHOWN)


def _of(case: Case, others: QuerySet[Case], most: int) -> list[Near]:
    if case.lng is None or case.lat is None:
        return []
    others = others.exclude(pk=case.pk)
    return _alike(others, case.text, (case.lng, case.lat), case.item, case.reported_at, most)


def _alike(
    cases: QuerySet[Case],
    text: str,
    where: tuple[float, float],
    item: Item | None,
    at: datetime,
    most: int,
) -> list[Near]:
    """Like words or the same item, within the item's radius and 30 days; the likeliest first.

    Ended cases count too, since a matter that comes back is worth seeing. Hundreds are weighed by
    four values each; only those shown are read whole.
    """
    found = []
    radius = item.radius if item else USUAL_RADIUS
    around = _around(cases, where, radius, at)
    for pk, said, lng, lat, code in around.values_list("pk", "text", "lng", "lat", "item__code"):
        metres = metres_between(where, (lng, lat))  # type: ignore[arg-type] # within a range
        if metres > radius:
            continue
        likeness = rules.likeness(text, said)
        if item and code:
            likeness += SAME_ITEM if item.code == code else -OTHER_ITEM
        if likeness >= ALIKE:
            found.append((min(likeness, 1.0), round(metres), pk))
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:most]
    whole = _whole([pk for _likeness, _metres, pk in best]) if best else {}
    return [Near(whole[pk], metres, likeness) for likeness, metres, pk in best if pk in whole]


def _whole(pks: Collection[int]) -> dict[int, Case]:
    """What is shown of each beside the other case."""
    shown = ("title", "text", "address", "lng", "lat", "status", "reported_at", "version", "joined",
             "item__code", "item__edition_id", "item__item_class_id")  # fmt: skip
    return Case.objects.select_related("item").only(*shown).in_bulk(pks)


def _around(
    cases: QuerySet[Case], where: tuple[float, float], radius: int, at: datetime
) -> QuerySet[Case]:
    lng, lat = where
    d = radius / METRES_A_DEGREE
    inside = Q(lng__range=(lng - d, lng + d), lat__range=(lat - d, lat + d)) & in_spots(lng, lat, d)
    recent = cases.filter(inside, reported_at__range=(at - RECENT, at + RECENT))
    return recent.order_by("-reported_at")[:LOOKED_AT]


def in_spots(lng: float, lat: float, degrees: float) -> Q:
    """In one of the squares around the position: what the index on squares can answer."""
    if lng <= 0 or lat <= 0:  # west or south of us squares are numbered otherwise
        return Q()
    low, high = floor((lat - degrees) * 1000) - 1, floor((lat + degrees) * 1000) + 2
    found = Q()
    for x in range(floor((lng - degrees) * 1000) - 1, floor((lng + degrees) * 1000) + 3):
        found |= Q(spot__range=(x * 1_000_000 + low, x * 1_000_000 + high))
    return found
