"""Where the live stream is, and leave for pages that listen to it to connect there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

Page = Callable[..., HttpResponseBase]


def live_url(request: HttpRequest) -> str:
    """The live stream's address: same origin behind a front server, else its own port; "" for a
    page asked under a name that is not ours.
    """
    if not settings.LIVE_PORT:
        return "/live/"
    try:
        host = request.get_host()
    except DisallowedHost:  # the page that says so is a page too
        return ""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}/live/"


def with_live_stream(page: Page) -> Page:
    """Let the page open an EventSource on `live_url` (in every template's context).

    The stream may have a port of its own; the content security policy of the page then names that
    origin, taken from the host the page was asked under. Put it outermost:

        @with_live_stream
        @staff_with(Can.DISPATCH_CASES)
        def inbox(request): …

    In the page: `new EventSource(url, {withCredentials: true})`; each `event` carries the JSON
    {"name", "kind", "id", "at", "area"}; on `reset` everything shown should be fetched again.
    """

    @wraps(page)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = page(request, *args, **kwargs)
        where = urlsplit(live_url(request))
        if where.netloc:
            origin = f"{where.scheme}://{where.netloc}"
            # Read by csp.middleware.CSPMiddleware, which sets it the same way in csp_update().
            response._csp_update = {"connect-src": [origin]}  # type: ignore[attr-defined]
        return response

    return answered
