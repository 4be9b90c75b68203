"""The city's side of the hotline, as a program of its own: an order book that pushes and listens.

    python -m gongzhi.doors.hotline.simulator --port 9012 --key KEY --target http://127.0.0.1:8000

It speaks the agreed protocol and shares no code with the product. `/control/` is for whoever plays
the city: make orders, push them, decide, look at the book, and fall ill in various ways.
"""

import argparse
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gongzhi.doors.playing import Moody, Player, form, listen, page, table, typed
from gongzhi.doors.playing_partners import Partner, fault_of

# How it can be: well; down answers 503; refusing answers 422; hang_up drops the line unread;
# forgetful keeps what it is told and drops the line; dying keeps it and kills this process.
MOODS = {"well", "down", "refusing", "hang_up", "forgetful", "dying"}
ACTIONS = {
    "accept": "签收", "return": "申请退回", "extend": "申请延期", "result": "办结",
    "decline": "不予受理", "satisfaction": "满意度",
}  # fmt: skip


class City(Moody):
    """The order book and what was said about each order; kept in a file when one is given."""

    def __init__(self, partner: Partner, book: Path | None, place: str) -> None:
        super().__init__()
        self.partner, self.path, self.place = partner, book, place
        self.book: dict[str, Any] = {"orders": [], "answers": {}, "taken": [], "refused": {}}
        self.book["past"] = []  # numbers of orders sent before this book began
        self.receipts: list[tuple[str, str]] = []  # what the district said to a person's pushes
        if book and book.exists():
            self.book |= json.loads(book.read_text(encoding="utf-8"))

    def keep(self) -> None:
        """Write the book, whole or not at all."""
        if self.path:
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(self.book, ensure_ascii=False), encoding="utf-8")
            new.replace(self.path)

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
            known = {*self.book["past"], *(order["order_no"] for order in self.book["orders"])}
            if said.get("order_no") not in known:
                return {"code": 404, "message": "无此工单"}
            self.book["answers"][str(said["answer_id"])] = said
            self.keep()
            return {"code": 0, "message": "ok"}

    def push(self, said: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
        """Push an order to the district."""
        return self.partner.call("/hooks/hotline/orders", said, faults)

    def decide(self, said: dict[str, Any]) -> dict[str, Any]:
        """Tell the district what was decided on something it asked for."""
        return self.partner.call("/hooks/hotline/decisions", said, {})

    def note(self, number: str, answer: dict[str, Any]) -> None:
        """Keep what the district said, for the page."""
        said = answer["said"]
        if not isinstance(said, dict):
            words = f"区里没有应答：{said}"
        elif said.get("code"):
            words = f"{said['code']} {said.get('error', '')}：{said['message']}"
        else:
            words = "收到" + (
                f"，案件 {said['data']['case_no']}" if "case_no" in said["data"] else ""
            )
        self.receipts.insert(0, (number, words))
        del self.receipts[20:]


class Desk(Player):
    """One call to the city."""

    city: City

    def get(self) -> None:
        """The list of orders, and the book for whoever plays the city."""
        parts = urlsplit(self.path)
        if parts.path == "/":
            self.show(_page(self.city))
        elif parts.path == "/control/book":
            self.say(self.city.book)
        elif parts.path == "/orders" and self._welcome(b""):
            ask = parse_qs(parts.query)
            since, limit = ask.get("since", [""])[0], int(ask.get("limit", ["100"])[0])
            self.say(self.city.listed(since, limit))

    def post(self, body: bytes) -> None:
        """Acknowledgements and answers; orders, pushes, decisions and moods under /control/."""
        if self.path.startswith("/play/"):
            self._play(self.path.removeprefix("/play/"), typed(body))
            return
        said: dict[str, Any] = json.loads(body or b"{}")
        if self.path.startswith("/control/"):
            self.say(self._control(self.path.removeprefix("/control/"), said))
        elif self._welcome(body):
            takes = {"/orders/ack": self.city.acknowledge, "/answers": self.city.answered}
            answer = takes[self.path](said)
            if self.mood == "dying":
                os._exit(9)
            if self.mood == "forgetful":
                self.close_connection = True
                return
            self.say(answer)

    def _control(self, what: str, said: dict[str, Any]) -> Any:
        city = self.city
        if what == "push":
            return city.push(said["order"], said.get("faults", {}))
        return {"order": city.order, "mood": city.be, "decide": city.decide}[what](said)

    def _welcome(self, body: bytes) -> bool:
        """Whether the call is well signed and the city in the mood; else it is answered here."""
        self.mood = self.city.feel()
        if self.mood == "hang_up":
            self.close_connection = True
            return False
        wrong = fault_of(self.city.partner.key, self.headers, self.command, self.path, body)
        ill = {"down": (503, "系统维护"), "refusing": (422, "格式不符")}
        if answer := ill.get(self.mood) or ((401, wrong) if wrong else None):
            self.say({"code": answer[0], "message": answer[1]}, answer[0])
            return False
        return True

    def _play(self, what: str, said: dict[str, str]) -> None:
        """A person at the city's desk sends an order down, or decides on what was asked."""
        if what == "order":
            order = self.city.order(said)
            self.city.note(order["order_no"], self.city.push(order, {}))
        else:
            decision = {**said, "granted": said.get("granted") == "yes"}
            self.city.note(said.get("order_no", ""), self.city.decide(decision))
        self.lead("/")


def _page(city: City) -> bytes:
    fields = [
        ("content", "诉求内容", ""),
        ("category_code", "事项代码", "020101"),
        ("address", "地址", city.place),
    ]
    asked = [a for a in city.book["answers"].values() if a["action"] in {"return", "extend"}]
    number = asked[-1]["order_no"] if asked else ""
    decide = form(
        "/play/decide", "答复区里", [("order_no", "工单", number), ("opinion", "意见", "")],
        [
            ("about", "申请", [("return", "退回申请"), ("extension", "延期申请")]),
            ("granted", "答复", [("yes", "同意"), ("no", "不同意")]),
        ],
    )  # fmt: skip
    answers = [
        (a["order_no"], ACTIONS.get(a["action"], a["action"]), _words(a), a.get("at", ""))
        for a in reversed(city.book["answers"].values())
    ]
    orders = [
        (o["order_no"], o.get("content", ""), o.get("address", ""))
        for o in reversed(city.book["orders"])
    ]
    return page(
        "市 12345 热线模拟器",
        "在这里派一张工单下去，看区里怎么答复；区里申请退回或延期，也在这里答复",
        form("/play/order", "派给区里", fields),
        decide,
        table("区里的回执", ["工单", "回执"], city.receipts),
        table("区里的答复", ["工单", "动作", "内容", "时间"], answers),
        table("派出的工单", ["工单", "内容", "地址"], orders),
    )


def _words(answer: dict[str, Any]) -> str:
    """What an answer says beside what it is."""
    stars, days, ground = (answer.get(name) for name in ("stars", "days", "ground"))
    parts = [
        f"{stars} 星" if stars else "",
        f"延期 {days} 个工作日" if days else "",
        f"理由代码 {ground}" if ground else "",
        *(answer.get(name) or "" for name in ("result", "opinion", "comment")),
    ]
    return "，".join(part for part in parts if part)


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9012)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    parser.add_argument("--partner", default="hotline", help="the code the city was given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    parser.add_argument("--place", default="望湖花园东门", help="an address to begin with")
    parser.add_argument("--book", type=Path, help="a file that keeps the order book")
    asked = parser.parse_args()
    Desk.city = City(Partner(asked.key, asked.partner, asked.target), asked.book, asked.place)
    listen(Desk, asked.port)


if __name__ == "__main__":
    main()
