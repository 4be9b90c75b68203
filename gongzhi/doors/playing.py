"""What simulators have in common: moods, a small web server, and pages for a person to look at.

Plain HTML, no script, and nothing of the product.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

STYLE = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
color:#14202e;background:#f3f6fa;margin:0}
header{background:#0b3b8c;color:#fff;padding:12px 20px}header h1{margin:0;font-size:18px}
header p{margin:2px 0 0;color:#d6e3fb;font-size:13px}main{padding:16px 20px;max-width:1080px}
section{background:#fff;border-radius:12px;padding:12px 16px;margin:0 0 14px;overflow-x:auto}
h2{font-size:15px;margin:0 0 8px}table{border-collapse:collapse;width:100%;font-size:13px}
th,td{border-top:1px solid #e2e8f0;padding:6px 8px;text-align:left;vertical-align:top}
th{color:#566579;font-weight:600}.me{text-align:right}.me span,.it span{display:inline-block;
padding:8px 12px;border-radius:12px;margin:3px 0;max-width:78%;text-align:left;white-space:pre-line}
.me span{background:#95ec69}.it span{background:#f0f2f5}input,button,select{font:inherit;
padding:6px 10px;border:1px solid #7d8ba0;border-radius:8px}button{background:#0f4bb3;color:#fff;
border-color:#0f4bb3}form{display:inline-flex;gap:8px;margin:4px 12px 4px 0;flex-wrap:wrap}
"""


def page(title: str, about: str, *sections: str) -> bytes:
    """A whole page; `sections` are HTML made by the functions below."""
    body = "".join(f"<section>{section}</section>" for section in sections)
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<header><h1>{escape(title)}</h1><p>{escape(about)}</p></header><main>{body}</main></html>"
    ).encode()


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what is in it is shown as it is, never run."""
    head = "".join(f"<th scope=col>{escape(h)}</th>" for h in headings)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    empty = "" if lines else f"<tr><td colspan={len(headings)}>还没有</td></tr>"
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{lines}{empty}</table>"


def chat(title: str, lines: Iterable[tuple[bool, str]]) -> str:
    """A talk: (whether it was said by the person, what)."""
    said = "".join(
        f'<p class="{"me" if mine else "it"}"><span>{escape(text)}</span></p>'
        for mine, text in lines
    )
    return f"<h2>{escape(title)}</h2>{said or '<p>还没有消息</p>'}"


def form(
    action: str,
    button: str,
    fields: Sequence[tuple[str, str, str]] = (),
    choices: Sequence[tuple[str, str, Sequence[tuple[str, str]]]] = (),
) -> str:
    """A small form; fields are (name, label, value), choices (name, label, (value, word) each)."""
    inputs = "".join(
        f'<input name="{escape(name)}" aria-label="{escape(label)}" placeholder="{escape(label)}"'
        f' value="{escape(value)}">'
        for name, label, value in fields
    )
    for name, label, options in choices:
        listed = "".join(f'<option value="{escape(v)}">{escape(w)}</option>' for v, w in options)
        inputs += f'<select name="{escape(name)}" aria-label="{escape(label)}">{listed}</select>'
    return (
        f'<form method="post" action="{escape(action)}">{inputs}'
        f"<button>{escape(button)}</button></form>"
    )


class Moody:
    """One side in a mood; a mood told for some calls passes after them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.mood, self.times = "well", 0

    def be(self, said: dict[str, Any]) -> dict[str, Any]:
        """Fall into a mood, for some `times` or for good."""
        with self.lock:
            self.mood, self.times = said["mood"], said.get("times", 0)
            return {"mood": self.mood}

    def feel(self) -> str:
        """The mood for the next call."""
        with self.lock:
            mood = self.mood
            if self.times:
                self.times -= 1
                if not self.times:
                    self.mood = "well"
            return mood


class Player(BaseHTTPRequestHandler):
    """One call to a simulator."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet; the page tells everything."""

    def get(self) -> None:
        """Somebody asks for something."""
        raise NotImplementedError

    def post(self, body: bytes) -> None:
        """Somebody sends something."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """As http.server calls it."""
        self.get()

    def do_POST(self) -> None:
        """As http.server calls it."""
        self.post(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def say(self, answer: Any, status: int = 200) -> None:
        """Answer with JSON."""
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.write(body, "application/json; charset=utf-8", status)

    def show(self, page_: bytes) -> None:
        """Answer with a page."""
        self.write(page_, "text/html; charset=utf-8")

    def write(self, body: bytes, kind: str, status: int = 200) -> None:
        """Answer with whatever it is."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def lead(self, to: str, status: int = 303) -> None:
        """Lead the browser on."""
        self.send_response(status)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()


def typed(body: bytes) -> dict[str, str]:
    """The fields of a form of the page."""
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def listen(player: type[Player], port: int) -> None:
    """Take calls until stopped; the first line printed is the port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), player)
    print(server.server_address[1], flush=True)
    server.serve_forever()
