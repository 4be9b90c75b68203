"""The way around everything a page needs, for programs that hand in one plain report after another.

It stands before all other middleware, so that neither sessions nor forms nor a policy for scripts
is thought of for a report that has none of them. It takes only what is plainly right: a POST with a
device token and a small body that reads as a report without photos. Whatever else comes goes the
ordinary way, to the same address in the API, and is taken or refused there in the API's words. Both
ways end in the same two calls; a test sends each kind of report both ways and compares.
"""

import re
from collections.abc import Callable

import msgspec
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.utils.timezone import now

from gongzhi.cases import gate, intake
from gongzhi.cases.reporters import address_of, reporter_with
from gongzhi.kernel.refusals import Refusal
from gongzhi.project.api import busy, refused

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


class QuickIntakeMiddleware:
    """Answers a plain report at once; leaves everything else to the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """201 or 200 with the receipt, a refusal, or whatever the rest answers."""
        sent = _plain_report(request)
        return self.get_response(request) if sent is None else _answered(request, sent)


def _plain_report(request: HttpRequest) -> intake.Sent | None:
    """The report, if it is one that can be taken here."""
    if request.path_info != PATH or request.method != "POST":
        return None
    if TOKEN.fullmatch(request.META.get("HTTP_X_DEVICE_TOKEN", "")) is None:
        return None
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > LARGEST:
        return None
    try:
        request.get_host()
        sent = _read(request.body)
    except (msgspec.MsgspecError, DisallowedHost, RequestDataTooBig, UnreadablePostError):
        return None  # read and refused by the API, in its words
    return None if sent.files else sent


def _answered(request: HttpRequest, sent: intake.Sent) -> HttpResponse:
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
