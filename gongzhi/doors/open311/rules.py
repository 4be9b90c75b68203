"""GeoReport v2 on the wire: one shape of data written as XML or JSON, and parameters read.

Source: GeoReport v2 (http://wiki.open311.org/GeoReport_v2). No Django, no database, no clock.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

SPAN = timedelta(days=90)
DESCRIPTION_MOST = 4000
PAGE_MOST = 1000

# The elements of a list, by the name of the list. XML needs them, JSON has no place for them.
ELEMENT = {
    "endpoints": "endpoint",
    "formats": "format",
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
}


# What XML 1.0 cannot carry, however it is written: a parameter that is quoted back may hold it.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Fault(Exception):  # noqa: N818 - the specification's own word for it is error, an answer
    """A call that cannot be met: the HTTP status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def as_json(data: Any) -> bytes:
    """The data as JSON, UTF-8, Chinese unescaped."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def as_xml(root: str, data: Any) -> bytes:
    """The data as XML under `root`: mappings become elements, lists their ELEMENT's."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return (head + _element(root, data)).encode()


def _element(name: str, data: Any) -> str:
    if isinstance(data, Mapping):
        inner = "".join(_element(key, value) for key, value in data.items())
    elif isinstance(data, Sequence) and not isinstance(data, str):
        inner = "".join(_element(ELEMENT[name], value) for value in data)
    else:
        inner = _text(data)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NO_XML.sub("", str(value)))


def moment(at: datetime | None) -> str | None:
    """2026-11-22T08:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def moment_from(text: str, name: str) -> datetime | None:
    """Read a W3C ISO-8601 time; None for an empty one. Fault 400 for anything else.

    A plus sign of a zone arrives as a blank when a client forgot to escape it. A time without a
    zone is taken as UTC, as the specification's examples do.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > 10 and " " in text[10:]:
        text = text[:10] + text[10:].replace(" ", "+")
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Fault(400, f"{name} 不是有效的时间，应写成 2026-11-22T08:00:00Z。") from error


def window(start: str, end: str, at: datetime) -> tuple[datetime, datetime]:
    """The span asked for: 90 days at most, the last 90 by default. Fault 400 beyond that."""
    begins, ends = moment_from(start, "start_date"), moment_from(end, "end_date")
    try:
        if begins is None:
            ends = ends or at
            begins = ends - SPAN
        elif ends is None:
            ends = begins + SPAN
    except OverflowError as error:
        raise Fault(400, "时间超出可以查询的范围。") from error
    if begins > ends:
        raise Fault(400, "start_date 不能晚于 end_date。")
    if ends - begins > SPAN + timedelta(days=1):  # whole days at both ends are still 90 days
        raise Fault(400, "一次最多查询 90 天，请缩小 start_date 与 end_date 的范围。")
    return begins, ends


def listed(text: str) -> list[str]:
    """The entries of a comma list, without blanks and empties."""
    return [part.strip() for part in text.split(",") if part.strip()]


def whole(text: str, name: str, *, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Fault 400 for anything else."""
    if not text.strip():
        return default
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:12]) <= most):
        raise Fault(400, f"{name} 应是 1 到 {most} 的整数。")
    return int(text)


def degrees(lat: str, long: str) -> tuple[float, float] | None:
    """(lng, lat) in WGS-84; None when both are empty. Fault 400 when one is no number."""
    if not lat.strip() and not long.strip():
        return None
    try:
        return float(long), float(lat)
    except ValueError as error:
        raise Fault(400, "lat 和 long 要同时填写，且都是带小数点的数字。") from error
