"""The map as pictures and layers; open to everybody, drawn once and then kept by browsers."""

import math
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import basemap, layers, tiles
from gongzhi.places.coordinates import Position, checked
from gongzhi.places.mercator import MOST_ZOOM
from gongzhi.places.palette import THEMES

SVG = "image/svg+xml; charset=utf-8"
MINUTE, DAY, YEAR = 60, 24 * 3600, 365 * 24 * 3600

# Bounds of the small picture in pixels and zooms, with what is taken when nothing is asked for.
WIDTH, HEIGHT, ZOOM = (80, 358, 1200), (60, 150, 900), (13, 17, 19)


@require_safe
def tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponseBase:
    """One tile, ?theme=dark for dark screens; 404 beyond the scheme."""
    if zoom > MOST_ZOOM or x >= 2**zoom or y >= 2**zoom:
        return HttpResponseNotFound(content_type="text/plain")  # an <img> shows no page
    theme = _theme(request.GET)
    version = basemap.current().version
    pinned = request.GET.get("v") == version  # as tiles.url() asks: that drawing never changes
    return _kept(
        request,
        f"{version}-{theme}",
        SVG,
        lambda: tiles.tile(zoom, x, y, theme),
        seconds=YEAR if pinned else DAY,
    )


@require_safe
def minimap(request: HttpRequest) -> HttpResponseBase:
    """A picture around ?lng&lat (WGS-84) with a pin; needs no script.

    Also ?w&h in pixels, ?z the zoom and ?theme: what is out of bounds or no number is brought into
    bounds. Without a position there is no picture: 422.
    """
    asked = request.GET
    lng, lat = _position(asked)
    size = (_bounded(asked, "w", WIDTH), _bounded(asked, "h", HEIGHT))
    zoom, theme, notice = _bounded(asked, "z", ZOOM), _theme(asked), settings.MAP_NOTICE
    about = f"{basemap.current().version} {lng:.6f} {lat:.6f} {size} {zoom} {theme} {notice}"
    mark = salted_hmac("minimap", about).hexdigest()[:20]

    def draw() -> bytes:
        return tiles.minimap(lng, lat, size=size, zoom=zoom, theme=theme, notice=notice)

    return _kept(request, mark, SVG, draw, seconds=DAY)


@require_safe
def vector(request: HttpRequest) -> HttpResponseBase:
    """The layers of the base map with today's grids and borders as GeoJSON, for vector maps."""
    mark = layers.version()
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = _kept(
        request, mark, "application/json", lambda: layers.body(mark, zipped=zipped), seconds=MINUTE
    )
    if zipped and response.status_code == 200:  # zipped once there, not at each request
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _kept(
    request: HttpRequest, mark: str, kind: str, make: Callable[[], bytes], *, seconds: int
) -> HttpResponse:
    """The body with its mark, or 304 without body when the browser has it already."""
    etag = quote_etag(mark)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(make(), content_type=kind)
    response["ETag"] = etag
    for_good = {"immutable": True} if seconds == YEAR else {}
    patch_cache_control(response, public=True, max_age=seconds, **for_good)
    return response


def _position(asked: QueryDict) -> Position:
    """?lng&lat as a position on earth, or 422 with a sentence."""
    try:
        lng, lat = float(str(asked.get("lng"))), float(str(asked.get("lat")))
    except ValueError:
        raise NotUnderstood(_("缺少位置：请给出经度和纬度。"), field="place") from None
    try:
        return checked(lng, lat)
    except ValueError as error:
        raise NotUnderstood(str(error), field="place") from error


def _bounded(asked: QueryDict, name: str, bounds: tuple[int, int, int]) -> int:
    """The number asked for, brought between its bounds; the usual one when it is no number."""
    least, usual, most = bounds
    try:
        number = float(str(asked.get(name, usual)))
    except ValueError:
        return usual
    return usual if math.isnan(number) else round(max(least, min(most, number)))


def _theme(asked: QueryDict) -> str:
    theme = asked.get("theme", "light")
    return theme if theme in THEMES else "light"
