"""The register's map: grids picked, a piece drawn, and what is in it, by tag. Homes, never people.

Everything works without a script: grids and estates are chosen from a list beside the map.
"""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.checks import inside, may
from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area, Estate
from gongzhi.places.words import ComponentClass, ComponentState, Level
from gongzhi.residents.forms import Chosen
from gongzhi.residents.pages_things import things
from gongzhi.residents.reads import selecting, tags
from gongzhi.residents.reads.things import seen_components
from gongzhi.residents.starting import starts_of

MOST_COMPONENTS = 1500
WIDEST = 0.05  # degrees of a box in which components are drawn
looks = staff_with(Can.SEE_REGISTER)


@never_cache
@looks
@require_safe
def chart(request: PersonRequest) -> HttpResponse:
    """The map with what was chosen on it; only the figures when htmx asks."""
    chosen = Chosen.read(request.GET)
    refusal: NotUnderstood | None = None
    context: dict[str, object] = {"chosen": chosen}
    try:
        context |= _picked(request.user, chosen)
    except NotUnderstood as refused:
        refusal = refused
    context["refusal"] = refusal
    part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    if not part:
        context |= _choices(request.user)
    name = "residents/staff/_picked.html" if part else "residents/staff/map.html"
    response = render(request, name, context, status=refusal.status if refusal else 200)
    response["Vary"] = "HX-Request"
    return response


def _picked(person: Person, chosen: Chosen) -> dict[str, object]:
    """What the choice holds; nothing before anything was chosen."""
    if not chosen.within:
        return {}
    found = selecting.summary(person, chosen.within, chosen.tag)
    return {
        "found": found,
        "words": selecting.words(chosen.within),
        "tags": [
            {
                "code": kind.code,
                "name": kind.name,
                "count": found.counts.get(kind.code, 0),
                "on": kind.code in chosen.tag,
                "url": chosen.toggled(kind.code),
            }
            for kind in tags.kinds().values()
            if found.counts.get(kind.code) or kind.code in chosen.tag
        ],
        "starts": starts_of(person),
        "may_take": may(person, Can.TAKE_OUT_LISTS, within=None),
    }


def _choices(person: Person) -> dict[str, object]:
    """Grids and estates within reach, for the list beside the map."""
    held = _within(person)
    grids = Area.objects.filter(held, level=Level.GRID).select_related("parent")
    estates = Estate.objects.filter(area__in=Area.objects.filter(held).values("pk"))
    return {
        "grids": grids.defer("polygon", "parent__polygon").order_by("path"),
        "estates": estates.select_related("area").defer("area__polygon").order_by("area__path"),
        "kinds": ComponentClass.choices,
    }


def _within(person: Person) -> Q:
    return inside(person, Can.SEE_REGISTER, "path")


@never_cache
@looks
@require_safe
def outlines(request: PersonRequest) -> JsonResponse:
    """The grids within reach as GeoJSON, each with its code and name."""
    areas = Area.objects.filter(_within(request.user), level=Level.GRID).exclude(polygon=None)
    features = [
        {
            "type": "Feature",
            "geometry": _rounded(area.polygon),
            "properties": {"code": area.code, "name": area.name, "at": [area.lng, area.lat]},
        }
        for area in areas.order_by("code")
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _rounded(value: Any) -> Any:
    """A geometry to five decimals, a metre."""
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


@never_cache
@looks
@require_safe
def homes_on_map(request: PersonRequest) -> JsonResponse:
    """[lng, lat, building, people] of the choice in the address."""
    chosen = Chosen.read(request.GET)
    found = selecting.dots(request.user, chosen.within, chosen.tag) if chosen.within else []
    return JsonResponse({"homes": found})


@never_cache
@things
@require_safe
def components_on_map(request: PersonRequest) -> JsonResponse:
    """[key, lng, lat, class, in words, whether it is whole] in ?box=west,south,east,north."""
    west, south, east, north = _box(request.GET.get("box", ""))
    found = seen_components(request.user).exclude(state=ComponentState.RETIRED)
    found = found.filter(lat__range=(south, north), lng__range=(west, east)).order_by("pk")
    return JsonResponse(
        {
            "components": [
                [c.pk, c.lng, c.lat, c.kind,
                 f"{c.name} {c.code} · {ComponentState(c.state).label}",
                 int(c.state == ComponentState.INTACT)]
                for c in found.only("pk", "lng", "lat", "kind", "name", "code", "state")[
                    :MOST_COMPONENTS
                ]
            ]
        }
    )  # fmt: skip


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(piece) for piece in text.split(","))
    except ValueError:
        raise NotUnderstood(_("缺少地图范围。")) from None
    if not (0 <= east - west <= WIDEST and 0 <= north - south <= WIDEST):
        raise NotUnderstood(_("地图范围太大，请放大后再看。"))
    return west, south, east, north
