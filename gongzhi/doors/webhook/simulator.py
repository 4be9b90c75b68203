"""Another platform, as a program of its own: it sends signed events and takes signed news.

    python -m gongzhi.doors.webhook.simulator --port 9013 --key KEY --partner city_management \\
        --target http://127.0.0.1:8000

It shares no code with the product. News come to `/news`; `/control/` is for whoever plays it.
"""

import argparse
import json
import secrets
import time
from typing import Any

from gongzhi.doors.playing import Moody, Player, form, listen, page, table, typed
from gongzhi.doors.playing_partners import Partner, fault_of


class Platform(Moody):
    """What it sent and heard, and how it feels: well, down (503), refusing (422) or forgetful.

    Forgetful it keeps what it hears and drops the line.
    """

    def __init__(self, partner: Partner, place: str) -> None:
        super().__init__()
        self.partner, self.place = partner, place
        self.heard: dict[str, Any] = {}
        self.receipts: list[tuple[str, str, str]] = []  # number, words, what the district said
        self.calls = 0

    def send(self, event: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
        """Send an event, signed; `faults` spoil the call: timestamp, nonce, signature, body."""
        return self.partner.call("/hooks/events", event, faults)

    def report(self, said: dict[str, str]) -> None:
        """A person at the platform passes a matter on; what the district said is kept."""
        number = f"CG{time.strftime('%Y%m%d')}{secrets.randbelow(10**6):06d}"
        event = {
            "taskNum": number,
            "createTime": time.strftime("%Y-%m-%d %H:%M:%S"),
            **{name: value for name, value in said.items() if value},
        }
        answer = self.send(event, {})["said"]
        if not isinstance(answer, dict):
            words = f"区里没有应答：{answer}"
        elif error := answer.get("error"):
            words = f"没有收下（{error['code']}）：{error['sentence']}"
        else:
            words = f"收到，案件 {answer['case_no']}"
        self.receipts.insert(0, (number, said.get("eventDesc", ""), words))
        del self.receipts[20:]


class Ear(Player):
    """One call to the platform."""

    platform: Platform

    def get(self) -> None:
        """What it heard; at `/` to look at."""
        if self.path == "/":
            self.show(_page(self.platform))
        else:
            self.say({"heard": self.platform.heard, "calls": self.platform.calls})

    def post(self, body: bytes) -> None:
        """News, or something to do."""
        platform = self.platform
        if self.path == "/play/report":
            platform.report(typed(body))
            self.lead("/")
            return
        said: dict[str, Any] = json.loads(body or b"{}")
        if self.path == "/control/mood":
            self.say(platform.be(said))
        elif self.path == "/control/send":
            self.say(platform.send(said["event"], said.get("faults", {})))
        else:
            self._hear(body, said)

    def _hear(self, body: bytes, said: dict[str, Any]) -> None:
        platform = self.platform
        platform.calls += 1
        mood = platform.feel()
        wrong = fault_of(platform.partner.key, self.headers, "POST", self.path, body)
        if mood == "down":
            self.say({}, 503)
        elif mood == "refusing":
            self.say({"why": "unknown event"}, 422)
        elif wrong:
            self.say({"why": wrong}, 401)
        else:
            platform.heard[str(said["id"])] = said
            if mood == "forgetful":
                self.close_connection = True
                return
            self.send_response(204)
            self.end_headers()


def _page(platform: Platform) -> bytes:
    fields = [
        ("eventTypeCode", "大小类代码", "0105"),
        ("eventDesc", "情况", "路灯不亮两盏。"),
        ("address", "地址", platform.place),
        ("objCode", "部件标识码，可不填", ""),
    ]
    news = [
        (n["external_id"], n["event"], n.get("text", ""), n["case_no"], n["at"])
        for n in reversed(platform.heard.values())
    ]
    return page(
        "数字城管平台模拟器",
        "把案件推给本区平台，再收它的通知",
        form("/play/report", "推给区里", fields),
        table("推送的案件", ["我方编号", "情况", "区里的回执"], platform.receipts),
        table("收到的通知", ["我方编号", "通知", "内容", "案件编号", "时间"], news),
    )


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description="another platform, for tests and the demo")
    parser.add_argument("--port", type=int, default=9013)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    parser.add_argument("--partner", default="city_management", help="the code it was given")
    parser.add_argument("--target", default="http://127.0.0.1:8000", help="the district")
    parser.add_argument("--place", default="望湖花园东门", help="an address to begin with")
    asked = parser.parse_args()
    Ear.platform = Platform(Partner(asked.key, asked.partner, asked.target), asked.place)
    listen(Ear, asked.port)


if __name__ == "__main__":
    main()
