"""The command screen: one map, the figures beside it and what happens right now."""

import gzip
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.checks import scope
from gongzhi.access.reads import area_choices
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.cases.reads.numbers import Numbers, numbers_of
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.reads.watching import moved_last, points_of, shown_title
from gongzhi.cases.templatetags.cases import status_class
from gongzhi.cases.words import FileKind, Status
from gongzhi.faces import wall_figures
from gongzhi.faces.live import with_live_stream
from gongzhi.places import layers, scene
from gongzhi.places.models import Area
from gongzhi.places.words import Level

PANELS = ("classes", "days", "doors", "ranking")
FRAGMENT = "X-Fragment"  # sent by the page's own script, which wants the part and not the page


@with_live_stream
@never_cache
@require_safe
@staff_with(Can.WATCH_WALL)
def screen(request: PersonRequest) -> HttpResponse:
    """The whole screen; its figures, tables and feed are complete without script."""
    return render(request, "faces/wall.html", _everything(request, _watched(request)))


@never_cache
@require_safe
@staff_with(Can.WATCH_WALL)
def numbers(request: PersonRequest) -> JsonResponse:
    """The figures as they are now, and the panels drawn from them; `at` says how fresh they are."""
    area = _watched(request)
    counted = numbers_of(area.path, at=now())
    context = _counted(counted, area)
    panels = {
        name: render_to_string(f"faces/_wall_{name}.html", context, request) for name in PANELS
    }
    return JsonResponse(
        {
            "at": localtime(counted.at).isoformat(timespec="milliseconds"),
            "figures": [asdict(figure) for figure in context["figures"]],
            "panels": panels,
        }
    )


@never_cache
@require_safe
@staff_with(Can.WATCH_WALL)
def points(request: PersonRequest) -> JsonResponse:
    """The cases on the map: [number, lng, lat, colour, area, calls, late] each."""
    found = points_of(request.user, _watched(request).path, at=now())
    rows = [
        [p.pk, p.lng, p.lat, status_class(p.status), p.area, int(p.calls), int(p.late)]
        for p in found
    ]
    return JsonResponse({"points": rows})


@never_cache
@require_safe
@staff_with(Can.WATCH_WALL)
def feed(request: PersonRequest) -> HttpResponse:
    """The rows of what moved last."""
    area = _watched(request)
    moved = moved_last(request.user, area.path)
    return render(request, "faces/_wall_feed.html", {"moved": moved, "area": area})


@never_cache
@require_safe
@staff_with(Can.WATCH_WALL)
def case(request: PersonRequest, pk: int) -> HttpResponse:
    """One case as the screen shows it: without who reported it; 404 for others' cases."""
    area = _watched(request)
    cases = Case.objects.visible_to(request.user).filter(area__path__startswith=area.path)
    found = get_object_or_404(cases.for_lists(), pk=pk)
    context: dict[str, Any] = {
        "case": found,
        "title": shown_title(found),
        "area": area,
        "steps": timeline(found),
        "photos": found.files.filter(kind=FileKind.PHOTO)[:4],
        "at_desk": scope(request.user, Can.DISPATCH_CASES),
    }
    if request.headers.get(FRAGMENT):
        response = render(request, "faces/_wall_case.html", context)
    else:
        response = render(request, "faces/wall_case.html", context)
    patch_vary_headers(response, [FRAGMENT])
    return response


@require_safe
@staff_with(Can.WATCH_WALL)
def scenery(request: HttpRequest) -> HttpResponseBase:
    """The map under the cases, zipped; browsers keep it until an area or the map changes."""
    mark = layers.version()
    etag = quote_etag(f"scene-{mark}")
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(scene.body(mark), content_type="application/json")
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response["Content-Encoding"] = "gzip"  # zipped once there, not at each request
        else:
            response.content = gzip.decompress(response.content)
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=300)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _watched(request: PersonRequest) -> Area:
    """The area named by ?area=code, else the highest the person may watch; 404 for others'."""
    paths = scope(request.user, Can.WATCH_WALL)
    if code := request.GET.get("area"):
        area = get_object_or_404(Area, code=code)
        if not area.path.startswith(tuple(paths)):
            raise Http404
        return area
    return get_object_or_404(Area, path=min(paths, key=len))


def _everything(request: PersonRequest, area: Area) -> dict[str, Any]:
    at = now()
    choices = area_choices(request.user, Can.WATCH_WALL)
    statuses = (Status.REPORTED, Status.DISPATCHED, Status.ACCEPTED, Status.HANDLED, Status.CLOSED)
    return {
        "area": area,
        "above": area.ancestors()[-1:],
        "areas": [choice for choice in choices if choice.level != Level.GRID],
        "at": localtime(at),
        "moved": moved_last(request.user, area.path),
        "legend": [(status_class(status), status.label) for status in statuses],
        **_counted(numbers_of(area.path, at=at), area),
    }


def _counted(counted: Numbers, area: Area) -> dict[str, Any]:
    """What the panels show."""
    return {
        "area": area,
        "figures": wall_figures.figures(counted),
        "bars": wall_figures.bars(counted),
        "days": wall_figures.days(counted),
        "doors": wall_figures.doors(counted),
        "ranking": wall_figures.ranking(counted, with_community=_holds_communities(area)),
        "ranking_meaning": wall_figures.ranking_meaning(),
    }


def _holds_communities(area: Area) -> bool:
    """Whether several grids below may bear the same name."""
    return area.level not in (Level.COMMUNITY, Level.GRID)
