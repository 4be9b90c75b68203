"""Signed calls as they come in: bounded, genuine, fresh, taken once, answered when durable."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gongzhi.cases import rules
from gongzhi.doors import signing, turned_away
from gongzhi.doors.models import Nonce, Partner
from gongzhi.doors.words import Door
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotUnderstood, Refusal, TooLarge

MOST = 256 * 1024  # bytes of one call


class NotAuthentic(Refusal):
    """No known partner signed this."""

    status = 401


class OutOfTime(NotAuthentic):
    """Signed too long ago, or by a clock that is wrong."""


class PlayedAgain(Refusal):
    """Exactly this call was taken before."""

    status = 409


class WrongMethod(Refusal):
    """The address takes other methods."""

    status = 405


@dataclass(frozen=True)
class Call:
    """A genuine call: who sent it and what it says."""

    partner: Partner
    nonce: str
    says: dict[str, Any]


Take = Callable[[Call, datetime], dict[str, Any]]
Form = Callable[[dict[str, Any] | Refusal], dict[str, Any]]  # the channel's own form of an answer


def takes_signed(
    door: Door, *, form: Form, number: str = ""
) -> Callable[[Take], Callable[[HttpRequest], HttpResponse]]:
    """Let a function take the signed JSON calls to an address, in one transaction with the nonce.

    The answer is written after the commit: what was not kept was not acknowledged. `number` names
    the field of the call that holds the other side's number, for the list of what was turned away.
    """

    def mark(take: Take) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt  # authenticated by signature, never by a cookie
        @wraps(take)
        def answer(request: HttpRequest) -> HttpResponse:
            at = now()
            call: Call | None = None
            try:
                call = read(request, door, at)
                with transaction.atomic():
                    spend(call, at)
                    data = take(call, at)
            except Refusal as refusal:
                turned_away.note(
                    door,
                    refusal,
                    partner=call.partner if call else None,
                    external_id=str(call.says.get(number, "")) if call else "",
                    at=at,
                )
                return _answered(form(refusal), refusal)
            return _answered(form(data))

        return answer

    return mark


def _answered(body: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    response = JsonResponse(
        body,
        status=refusal.status if refusal else 200,
        json_dumps_params={"ensure_ascii": False},
    )
    if refusal and refusal.status == 429:
        response["Retry-After"] = "60"
    return response


def read(request: HttpRequest, door: Door, at: datetime) -> Call:
    """The call, once it is known to be genuine and fresh. A Refusal says what is wrong."""
    if request.method != "POST":
        raise WrongMethod(_("这个地址只接受 POST。"))
    body = _body(request)
    given = {
        name: request.headers.get(name, "")
        for name in (signing.PARTNER, signing.TIMESTAMP, signing.NONCE, signing.SIGNATURE)
    }
    partner = _partner(door, given[signing.PARTNER])
    key = partner.secret if partner else "nobody's"
    path = request.get_full_path()
    genuine = signing.is_genuine(key, given, method="POST", path=path, body=body)
    if partner is None or not genuine:  # the same words for both: no guessing of partners
        raise NotAuthentic(_("签名不对：请核对接入代码、密钥和签名方法。"))
    if not signing.is_fresh(given[signing.TIMESTAMP], at.timestamp()):
        raise OutOfTime(_("时间戳与服务器相差超过5分钟，请校准时钟后重新签名发送。"))
    if not signing.is_nonce(given[signing.NONCE]):
        raise NotUnderstood(_("nonce 应为16到64位字母、数字、横线或下划线。"), field="nonce")
    within_limit(f"door-{door}", str(partner.pk), most=partner.per_minute, seconds=60, at=at)
    return Call(partner, given[signing.NONCE], _json(body))


def spend(call: Call, at: datetime) -> None:
    """Use the nonce up, in the caller's transaction. PlayedAgain when it was used before."""
    try:
        with transaction.atomic():
            Nonce.objects.create(partner=call.partner, nonce=call.nonce, at=at)
    except IntegrityError as error:
        raise PlayedAgain(
            _("这个请求已经收到过。重发时请换新的 nonce 和时间戳重新签名。")
        ) from error


def _partner(door: Door, code: str) -> Partner | None:
    partner = Partner.objects.filter(code=code[:40], door=door, active=True).first()
    return partner if partner and partner.secret else None


def _body(request: HttpRequest) -> bytes:
    too_large = TooLarge(_("一次最多发送%(most)sKB。") % {"most": MOST // 1024})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST:
        raise too_large
    try:
        body = request.read(MOST + 1)
    except UnreadablePostError as error:
        raise NotUnderstood(_("内容没有传完整，请重发。")) from error
    if len(body) > MOST:
        raise too_large
    return body


def _json(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUnderstood(
            _("内容不是 UTF-8 编码，请用 UTF-8 发送。"), field="encoding"
        ) from error
    try:
        says = _shown(json.loads(text, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(_("内容不是有效的 JSON。"), field="body") from error
    if not isinstance(says, dict):
        raise NotUnderstood(_("内容应是一个 JSON 对象。"), field="body")
    return says


def _shown(value: Any) -> Any:
    """The same without what no database or screen can carry."""
    if isinstance(value, str):
        return rules.clean(value)
    if isinstance(value, dict):
        return {rules.clean(key): _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def _refuse_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are no JSON
