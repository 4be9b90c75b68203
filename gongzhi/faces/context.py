"""What every page knows: elder mode, the helpline, the base map and where the live stream is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Values for all templates; nothing here asks the database."""
    return {
        "elder": request.COOKIES.get("elder") == "1",
        "helpline": settings.HELPLINE,
        "map_notice": settings.MAP_NOTICE,
        "tile_url": settings.TILE_URL,
        "live_url": live_url(request),
        "demo": settings.DEMO,
    }


def live_url(request: HttpRequest) -> str:
    """The address of the live stream: same origin behind a front server, else its own port."""
    if not settings.LIVE_PORT:
        return "/live/"
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}/live/"
