"""The machine interface, version 1: its calls, and the one place where refusals become JSON."""

import logging
import re
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from gongzhi.cases.api import router as cases
from gongzhi.catalogue.api import router as catalogue
from gongzhi.kernel.answers import Refused
from gongzhi.kernel.refusals import Busy, Refusal
from gongzhi.places.api import router as places

log = logging.getLogger(__name__)


class PlainRenderer(JSONRenderer):
    """Chinese as it is read, not as escapes: a third of the bytes and legible in any log."""

    json_dumps_params: dict[str, Any] = {"ensure_ascii": False}


api = NinjaAPI(
    title="Gongzhi 共治",
    version="1",
    description="Report what is wrong, track what becomes of it. Times ISO 8601 with offset, "
    "positions WGS-84 in degrees unless said otherwise. Refusals carry a sentence to show.",
    renderer=PlainRenderer(),
    docs_url=None,  # its page needs scripts from elsewhere, which our security policy forbids
    urls_namespace="api",
)
api.add_router("", cases)
api.add_router("", catalogue)
api.add_router("", places)

CODES = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    409: "not_possible",
    413: "too_large",
    422: "not_understood",
    429: "too_many",
    503: "busy",
}


def answer(request: HttpRequest, status: int, sentence: str, field: str = "") -> HttpResponse:
    """A refusal as JSON."""
    body = Refused(code=CODES.get(status, "refused"), sentence=sentence, field=field)
    return api.create_response(request, body.dict(), status=status)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What verbs and doors refuse."""
    return answer(request, refusal.status, refusal.sentence, refusal.field)


@api.exception_handler(OperationalError)
def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is away, or held by somebody for longer than we wait."""
    log.error("the database did not answer %s", request.path, exc_info=error)
    return refused(request, Busy.now())


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing there, or nothing for whoever asks."""
    return answer(request, 404, str(error) or _("没有找到。"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first field that is wrong, in Chinese."""
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    where = [str(part) for part in first.get("loc", ())]  # source, parameter, field …
    whole_body = where[:1] == ["body"] and len(where) <= 2
    field = "" if whole_body or not where else where[-1]
    return answer(request, 422, _sentence(str(first.get("type", "")), field), field)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body beyond what is read into memory."""
    return answer(request, 413, _("提交的内容太大了，请分几次提交。"))


@api.exception_handler(HttpError)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(UnreadablePostError)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A body that is no JSON, or a form that broke off."""
    return answer(request, 400, _("请求的内容无法读取，请检查格式。"))


def _sentence(kind: str, field: str) -> str:
    """What is wrong with a field, by the validator's stable name for it."""
    said = {"field": field}
    if not field:
        return _("请求里没有能读懂的内容。")
    if kind == "missing":
        return _("缺少“%(field)s”。") % said
    if kind in {"string_too_long", "too_long"}:
        return _("“%(field)s”太长了。") % said
    if kind.startswith("uuid"):
        return _("“%(field)s”应是UUID。") % said
    if re.match(r"(float|int|decimal|finite)", kind):
        return _("“%(field)s”应是数字。") % said
    if kind in {"enum", "literal_error"}:
        return _("“%(field)s”不在可选的范围内。") % said
    if kind.startswith("string_unicode"):
        return _("“%(field)s”里有无法识别的字符。") % said
    return _("“%(field)s”的内容不对。") % said
