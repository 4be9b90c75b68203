"""What stands around every page: refusals become pages here, and text is compressed."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from gongzhi.kernel.refusals import Busy, Refusal
from gongzhi.kernel.uploads import read_form

log = logging.getLogger(__name__)

OWN_WORDS = ("text", "note", "answer", "reason")  # fields in which people write at length


class RefusalMiddleware:
    """Answers a refusal with its status and its sentence: a page, or a notice for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        """Read forms here, so that one beyond its bounds is answered in words as well."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None  # the API reads and answers by itself
        try:
            read_form(request)
        except Refusal as refusal:
            return self.answer(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a Refusal into its answer; leave every other exception to Django."""
        words = (request.POST.get(name, "").strip() for name in OWN_WORDS)
        if isinstance(exception, Refusal):
            return self.answer(request, exception, next(filter(None, words), ""))
        if isinstance(exception, OperationalError):
            log.error("the database did not answer %s", request.path, exc_info=exception)
            with suppress(OperationalError):  # where it is away altogether, Django's own page
                return self.answer(request, Busy.now(), next(filter(None, words), ""))
        return None

    def answer(self, request: HttpRequest, refusal: Refusal, words: str = "") -> HttpResponse:
        """The sentence with its status: a page, or a notice for htmx; nobody's words are lost."""
        fragment = bool(request.headers.get("HX-Request"))
        response = render(
            request,
            "faces/_refusal.html" if fragment else "faces/refusal.html",
            {"refusal": refusal, "words": words},
            status=refusal.status,
        )
        if fragment:  # the layout shows it as a toast whatever the target of the request was
            response["HX-Retarget"] = "#notices"
            response["HX-Reswap"] = "innerHTML"
        return response


class TextGZipMiddleware(GZipMiddleware):
    """Compresses text alone: photos gain nothing, and a part of a file would be spoilt."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave alone what is packed already."""
        kind = response.headers.get("Content-Type", "")
        if kind.startswith(("image/jpeg", "image/png", "image/webp", "audio/", "font/")):
            return response
        return super().process_response(request, response)
