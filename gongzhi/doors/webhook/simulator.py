"""Another platform, as a program of its own: it sends signed events and takes signed news.

    python -m gongzhi.doors.webhook.simulator --port 9013 --key KEY --partner city_management \\
        --target http://127.0.0.1:8000

It shares no code with the product. News come to `/news`; `/control/` is for whoever plays it.
"""

import argparse
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gongzhi.doors.playing import page, table


def sign(key: str, *parts: str, body: bytes) -> str:
    """The agreed signature over timestamp, nonce, method, path and the body's digest."""
    said = "\n".join((*parts, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


class Platform:
    """What it heard, and how it feels: well, down (503), refusing (422) or forgetful.

    Forgetful it keeps what it hears and drops the line; `times` lets a mood pass after some calls.
    """

    def __init__(self, key: str, partner: str, target: str) -> None:
        self.key, self.partner, self.target = key, partner, target
        self.mood, self.times = "well", 0
        self.heard: dict[str, Any] = {}
        self.calls = 0

    def feel(self) -> str:
        """The mood for the next call."""
        mood = self.mood
        if self.times:
            self.times -= 1
            self.mood = mood if self.times else "well"
        return mood

    def send(self, event: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
        """Send an event, signed; `faults` spoil the call: timestamp, nonce, signature, body."""
        path = "/hooks/events"
        body = faults.get("body", json.dumps(event, ensure_ascii=False)).encode()
        stamp = str(faults.get("timestamp", int(time.time())))
        nonce = str(faults.get("nonce", secrets.token_hex(16)))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Gongzhi-Partner": self.partner,
            "X-Gongzhi-Timestamp": stamp,
            "X-Gongzhi-Nonce": nonce,
            "X-Gongzhi-Signature": faults.get("signature")
            or sign(self.key, stamp, nonce, "POST", path, body=body),
        }
        request = urllib.request.Request(  # noqa: S310 - plays the other side; the address is the demo's own
            self.target.rstrip("/") + path, data=body, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - plays the other side; the address is the demo's own
                return {"status": response.status, "said": json.load(response)}
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code, "said": json.load(error)}
        except (OSError, ValueError) as error:
            return {"status": 0, "said": repr(error)}


class Ear(BaseHTTPRequestHandler):
    """One call to the platform."""

    platform: Platform
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """What it heard; at `/` to look at."""
        if self.path == "/":
            rows = [
                (n["external_id"], n["event"], n.get("text", ""), n["case_no"], n["at"])
                for n in reversed(self.platform.heard.values())
            ]
            headings = ["我方编号", "通知", "内容", "案件编号", "时间"]
            about = "把案件推给本区平台，再收它的通知"
            body = page("数字城管平台模拟器", about, table("收到的通知", headings, rows))
            self._write(200, body, "text/html; charset=utf-8")
            return
        self._say(200, {"heard": self.platform.heard, "calls": self.platform.calls})

    def do_POST(self) -> None:
        """News, or something to do."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said: dict[str, Any] = json.loads(body or b"{}")
        platform = self.platform
        if self.path == "/control/mood":
            platform.mood, platform.times = said["mood"], said.get("times", 0)
            self._say(200, {})
        elif self.path == "/control/send":
            self._say(200, platform.send(said["event"], said.get("faults", {})))
        else:
            self._hear(body, said)

    def _hear(self, body: bytes, said: dict[str, Any]) -> None:
        platform, head = self.platform, self.headers
        platform.calls += 1
        mood = platform.feel()
        stamp, nonce = head.get("X-Gongzhi-Timestamp", "0"), head.get("X-Gongzhi-Nonce", "")
        right = sign(platform.key, stamp, nonce, "POST", self.path, body=body)
        genuine = hmac.compare_digest(right, head.get("X-Gongzhi-Signature", ""))
        if mood == "down":
            self._say(503, {})
        elif mood == "refusing":
            self._say(422, {"why": "unknown event"})
        elif not genuine or abs(time.time() - int(stamp)) > 300:
            self._say(401, {})
        else:
            platform.heard[str(said["id"])] = said
            if mood == "forgetful":
                self.close_connection = True
                return
            self.send_response(204)
            self.end_headers()

    def _say(self, status: int, answer: Any) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self._write(status, body, "application/json; charset=utf-8")

    def _write(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description="another platform, for tests and the demo")
    parser.add_argument("--port", type=int, default=9013)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    parser.add_argument("--partner", default="city_management", help="the code it was given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    asked = parser.parse_args()
    Ear.platform = Platform(asked.key, asked.partner, asked.target)
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Ear)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
