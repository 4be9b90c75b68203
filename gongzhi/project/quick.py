"""The way around all that a page needs, for programs that hand in one plain report after another.

It stands in front of Django's own handler, so that neither signals nor middleware nor the table of
addresses is gone through for a report that needs none of them. It takes only what is plainly right:
a POST with a device token and a small body that reads as a report without photos. Whatever else
comes goes the ordinary way, to the same address in the API, and is taken or refused there in the
API's words. Both ways end in the same two calls; a test sends each kind of report both ways and
compares.
"""

import logging
import re
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.timezone import now

from gongzhi.cases import gate, intake
from gongzhi.cases.reporters import address_of, reporter_with
from gongzhi.kernel.refusals import Refusal
from gongzhi.project.api import busy, refused
from gongzhi.project.tracing import SpanMiddleware

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/v1/reports"
LARGEST = 64 * 1024  # bytes of a body
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
HEADERS = {  # what the other middleware would say of an answer in JSON
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    **(
        {"Strict-Transport-Security": f"max-age={settings.SECURE_HSTS_SECONDS}"}
        if settings.SECURE_HSTS_SECONDS
        else {}
    ),
}

_read = msgspec.json.Decoder(intake.Sent).decode
_written = msgspec.json.Encoder().encode
log = logging.getLogger(__name__)


class QuickIntake:
    """A WSGI application: answers a plain report at once, leaves everything else to `pages`."""

    def __init__(self, pages: "WSGIApplication") -> None:
        self._pages = pages

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """201 or 200 with the receipt, a refusal, or whatever the pages answer."""
        sent = _plain_report(environ)
        response = None if sent is None else _response(WSGIRequest(environ), sent)
        if response is None:
            return self._pages(environ, start_response)
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, list(response.items()))
        return [response.content]


def _plain_report(environ: "WSGIEnvironment") -> intake.Sent | None:
    """The report, if it is one that can be taken here; its body can be read again."""
    if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] != "POST":
        return None
    if TOKEN.fullmatch(environ.get("HTTP_X_DEVICE_TOKEN", "")) is None:
        return None
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > LARGEST:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    try:
        sent = _read(body)
    except msgspec.MsgspecError:
        return None  # read and refused by the API, in its words
    return None if sent.files else sent


def _response(request: WSGIRequest, sent: intake.Sent) -> HttpResponse | None:
    """The answer, with the connections looked after as Django does around each request.

    None where something went wrong that nobody foresaw: the ordinary way, sent the same key, takes
    it or says so as of any page.
    """
    close_old_connections()
    try:
        request.get_host()
        return SpanMiddleware(partial(_answered, sent=sent), route=PATH)(request)
    except DisallowedHost:
        return None
    except Exception as error:  # by its kind alone: its words may hold what somebody typed
        log.error(
            "the short way failed, the report goes the ordinary one: %s", type(error).__name__
        )
        return None
    finally:
        close_old_connections()


def _answered(request: HttpRequest, *, sent: intake.Sent) -> HttpResponse:
    language = translation.get_language_from_request(request)
    with translation.override(language):
        try:
            reporter = reporter_with(request.META["HTTP_X_DEVICE_TOKEN"])
            gate.count_report(reporter, address=address_of(request), at=now())
            receipt, is_new = intake.take(sent, reporter)
        except Refusal as refusal:
            response = refused(request, refusal)
        except OperationalError as error:
            response = busy(request, error)
        else:
            response = HttpResponse(
                _written(receipt),
                status=201 if is_new else 200,
                content_type="application/json; charset=utf-8",
            )
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Language"] = language
    response.headers["Content-Length"] = str(len(response.content))
    return response
