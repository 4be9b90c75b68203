"""The city's side of the hotline, as a program of its own: an order book that pushes and listens.

    python -m gongzhi.doors.hotline.simulator --port 9012 --key KEY --target http://127.0.0.1:8000

It speaks the agreed protocol and shares no code with the product. `/control/` is for whoever plays
the city: make orders, push them, decide, look at the book, and fall ill in various ways.
"""

import argparse
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gongzhi.doors.playing import form, page, table

# How it can be: well; down answers 503; refusing answers 422; hang_up drops the line unread;
# forgetful keeps what it is told and drops the line; dying keeps it and kills this process.
MOODS = {"well", "down", "refusing", "hang_up", "forgetful", "dying"}
WINDOW = 300


def sign(key: str, *parts: str, body: bytes) -> str:
    """The agreed signature over timestamp, nonce, method, path and the body's digest."""
    said = "\n".join((*parts, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


class City:
    """The order book and what was said about each order; kept in a file when one is given."""

    def __init__(self, key: str, partner: str, target: str, book: Path | None) -> None:
        self.key, self.partner, self.target, self.path = key, partner, target, book
        self.lock = threading.RLock()
        self.mood, self.times = "well", 0
        self.book: dict[str, Any] = {"orders": [], "answers": {}, "taken": [], "refused": {}}
        if book and book.exists():
            self.book = json.loads(book.read_text(encoding="utf-8"))

    def keep(self) -> None:
        """Write the book, whole or not at all."""
        if self.path:
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(self.book, ensure_ascii=False), encoding="utf-8")
            new.replace(self.path)

    def feel(self) -> str:
        """The mood for the next call; a mood told for some calls passes."""
        with self.lock:
            mood = self.mood
            if self.times:
                self.times -= 1
                if not self.times:
                    self.mood = "well"
            return mood

    def order(self, said: dict[str, Any]) -> dict[str, Any]:
        """Put an order into the book; a number is given where there is none."""
        with self.lock:
            number = (
                said.get("order_no") or f"HF{time.strftime('%Y%m%d')}{secrets.randbelow(10**6):06d}"
            )
            order = {**said, "order_no": number}
            self.book["orders"].append(order)
            self.keep()
            return order

    def listed(self, since: str, limit: int) -> dict[str, Any]:
        """Orders behind the cursor, which is how many were read."""
        with self.lock:
            start = int(since or 0)
            orders = self.book["orders"][start : start + limit]
            end = start + len(orders)
            return {"orders": orders, "cursor": str(end), "more": end < len(self.book["orders"])}

    def acknowledge(self, said: dict[str, Any]) -> dict[str, Any]:
        """Remember what the district kept and what it would not take."""
        with self.lock:
            self.book["taken"] = sorted({*self.book["taken"], *said.get("taken", [])})
            for one in said.get("refused", []):
                self.book["refused"][one["order_no"]] = one["reason"]
            self.keep()
            return {"code": 0}

    def answered(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take an answer; the same answer again changes nothing."""
        with self.lock:
            known = {order["order_no"] for order in self.book["orders"]}
            if said.get("order_no") not in known:
                return {"code": 404, "message": "无此工单"}
            self.book["answers"][str(said["answer_id"])] = said
            self.keep()
            return {"code": 0, "message": "ok"}

    def call(self, path: str, said: dict[str, Any], *, faults: dict[str, Any]) -> dict[str, Any]:
        """Call the district, signed; `faults` spoil the call: timestamp, nonce, signature, body."""
        body = faults.get("body", json.dumps(said, ensure_ascii=False)).encode()
        stamp = str(faults.get("timestamp", int(time.time())))
        nonce = str(faults.get("nonce", secrets.token_hex(16)))
        url = self.target.rstrip("/") + path
        signature = faults.get("signature") or sign(
            self.key, stamp, nonce, "POST", urlsplit(url).path, body=body
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Gongzhi-Partner": self.partner,
            "X-Gongzhi-Timestamp": stamp,
            "X-Gongzhi-Nonce": nonce,
            "X-Gongzhi-Signature": signature,
        }
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - plays the other side; the address is the demo's own
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - plays the other side; the address is the demo's own
                return {"status": response.status, "said": json.load(response)}
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code, "said": json.load(error)}
        except (OSError, ValueError) as error:
            return {"status": 0, "said": repr(error)}


class Desk(BaseHTTPRequestHandler):
    """One call to the city."""

    city: City
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet; the book tells everything."""

    def do_GET(self) -> None:
        """The list of orders, and the book for whoever plays the city."""
        parts = urlsplit(self.path)
        if parts.path == "/":
            self._write(200, _page(self.city), "text/html; charset=utf-8")
        elif parts.path == "/control/book":
            self._say(200, self.city.book)
        elif parts.path == "/orders" and self._welcome(b""):
            ask = parse_qs(parts.query)
            since, limit = ask.get("since", [""])[0], int(ask.get("limit", ["100"])[0])
            self._say(200, self.city.listed(since, limit))

    def do_POST(self) -> None:
        """Acknowledgements and answers; orders, pushes, decisions and moods under /control/."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/play/order":
            self._play(body)
            return
        said: dict[str, Any] = json.loads(body or b"{}")
        if self.path.startswith("/control/"):
            self._say(200, self._control(self.path.removeprefix("/control/"), said))
        elif self._welcome(body):
            takes = {"/orders/ack": self.city.acknowledge, "/answers": self.city.answered}
            answer = takes[self.path](said)
            if self.mood == "dying":
                os._exit(9)
            if self.mood == "forgetful":
                self.close_connection = True
                return
            self._say(200, answer)

    def _control(self, what: str, said: dict[str, Any]) -> Any:
        city = self.city
        if what == "order":
            return city.order(said)
        if what == "mood":
            city.mood, city.times = said["mood"], said.get("times", 0)
            return {"mood": city.mood}
        if what == "push":
            return city.call("/hooks/hotline/orders", said["order"], faults=said.get("faults", {}))
        if what == "decide":
            return city.call("/hooks/hotline/decisions", said, faults={})
        return {"unknown": what}

    def _welcome(self, body: bytes) -> bool:
        """Whether the call is well signed and the city in the mood; else it is answered here."""
        self.mood = self.city.feel()
        head = self.headers
        stamp, nonce = head.get("X-Gongzhi-Timestamp", "0"), head.get("X-Gongzhi-Nonce", "")
        right = sign(self.city.key, stamp, nonce, self.command, self.path, body=body)
        if self.mood == "hang_up":
            self.close_connection = True
            return False
        if self.mood == "down":
            return self._say(503, {"code": 503, "message": "系统维护"})
        if self.mood == "refusing":
            return self._say(422, {"code": 422, "message": "格式不符"})
        if not hmac.compare_digest(right, head.get("X-Gongzhi-Signature", "")):
            return self._say(401, {"code": 401, "message": "签名不对"})
        if abs(time.time() - int(stamp)) > WINDOW:
            return self._say(401, {"code": 401, "message": "时间戳过期"})
        return True

    def _say(self, status: int, answer: Any) -> bool:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self._write(status, body, "application/json; charset=utf-8")
        return False

    def _write(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _play(self, body: bytes) -> None:
        """A person at the city's desk sends an order down."""
        typed = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        order = self.city.order(typed)
        self.city.call("/hooks/hotline/orders", order, faults={})
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()


def _page(city: City) -> bytes:
    fields = [
        ("content", "诉求内容", ""),
        ("category_code", "事项代码", "020101"),
        ("address", "地址", "望湖花园东门"),
    ]
    answers = [
        (a["order_no"], a["action"], a.get("result") or a.get("opinion") or "", a.get("at", ""))
        for a in reversed(city.book["answers"].values())
    ]
    orders = [
        (o["order_no"], o.get("content", ""), o.get("address", ""))
        for o in reversed(city.book["orders"])
    ]
    return page(
        "市 12345 热线模拟器",
        "在这里派一张工单下去，看区里怎么答复",
        form("/play/order", "派给区里", fields),
        table("区里的答复", ["工单", "动作", "内容", "时间"], answers),
        table("派出的工单", ["工单", "内容", "地址"], orders),
    )


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9012)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    parser.add_argument("--partner", default="hotline", help="the code the city was given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    parser.add_argument("--book", type=Path, help="a file that keeps the order book")
    asked = parser.parse_args()
    Desk.city = City(asked.key, asked.partner, asked.target, asked.book)
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Desk)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
