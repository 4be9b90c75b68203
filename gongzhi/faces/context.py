"""What every page knows: elder mode, the helpline, the base map and where the live stream is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gongzhi.journal.listening import live_url


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
