"""Each request as a span; installed only where spans are wanted (settings)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gongzhi.kernel.spans import failed, span

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class SpanMiddleware:
    """Stands before everything else. Traces begin here: no header of a stranger steers them.

    `route` names what is answered without the table of addresses.
    """

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponse], *, route: str = ""
    ) -> None:
        self.get_response = get_response
        self.route = route

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Named by method and route. The address itself may hold a token, its query anything."""
        method = request.method if request.method in METHODS else "_OTHER"
        with span(method, "SERVER", http__request__method=method) as current:
            response = self.get_response(request)
            if current is not None:
                if route := self.route or _route(request):
                    current.update_name(f"{method} {route}")
                    current.set_attribute("http.route", route)
                current.set_attribute("http.response.status_code", response.status_code)
                if response.status_code >= 500:
                    failed(current, str(response.status_code))
        return response


def _route(request: HttpRequest) -> str:
    """As the table of addresses writes it, with names in place of what they stand for."""
    return f"/{request.resolver_match.route}" if request.resolver_match else ""
