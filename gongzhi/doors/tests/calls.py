"""Calls to every door that is entered over HTTP, each with a number of its sender's own."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

from gongzhi.doors import signing
from gongzhi.doors.conftest import KEY
from gongzhi.doors.tests.faults import Way

FORM = "application/x-www-form-urlencoded"
PARTNERS = {Way.PUSH: "hotline", Way.HOOK: "city_management", Way.PHONE: "exchange"}
PATHS = {
    Way.OPEN311: "/open311/v2/requests.json",
    Way.PUSH: "/hooks/hotline/orders",
    Way.HOOK: "/hooks/events",
    Way.PHONE: "/hooks/phone/calls",
    Way.QR: "/report/",
    Way.WECHAT: "/wechat/",
}
HTTP = tuple(PATHS)


@dataclass(frozen=True)
class Call:
    """One call, ready to be sent."""

    way: Way
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Visitor:
    """A telephone that scanned a code and was given the form."""

    code: str
    cookies: str
    token: str


def visitor(url: str, code: str) -> Visitor:
    """Scan the code and get the form, as a telephone does."""
    with _opener.open(f"{url}/report/?via={code}", timeout=30) as form:
        given = [line.partition(";")[0] for line in form.headers.get_all("Set-Cookie")]
    token = next(one.partition("=")[2] for one in given if one.startswith("csrftoken="))
    return Visitor(code, "; ".join(given), token)


def call_of(way: Way, number: str, who: Visitor, *, item: str = "02001") -> Call:
    """What the way's other side sends for the matter that has this number there, freshly signed."""
    if way in PARTNERS:
        body = json.dumps(_said(way, number), ensure_ascii=False).encode()
        headers = signing.headers(
            KEY, partner=PARTNERS[way], timestamp=int(time.time()), nonce=uuid4().hex,
            method="POST", path=PATHS[way], body=body,
        )  # fmt: skip
        return Call(way, PATHS[way], body, {**headers, "Content-Type": "application/json"})
    if way == Way.WECHAT:
        return _wechat(number)
    if way == Way.QR:
        said = {
            "csrfmiddlewaretoken": who.token, "via": who.code,
            "key": str(uuid5(NAMESPACE_URL, number)), "lng": "117.306", "lat": "31.792",
            "item": item, "sure": "1", "text": "路灯不亮",
            "address": "路灯",
        }  # fmt: skip
        headers = {"Content-Type": FORM, "Cookie": who.cookies}
        return Call(way, PATHS[way], urlencode(said).encode(), headers)
    said = {"lat": "31.792", "long": "117.306", "api_key": KEY, "service_code": item,
            "description": "路灯不亮"}  # fmt: skip
    headers = {"Content-Type": FORM, "Idempotency-Key": number}
    return Call(way, PATHS[way], urlencode(said).encode(), headers)


def _said(way: Way, number: str) -> dict[str, Any]:
    if way == Way.PHONE:
        return {"call_id": number, "event": "ringing", "caller": "13800000001", "line": "12319"}
    if way == Way.PUSH:
        return {"order_no": number, "content": "路灯不亮", "category_code": "020101",
                "address": "望湖花园东门", "lng": 117.3117, "lat": 31.7899}  # fmt: skip
    return {"taskNum": number, "eventTypeCode": "0105", "eventDesc": "路灯不亮两盏",
            "coordinateX": 117.306, "coordinateY": 31.792}  # fmt: skip


def _wechat(number: str) -> Call:
    stamp, nonce = str(int(time.time())), uuid4().hex
    signed = hashlib.sha1("".join(sorted(("wechat-token", stamp, nonce))).encode())  # noqa: S324
    asked = urlencode({"signature": signed.hexdigest(), "timestamp": stamp, "nonce": nonce})
    body = (
        "<xml><ToUserName>gh</ToUserName><FromUserName>o-wang</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><Content>路灯不亮</Content><MsgId>{number}</MsgId></xml>"
    ).encode()
    return Call(Way.WECHAT, f"/wechat/?{asked}", body, {"Content-Type": "text/xml"})


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Whoever sent a report is not led to its page."""
        return


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def send(url: str, call: Call, **headers: str) -> tuple[int, str]:
    """(status, answer); (0, "") when the line dropped without an answer."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        url + call.path, data=call.body, headers={**call.headers, **headers}
    )
    try:
        with _opener.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location") or error.read().decode()
    except OSError:
        return 0, ""
