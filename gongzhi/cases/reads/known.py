"""What anybody may know of cases: open ones close by that may be the same thing, those solved."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.words import Status
from gongzhi.catalogue import reads as catalogue
from gongzhi.places.coordinates import metres_between

NEAR_METRES = 150
NEAR_DAYS = 30
NEAR_MOST = 5
NEAR_LOOKED_AT = 300  # how many open cases in the box are compared at most
ALIKE = 0.25  # likeness from which two reports may speak of the same thing
SAME_ITEM = 0.3  # what it counts for when both seem to be the same item of the catalogue
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True)
class Near:
    """A case close by that may be the same thing; only what anybody may know about it."""

    case_id: int
    what: str
    place: str
    metres: int
    status: str
    reported_at: datetime
    joined: int


def nearby(
    lng: float,
    lat: float,
    text: str,
    at: datetime,
    *,
    component: str = "",
    but_not: Sequence[str] = (),
) -> list[Near]:
    """Up to five open cases of the last 30 days within 150 m (WGS-84) that sound alike, best first.

    Before them those about the very same `component` (its code), however they are worded. `but_not`
    are the reporter's own refs: nobody is asked to join their own report.
    """
    same = about_component(lng, lat, component, but_not=but_not) if component else []
    if len(rules.clean(text)) < rules.TEXT_LEAST:
        return same
    known = {one.case_id for one in same}
    alike = _sounding_alike(lng, lat, text, at, but_not)
    return [*same, *(one for one in alike if one.case_id not in known)][:NEAR_MOST]


def about_component(
    lng: float, lat: float, code: str, *, but_not: Sequence[str] = ()
) -> list[Near]:
    """Up to five open cases about the component with this code, newest first."""
    cases = Case.objects.open().filter(component__code=code).exclude(reporter_ref__in=but_not)
    newest = cases.for_lists().order_by("-reported_at")[:NEAR_MOST]
    return [
        _near(case, metres_between((lng, lat), (case.lng or lng, case.lat or lat)))
        for case in newest
    ]


def _sounding_alike(
    lng: float, lat: float, text: str, at: datetime, but_not: Sequence[str]
) -> list[Near]:
    likely = next((c.code for c in catalogue.suggest(text).candidates), "")
    found: list[tuple[float, Near]] = []
    for case in _in_box(lng, lat, at).exclude(reporter_ref__in=but_not)[:NEAR_LOOKED_AT]:
        metres = metres_between((lng, lat), (case.lng or 0, case.lat or 0))
        alike = rules.likeness(text, case.text)
        if case.item and case.item.code == likely:
            alike += SAME_ITEM
        if metres <= NEAR_METRES and alike >= ALIKE:
            found.append((alike - metres / 1000, _near(case, metres)))
    return [near for _score, near in sorted(found, key=lambda f: -f[0])[:NEAR_MOST]]


def _in_box(lng: float, lat: float, at: datetime) -> QuerySet[Case]:
    d_lat = NEAR_METRES / METRES_PER_DEGREE
    d_lng = d_lat / max(math.cos(math.radians(lat)), 0.01)
    return (
        Case.objects.open()
        .filter(
            lng__range=(lng - d_lng, lng + d_lng),
            lat__range=(lat - d_lat, lat + d_lat),
            reported_at__gte=at - timedelta(days=NEAR_DAYS),
        )
        .for_lists()
        .order_by("-reported_at")
    )


def _near(case: Case, metres: float) -> Near:
    return Near(
        case_id=case.pk,
        what=public_name(case),
        place=case.area.name,
        metres=max(10, int(round(metres, -1))),
        status=case.status,
        reported_at=case.reported_at,
        joined=case.joined,
    )


def public_name(case: Case) -> str:
    """What strangers may read instead of the reporter's own words: the item's name."""
    return case.item.name if case.item else _("其他事项")


# ── what was solved ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Solved:
    """A closed case as a public board shows it: no words, names or addresses of anybody."""

    what: str
    icon: str
    place: str
    took: timedelta
    ended_at: datetime
    stars: int | None


def solved(*, under: str, at: datetime, most: int) -> list[Solved]:
    """Cases closed lately under an area path: of the newest reports, what ended last first."""
    closed = Case.objects.filter(
        status=Status.CLOSED,
        area__path__startswith=under,
        reported_at__gte=at - timedelta(days=60),
        item__isnull=False,
    )
    listed = [
        Solved(
            what=public_name(case),
            icon=case.item.item_class.icon if case.item else "circle-check",
            place=case.area.name,
            took=case.ended_at - case.reported_at,
            ended_at=case.ended_at,
            stars=case.stars,
        )
        for case in closed.for_lists().order_by("-reported_at", "-pk")[:most]
        if case.ended_at
    ]
    return sorted(listed, key=lambda one: one.ended_at, reverse=True)
