"""Pages by which a person looks at a simulator; plain HTML, no script, nothing of the product."""

from collections.abc import Iterable, Sequence
from html import escape

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


def form(action: str, button: str, fields: Sequence[tuple[str, str, str]] = ()) -> str:
    """A small form; fields are (name, label, value)."""
    inputs = "".join(
        f'<input name="{escape(name)}" aria-label="{escape(label)}" placeholder="{escape(label)}"'
        f' value="{escape(value)}">'
        for name, label, value in fields
    )
    return (
        f'<form method="post" action="{escape(action)}">{inputs}'
        f"<button>{escape(button)}</button></form>"
    )
