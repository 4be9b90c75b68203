"""Messages as WeChat sends them: signed, plain or sealed with AES, opened in bounds."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from django.core.cache import cache
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

from gongzhi.cases.rules import clean
from gongzhi.doors import signing
from gongzhi.doors.wechat.actions import Message, understood
from gongzhi.doors.wechat.agreed import Account
from gongzhi.doors.wechat.rules import Said
from gongzhi.doors.wechat.words import Kind
from gongzhi.doors.wire import NotAuthentic, OutOfTime, PlayedAgain
from gongzhi.kernel.refusals import NotUnderstood, TooLarge
from gongzhi.kernel.sealed import blind_index

MOST = 64 * 1024
WORDS_MOST = 4000
QUOTA_EVENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


@dataclass(frozen=True)
class Envelope:
    """A genuine message; `message` is wechatpy's, needed to answer it."""

    heard: Message
    message: Any
    is_sealed: bool


def proven(request: HttpRequest, mine: Account, at: datetime) -> str:
    """What WeChat wants to hear to believe that this address is ours."""
    _check(request, mine, at)
    return request.GET.get("echostr", "")[:200]


def opened(request: HttpRequest, mine: Account, at: datetime) -> Envelope:
    """The message, once it is known to be WeChat's and fresh. A Refusal says what is wrong."""
    _check(request, mine, at)
    body = _body(request)
    is_sealed = request.GET.get("encrypt_type", "") == "aes"
    if mine.aes_key and not is_sealed:
        raise NotAuthentic(_("本账号只收加密消息，请在公众平台选择“安全模式”。"))
    try:
        words = _unsealed(request, mine, body) if is_sealed else body.decode("utf-8")
        message = parse_message(words)
        data: dict[str, Any] = message._data
        heard = _heard(data, mine)
    except (InvalidSignatureException, InvalidAppIdException) as error:
        raise NotAuthentic(_("消息签名不对。")) from error
    except (
        ExpatError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError, IndexError,
        AssertionError,
    ) as error:  # fmt: skip
        raise NotUnderstood(_("消息不是约定的 XML。")) from error
    _spend(request, heard)
    return Envelope(heard, message, is_sealed)


def sealed(reply: str, envelope: Envelope, mine: Account) -> str:
    """The reply in the same kind of envelope."""
    if not envelope.is_sealed:
        return reply
    crypto = WeChatCrypto(mine.token, mine.aes_key, mine.app_id)
    answer: str = crypto.encrypt_message(reply, secrets.token_hex(8))
    return answer


def _check(request: HttpRequest, mine: Account, at: datetime) -> None:
    asked = request.GET
    try:
        check_signature(
            mine.token,
            asked.get("signature", ""),
            asked.get("timestamp", ""),
            asked.get("nonce", ""),
        )
    except InvalidSignatureException as error:
        raise NotAuthentic(_("签名不对：这个地址只给微信服务器使用。")) from error
    if not signing.is_fresh(asked.get("timestamp", ""), at.timestamp()):
        raise OutOfTime(_("时间戳与服务器相差超过5分钟。"))


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.read(MOST + 1)
    except UnreadablePostError as error:
        raise NotUnderstood(_("内容没有传完整，请重发。")) from error
    if len(body) > MOST:
        raise TooLarge(_("一次最多发送%(most)sKB。") % {"most": MOST // 1024})
    if b"<!" in body.replace(b"<![CDATA[", b""):
        raise NotUnderstood(_("消息不是约定的 XML。"))  # no declarations of one's own entities
    return body


def _unsealed(request: HttpRequest, mine: Account, body: bytes) -> str:
    crypto = WeChatCrypto(mine.token, mine.aes_key, mine.app_id)
    asked = request.GET
    words: str = crypto.decrypt_message(
        xmltodict.parse(body.decode("utf-8"))["xml"],
        asked.get("msg_signature", ""),
        asked.get("timestamp", ""),
        asked.get("nonce", ""),
    )
    return words


def _heard(data: dict[str, Any], mine: Account) -> Message:
    openid = str(data["FromUserName"])[:128]
    if not openid:
        raise ValueError("nobody")
    number = str(data.get("MsgId") or "")[:40]
    event = str(data.get("Event") or "").lower()
    key = number or f"{data['CreateTime']}:{event}"
    return Message(
        openid=openid,
        key=f"{blind_index(f'{mine.app_id}:{openid}')}:{key}"[:140],
        said=_said(data, event),
        number=number,
        quota=_quota(data, event),
    )


def _said(data: dict[str, Any], event: str) -> Said:
    kind = str(data["MsgType"]).lower()
    if kind == "text":
        return Said(Kind.TEXT, text=clean(str(data.get("Content") or ""))[:WORDS_MOST])
    if kind == "image":
        return Said(Kind.IMAGE, media=str(data["MediaId"])[:128])
    if kind == "location":
        where = understood((float(data["Location_Y"]), float(data["Location_X"])))
        return Said(Kind.LOCATION, where=where, label=clean(str(data.get("Label") or "")))
    if kind == "voice" and data.get("Recognition"):
        return Said(Kind.TEXT, text=clean(str(data["Recognition"]))[:WORDS_MOST])
    if event == "click":
        return Said(Kind.CLICK, text=str(data.get("EventKey") or ""))
    if event.startswith("subscribe") and event not in QUOTA_EVENTS:
        return Said(Kind.SUBSCRIBE)
    if event == "unsubscribe":
        return Said(Kind.UNSUBSCRIBE)
    # Of other events nothing is kept, above all not where somebody walks about (LOCATION).
    return Said(Kind.QUOTA if kind == "event" else Kind.OTHER)


def _quota(data: dict[str, Any], event: str) -> tuple[tuple[str, int], ...]:
    found = (data.get(QUOTA_EVENTS.get(event, "")) or {}).get("List") or []
    rows = found if isinstance(found, list) else [found]
    quota = []
    for row in rows[:20]:
        template, said = str(row["TemplateId"]), str(row.get("SubscribeStatusString") or "")
        if said == "accept" and event == "subscribe_msg_popup_event":
            quota.append((template, 1))
        elif said == "reject" or (said == "" and str(row.get("ErrorCode")) == "43101"):
            quota.append((template, 0))
    return tuple(quota)


def _spend(request: HttpRequest, heard: Message) -> None:
    """In the plain mode the signature does not cover the words: one signature, one message."""
    asked = request.GET
    mark = f"wechat:{asked.get('signature', '')[:40]}:{asked.get('nonce', '')[:40]}"
    if not cache.add(mark, heard.key, timeout=2 * signing.WINDOW) and cache.get(mark) != heard.key:
        raise PlayedAgain(_("这个签名已经用过了。"))
