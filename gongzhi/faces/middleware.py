"""The one place where refusals become pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.kernel.refusals import Refusal


class RefusalMiddleware:
    """Answers a refusal with its status and its sentence: a page, or a notice for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a Refusal into its answer; leave every other exception to Django."""
        if not isinstance(exception, Refusal):
            return None
        fragment = bool(request.headers.get("HX-Request"))
        response = render(
            request,
            "faces/_refusal.html" if fragment else "faces/refusal.html",
            {"refusal": exception},
            status=exception.status,
        )
        if fragment:  # the layout shows it as a toast whatever the target of the request was
            response["HX-Retarget"] = "#notices"
            response["HX-Reswap"] = "innerHTML"
        return response
