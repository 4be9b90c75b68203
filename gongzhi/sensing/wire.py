"""What gateways send, read strictly; anything else is refused with a reason."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gongzhi.sensing.words import What

TOPICS = "gongzhi/v1/+/+"  # gongzhi/v1/<gateway>/<device>
PAYLOAD_MOST = 64 * 1024
MESSAGES_MOST = 1000
AHEAD_MOST = timedelta(minutes=10)  # a device's clock beyond this is not believed
OLDEST = timedelta(days=30)  # buffered longer than this, nobody needs it
KEY_MOST, SERIAL_MOST = 64, 40


class Garbled(ValueError):  # noqa: N818 - an answer, not a fault
    """A message that cannot be understood; never a reason to stop listening."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing a device of a gateway said."""

    gateway: str
    serial: str
    key: str
    at: datetime
    what: What
    value: float | None = None
    battery: int | None = None
    tampered: bool = False


def source_of(topic: str) -> tuple[str, str]:
    """Gateway and device of a topic."""
    parts = topic.split("/")
    if len(parts) != 4 or parts[:2] != ["gongzhi", "v1"]:
        raise Garbled("wrong topic")
    if not all(_name(part, SERIAL_MOST) for part in parts[2:]):
        raise Garbled("wrong topic")
    return parts[2], parts[3]


def from_topic(topic: str, payload: bytes, *, received: datetime) -> list[Message]:
    """The messages of one MQTT payload: an object, or a list of what was buffered."""
    gateway, serial = source_of(topic)
    told = _json(payload)
    items = told if isinstance(told, list) else [told]
    if len(items) > MESSAGES_MOST:
        raise Garbled("too many messages at once")
    return [_message(gateway, serial, item, received) for item in items]


def from_body(gateway: str, body: bytes, *, received: datetime) -> list[Message]:
    """The messages of one HTTP body: {"readings": [{"device": …, "id": …, "at": …, …}]}."""
    told = _json(body)
    items = told.get("readings") if isinstance(told, dict) else None
    if not isinstance(items, list) or len(items) > MESSAGES_MOST:
        raise Garbled("readings must be a list of at most 1000")
    messages = []
    for item in items:
        serial = item.get("device") if isinstance(item, dict) else None
        if not isinstance(serial, str) or not _name(serial, SERIAL_MOST):
            raise Garbled("device is missing")
        messages.append(_message(gateway, serial, item, received))
    return messages


def _name(text: str, most: int) -> bool:
    """Whether it may stand in a database: not empty, not long, nothing invisible."""
    return 0 < len(text) <= most and text.isprintable()


def _json(payload: bytes) -> object:
    if len(payload) > PAYLOAD_MOST:
        raise Garbled("payload too large")
    try:
        told: object = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Garbled("no JSON") from error
    return told


def _message(gateway: str, serial: str, item: object, received: datetime) -> Message:
    if not isinstance(item, dict):
        raise Garbled("not an object")
    key = item.get("id")
    if not isinstance(key, str | int) or isinstance(key, bool) or not _name(str(key), KEY_MOST):
        raise Garbled("id is missing or too long")
    what = item.get("what")
    if what not in What.values:
        raise Garbled("what is unknown")
    return Message(
        gateway,
        serial,
        str(key),
        _time(item.get("at"), received),
        What(what),
        _number(item.get("value")),
        _battery(item.get("battery")),
        item.get("tamper") is True,
    )


def _time(told: object, received: datetime) -> datetime:
    """The device's time, or the time of arrival when its clock runs ahead or it has none."""
    if told is None:
        return received
    try:
        if isinstance(told, int | float) and not isinstance(told, bool):
            at = datetime.fromtimestamp(told, UTC)
        else:
            at = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError) as error:
        raise Garbled("at is no time") from error
    if at.utcoffset() is None:
        raise Garbled("at has no time zone")
    if at > received + AHEAD_MOST:
        return received
    if at < received - OLDEST:
        raise Garbled("too old")
    return at


def _number(told: object) -> float | None:
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        raise Garbled("value is no number")
    if abs(told) > 1e9:
        raise Garbled("value is out of range")
    return float(told)


def _battery(told: object) -> int | None:
    number = _number(told)
    return None if number is None else min(max(round(number), 0), 100)
