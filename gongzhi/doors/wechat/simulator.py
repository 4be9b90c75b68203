"""WeChat's side, as a program of its own: followers who write, and the calls an account can make.

    python -m gongzhi.doors.wechat.simulator --port 9015 --target http://127.0.0.1:8000

It speaks WeChat's published protocol and shares no code with the product. At `/` a person can write
as a follower and see what arrives on their telephone; `/control/` is for whoever plays WeChat.
"""

import argparse
import base64
import json
import secrets
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

from gongzhi.doors.playing import Moody, Player, chat, form, listen, page, typed
from gongzhi.doors.wechat.playing import drawn, opened, seal, signed, xml_of

# well; down answers 503; busy answers -1; hang_up drops the line; forgetful does it and hangs up.
MOODS = {"well", "down", "busy", "hang_up", "forgetful"}
WINDOW = 48 * 3600
TOKEN_LIFE = 7200


class World(Moody):
    """Followers, what is on their screens, and what the account may do."""

    def __init__(self, said: argparse.Namespace) -> None:
        super().__init__()
        self.app_id, self.secret, self.token = said.app_id, said.secret, said.token
        self.aes, self.target = said.aes_key, said.target.rstrip("/")
        self.ahead = 0
        self.screens: dict[str, list[dict[str, Any]]] = {}
        self.spoke: dict[str, float] = {}
        self.allowed: dict[tuple[str, str], int] = {}
        self.media: dict[str, bytes] = {}
        self.codes: dict[str, str] = {}
        self.tokens: dict[str, float] = {}
        self.menu: list[Any] = []
        self.asked: list[str] = []
        self.gone: set[str] = set()  # who does not follow any more
        self.refusal: dict[str, Any] = {}  # what every message of the account is answered with

    def now(self) -> float:
        """The simulator's clock, which can be moved ahead."""
        return time.time() + self.ahead

    # ── followers write ──

    def say(self, said: dict[str, Any]) -> dict[str, Any]:
        """A follower does something; the account's answer to it, as their telephone shows it."""
        openid = said.get("openid", "o-wang")
        fields = self._fields(said, openid)
        shown = said.get("text") or {"image": "［照片］", "location": "［位置］"}.get(
            str(fields.get("MsgType")), ""
        )
        with self.lock:
            screen = self.screens.setdefault(openid, [])
            if shown:
                screen.append({"mine": True, "text": shown})
            self.spoke[openid] = self.now()
            if said.get("event") == "unsubscribe":
                self.gone.add(openid)
            elif "event" not in said or said["event"] == "subscribe":
                self.gone.discard(openid)
        answer = self.post(fields, said.get("faults", {}))
        if text := answer.get("text"):
            with self.lock:
                screen.append({"mine": False, "text": text, "by": "reply"})
        return answer

    def _fields(self, said: dict[str, Any], openid: str) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "ToUserName": "gh_wanghu",
            "FromUserName": openid,
            "CreateTime": str(int(time.time())),
        }
        if "event" in said:
            return {**fields, "MsgType": "event", "Event": said["event"], **said.get("more", {})}
        fields["MsgId"] = said.get("id") or str(secrets.randbelow(10**16) + 10**16)
        if "image" in said:
            media = secrets.token_hex(16)
            self.media[media] = base64.b64decode(said["image"]) if said["image"] else drawn()
            return {**fields, "MsgType": "image", "PicUrl": "http://pic", "MediaId": media}
        if "location" in said:
            lng, lat = said["location"]
            return {
                **fields, "MsgType": "location", "Location_X": lat, "Location_Y": lng,
                "Scale": 16, "Label": said.get("label", ""),
            }  # fmt: skip
        return {**fields, "MsgType": said.get("type", "text"), "Content": said.get("text", "")}

    def post(self, fields: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
        """Send a message to the account as WeChat does; `faults` spoil it."""
        xml = faults.get("body") or f"<xml>{xml_of(fields)}</xml>"
        stamp = str(faults.get("timestamp", int(time.time())))
        nonce = str(faults.get("nonce", secrets.token_hex(8)))
        asked = {
            "signature": faults.get("signature") or signed(self.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": fields["FromUserName"],
        }
        body = xml.encode(faults.get("encoding", "utf-8"))
        if self.aes and not faults.get("plain"):
            sealed = seal(self.aes, self.app_id, body)
            asked |= {
                "encrypt_type": "aes",
                "msg_signature": faults.get("msg_signature")
                or signed(self.token, stamp, nonce, sealed),
            }
            body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        url = f"{self.target}/wechat/?{urlencode(asked)}"
        started = time.monotonic()
        request = urllib.request.Request(url, data=body)  # noqa: S310 - plays the other side; the address is the demo's own
        request.add_header("Content-Type", "text/xml")
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - plays the other side; the address is the demo's own
                status, raw = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, raw = error.code, error.read()
        except OSError as error:
            return {"status": 0, "error": repr(error)}
        took = time.monotonic() - started
        return {"status": status, "took": took, **self._read(raw.decode("utf-8", "replace"))}

    def _read(self, raw: str) -> dict[str, Any]:
        if not raw.startswith("<xml>"):
            return {"raw": raw}
        root = ElementTree.fromstring(raw)  # noqa: S314 - what we test answers
        if (sealed := root.findtext("Encrypt")) is not None:
            right = signed(
                self.token, root.findtext("TimeStamp") or "", root.findtext("Nonce") or "", sealed
            )
            if right != root.findtext("MsgSignature"):
                return {"raw": raw, "error": "the reply is wrongly signed"}
            plain = opened(self.aes, self.app_id, sealed)
            root = ElementTree.fromstring(plain)  # noqa: S314 - plays the other side; reads what we answered
        return {"text": root.findtext("Content") or "", "to": root.findtext("ToUserName")}

    def prove(self) -> dict[str, Any]:
        """Ask whether the address is the account's, as WeChat does when it is set up."""
        stamp, nonce, echo = str(int(time.time())), secrets.token_hex(8), secrets.token_hex(8)
        asked = {
            "signature": signed(self.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "echostr": echo,
        }
        url = f"{self.target}/wechat/?{urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - plays the other side; the address is the demo's own
            return {"right": response.read().decode() == echo}

    def allow(self, said: dict[str, Any]) -> dict[str, Any]:
        """A follower accepts or rejects subscribed notices of a template."""
        openid, template = said["openid"], said["template"]
        yes = said.get("accept", True)
        with self.lock:
            have = self.allowed.get((openid, template), 0)
            self.allowed[openid, template] = have + 1 if yes else 0
        row = {"TemplateId": template, "SubscribeStatusString": "accept" if yes else "reject"}
        kind = "popup" if yes else "change"
        name = f"SubscribeMsg{kind.capitalize()}Event"
        # An event is known by its second: nobody says yes twice within one.
        moment = str(int(time.time()) + have)
        more = {name: {"List": {**row, "PopupScene": "2"}}, "CreateTime": moment}
        return self.say({"openid": openid, "event": f"subscribe_msg_{kind}_event", "more": more})

    # ── the account calls ──

    def call(self, path: str, asked: dict[str, list[str]], said: dict[str, Any]) -> Any:
        """One call of the account's program, in WeChat's own terms."""
        if path == "/cgi-bin/token":
            if asked.get("appid") != [self.app_id] or asked.get("secret") != [self.secret]:
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            token = secrets.token_hex(20)
            self.tokens = {token: self.now() + TOKEN_LIFE}  # a new one ends the old
            return {"access_token": token, "expires_in": TOKEN_LIFE}
        if path == "/sns/oauth2/access_token":
            openid = self.codes.pop(asked.get("code", [""])[0], "")
            if not openid or asked.get("secret") != [self.secret]:
                return {"errcode": 40029, "errmsg": "invalid code"}
            return {
                "access_token": "t", "expires_in": 7200, "refresh_token": "r", "openid": openid,
                "scope": "snsapi_base",
            }  # fmt: skip
        if self.tokens.get(asked.get("access_token", [""])[0], 0) < self.now():
            return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid"}
        return self._called(path, asked, said)

    def _called(self, path: str, asked: dict[str, list[str]], said: dict[str, Any]) -> Any:
        if path == "/cgi-bin/media/get":
            media = self.media.get(asked.get("media_id", [""])[0])
            return media or {"errcode": 40007, "errmsg": "invalid media_id"}
        if path == "/cgi-bin/menu/create":
            self.menu = said["button"]
            return {"errcode": 0, "errmsg": "ok"}
        openid = said.get("touser", "")
        if self.refusal:
            return self.refusal
        if openid in self.gone:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if path == "/cgi-bin/message/custom/send":
            if self.spoke.get(openid, 0) < self.now() - WINDOW:
                return {"errcode": 45015, "errmsg": "response out of time limit"}
            return self._show(openid, said["text"]["content"], "custom")
        if path == "/cgi-bin/message/subscribe/bizsend":
            key = openid, said["template_id"]
            if not self.allowed.get(key):
                return {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
            self.allowed[key] -= 1
            values = [value["value"] for value in said["data"].values()]
            return self._show(openid, "【订阅通知】" + " ".join(values), "notice", said)
        return {"errcode": 40066, "errmsg": "invalid url"}

    def _show(self, openid: str, text: str, by: str, said: Any = None) -> dict[str, Any]:
        line = {"mine": False, "text": text, "by": by, "said": said}
        with self.lock:
            self.screens.setdefault(openid, []).append(line)
        return {"errcode": 0, "errmsg": "ok"}


class Gate(Player):
    """One call to WeChat, or of a person who looks at it."""

    world: World

    def get(self) -> None:
        """Calls without a body, the sign-in, and the page."""
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        if parts.path == "/":
            self.show(_page(self.world, asked.get("as", ["o-wang"])[0]))
        elif parts.path == "/connect/oauth2/authorize":
            self._authorize(asked)
        elif parts.path.startswith("/control/"):
            shown = {"screens": self.world.screens, "menu": self.world.menu}
            what = parts.path.removeprefix("/control/")
            self.say(self.world.prove() if what == "prove" else shown[what])
        else:
            self._called(parts.path, asked, {})

    def post(self, body: bytes) -> None:
        """Calls with a body; what followers do, under /control/ and from the page."""
        parts = urlsplit(self.path)
        if parts.path.startswith("/control/"):
            said = json.loads(body or b"{}")
            self.say(self._control(parts.path.removeprefix("/control/"), said))
        elif parts.path.startswith("/play/"):
            self._play(parts.path.removeprefix("/play/"), typed(body))
        else:
            self._called(parts.path, parse_qs(parts.query), json.loads(body or b"{}"))

    def _control(self, what: str, said: dict[str, Any]) -> Any:
        world = self.world
        if what == "ahead":
            world.ahead = said["seconds"]
            return {"ahead": world.ahead}
        if what == "end_tokens":
            world.tokens = {}
            return {}
        if what == "refuse":
            world.refusal = said
            return said
        return {"say": world.say, "allow": world.allow, "mood": world.be}[what](said)

    def _play(self, what: str, fields: dict[str, str]) -> None:
        said: dict[str, Any] = {"openid": fields.get("as", "o-wang")}
        if what == "image":
            said["image"] = ""
        elif what == "location":
            said["location"] = [float(fields["lng"]), float(fields["lat"])]
        else:
            said["text"] = fields.get("text", "")
        self.world.say(said)
        self.lead(f"/?as={quote(said['openid'])}")

    def _authorize(self, asked: dict[str, list[str]]) -> None:
        code = secrets.token_hex(16)
        cookie = self.headers.get("Cookie", "")
        openid = cookie.partition("as=")[2].partition(";")[0] or "o-wang"
        self.world.codes[code] = openid
        back, state = asked["redirect_uri"][0], asked.get("state", [""])[0]
        self.lead(f"{back}?{urlencode({'code': code, 'state': state})}", 302)

    def _called(self, path: str, asked: dict[str, list[str]], said: dict[str, Any]) -> None:
        self.world.asked.append(path)
        mood = self.world.feel()
        if mood == "hang_up":
            self.close_connection = True
            return
        if mood == "down":
            self.say({"errmsg": "system error"}, 503)
            return
        if mood == "busy":
            self.say({"errcode": -1, "errmsg": "system error"})
            return
        answer = self.world.call(path, asked, said)
        if mood == "forgetful":
            self.close_connection = True
        elif isinstance(answer, bytes):
            self.write(answer, "image/jpeg")
        else:
            self.say(answer)


def _page(world: World, openid: str) -> bytes:
    lines = [(line["mine"], line["text"]) for line in world.screens.get(openid, [])]
    who = [("as", "谁", openid)]
    forms = (
        form("/play/text", "发送", [*who, ("text", "说点什么，例如：楼下路灯坏了", "")])
        + form("/play/image", "发一张照片", who)
        + form(
            "/play/location",
            "发位置",
            [*who, ("lng", "经度", "117.3117"), ("lat", "纬度", "31.7899")],
        )
    )
    others = " · ".join(sorted(world.screens)) or "o-wang"
    title = "微信模拟器：关注者的手机"
    return page(
        title, f"正在以 {openid} 的身份说话；有过消息的人：{others}", chat("对话", lines), forms
    )


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9015)
    parser.add_argument("--app-id", default="wx-demo")
    parser.add_argument("--secret", default="wechat-secret")
    parser.add_argument("--token", default="wechat-token")
    parser.add_argument("--aes-key", default="", help="43 letters; sealed messages when given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    asked = parser.parse_args()
    Gate.world = World(asked)
    listen(Gate, asked.port)


if __name__ == "__main__":
    main()
