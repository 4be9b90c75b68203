"""The phone system, as a program of its own: calls that ring, are answered, end or are missed.

    python -m gongzhi.doors.phone.simulator --port 9016 --key KEY --target http://127.0.0.1:8000

It speaks the agreed protocol and shares no code with the product. What it could not tell is told
again later, as a phone system does. At `/` a person can call in.
"""

import argparse
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from gongzhi.doors.playing import Player, form, listen, page, table, typed
from gongzhi.doors.playing_partners import Partner

WORDS = {"ringing": "振铃", "answered": "已接听", "ended": "已挂断", "missed": "未接"}


class Exchange:
    """Calls by their id, and what the district still has to hear."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self.lock = threading.RLock()
        self.calls: dict[str, dict[str, Any]] = {}
        self.owed: list[dict[str, Any]] = []

    def happens(self, said: dict[str, Any]) -> dict[str, Any]:
        """Something happens to a call; the district is told, in the order of things."""
        number = said.get("call_id") or f"C{time.strftime('%Y%m%d')}{secrets.randbelow(10**6):06d}"
        with self.lock:
            call = self.calls.setdefault(number, {"call_id": number})
            told = {
                name: said.get(name) or call.get(name, "") for name in ("caller", "line", "seat")
            }
            at = said.get("at") or time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
            event = {"call_id": number, "event": said["event"], "at": at, **told}
            call |= {**told, "event": said["event"], "at": at}
            if not said.get("faults"):
                self.owed.append(event)
                return {"call_id": number, "told": self.catch_up()}
        return {"call_id": number, **self.tell(event, said["faults"])}

    def catch_up(self) -> list[dict[str, Any]]:
        """Tell everything that is owed; what does not get through stays owed."""
        answers = []
        with self.lock:
            while self.owed:
                answer = self.tell(self.owed[0], {})
                answers.append(answer)
                if not answer["status"] or answer["status"] >= 500:
                    break
                self.owed.pop(0)
        return answers

    def tell(self, event: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
        """One signed call; `faults` spoil it."""
        return self.partner.call("/hooks/phone/calls", event, faults)


class Switchboard(Player):
    """A person who plays callers and the exchange."""

    exchange: Exchange

    def get(self) -> None:
        """Calls as JSON, or to look at."""
        if self.path == "/control/calls":
            self.say(self.exchange.calls)
        else:
            self.show(_page(self.exchange))

    def post(self, body: bytes) -> None:
        """`/control/call` with `event`, `/control/catch_up`; forms of the page under /play/."""
        path = urlsplit(self.path).path
        if path == "/control/catch_up":
            self.say(self.exchange.catch_up())
        elif path == "/control/call":
            self.say(self.exchange.happens(json.loads(body)))
        else:
            self.exchange.happens({**typed(body), "event": path.removeprefix("/play/")})
            self.lead("/")


def _page(exchange: Exchange) -> bytes:
    ring = form(
        "/play/ringing",
        "打进来",
        [("caller", "主叫号码", "10012340001"), ("line", "线路", "12319"), ("seat", "分机", "801")],
    )
    rows = [
        (c["call_id"], c.get("caller"), c.get("line"), c.get("seat"), WORDS.get(c["event"], ""))
        for c in reversed(exchange.calls.values())
    ]
    going = [c["call_id"] for c in exchange.calls.values() if c["event"] in {"ringing", "answered"}]
    acts = "".join(
        form("/play/answered", "接听", [("call_id", "通话", one)])
        + form("/play/ended", "挂断", [("call_id", "通话", one)])
        for one in going[-3:]
    )
    about = f"还有 {len(exchange.owed)} 条没有告诉平台" if exchange.owed else "每一步都已告诉平台"
    headings = ["通话", "主叫", "线路", "分机", "状态"]
    return page("话务系统模拟器", about, ring + acts, table("通话", headings, rows))


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9016)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    parser.add_argument("--partner", default="exchange", help="the code the exchange was given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    asked = parser.parse_args()
    Switchboard.exchange = Exchange(Partner(asked.key, asked.partner, asked.target))
    listen(Switchboard, asked.port)


if __name__ == "__main__":
    main()
