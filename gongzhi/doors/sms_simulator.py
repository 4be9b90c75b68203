"""The gateway for short messages, as a program of its own: takes signed messages and shows them.

    python -m gongzhi.doors.sms_simulator --port 9017 --key KEY

It shares no code with the product. At `/` a person sees what would lie on people's telephones.
"""

import argparse
import json
import threading
from typing import Any

from gongzhi.doors.playing import Player, listen, page, table
from gongzhi.doors.playing_partners import fault_of


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


class Counter(Player):
    """One call to the company."""

    company: Company

    def get(self) -> None:
        """What was sent: as JSON, or to look at."""
        messages = self.company.messages
        if self.path == "/control/messages":
            self.say(messages)
            return
        rows = [(m["to"], m["text"], m["id"]) for m in reversed(messages.values())]
        shown = table("短信", ["号码", "内容", "编号"], rows)
        self.show(page("短信网关模拟器", "平台发出的短信", shown))

    def post(self, body: bytes) -> None:
        """A message, or a mood under /control/."""
        said: dict[str, Any] = json.loads(body or b"{}")
        if self.path == "/control/mood":
            self.company.mood = said["mood"]
            self.say({})
        elif self.company.mood == "down":
            self.say({"code": 503, "message": "维护中"}, 503)
        elif wrong := fault_of(self.company.key, self.headers, self.command, self.path, body):
            self.say({"code": 401, "message": wrong}, 401)
        else:
            self.say(self.company.take(said))


def main() -> None:
    """Listen until stopped; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9017)
    parser.add_argument("--key", required=True, help="the key both sides sign with")
    asked = parser.parse_args()
    Counter.company = Company(asked.key)
    listen(Counter, asked.port)


if __name__ == "__main__":
    main()
