"""The gateway for short messages, as a program of its own: takes signed messages and shows them.

    python -m gongzhi.doors.sms_simulator --port 9017 --key KEY

It shares no code with the product. At `/` a person sees what would lie on people's telephones.
"""

import argparse
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gongzhi.doors.playing import page, table

WINDOW = 300


class Company:
    """Messages by their id; the same id again changes nothing."""

    def __init__(self, key: str) -> None:
        self.key, self.mood = key, "well"
        self.lock = threading.Lock()
        self.messages: dict[str, dict[str, Any]] = {}

    def take(self, said: dict[str, Any]) -> dict[str, Any]:
        """Keep one message for a telephone."""
        if not str(said.get("to", "")).lstrip("+").isdigit() or not said.get("text"):
            return {"code": 400, "message": "号码或内容不对"}
        with self.lock:
            self.messages.setdefault(str(said["id"]), said)
        return {"code": 0, "message": "ok"}


class Counter(BaseHTTPRequestHandler):
    """One call to the company."""

    company: Company
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """What was sent: as JSON, or to look at."""
        messages = self.company.messages
        if self.path == "/control/messages":
            self._say(200, messages)
            return
        rows = [(m["to"], m["text"], m["id"]) for m in reversed(messages.values())]
        body = page(
            "短信网关模拟器", "平台发出的短信", table("短信", ["号码", "内容", "编号"], rows)
        )
        self._write(200, body, "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """A message, or a mood under /control/."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said: dict[str, Any] = json.loads(body or b"{}")
        if self.path == "/control/mood":
            self.company.mood = said["mood"]
            self._say(200, {})
        elif self.company.mood == "down":
            self._say(503, {"code": 503, "message": "维护中"})
        elif not self._is_signed(body):
            self._say(401, {"code": 401, "message": "签名不对"})
        else:
            self._say(200, self.company.take(said))

    def _is_signed(self, body: bytes) -> bool:
        head = self.headers
        stamp, nonce = head.get("X-Gongzhi-Timestamp", "0"), head.get("X-Gongzhi-Nonce", "")
        digest = hashlib.sha256(body).hexdigest()
        said = "\n".join((stamp, nonce, self.command, self.path, digest))
        right = hmac.new(self.company.key.encode(), said.encode(), hashlib.sha256).hexdigest()
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= WINDOW
        return fresh and hmac.compare_digest(right, head.get("X-Gongzhi-Signature", ""))

    def _say(self, status: int, answer: Any) -> None:
        self._write(status, json.dumps(answer, ensure_ascii=False).encode(), "application/json")

    def _write(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9017)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    asked = parser.parse_args()
    Counter.company = Company(asked.key)
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Counter)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
