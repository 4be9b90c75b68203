"""What the form of a step asks for beside the opinion: fields as data, and what answers them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

KINDS = ("text", "choice", "number", "date", "yes_no")
TEXT_MOST = 200
MOST_OF_A_STEP = 8  # fields; more is a form of its own, not a step
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Option:
    """One answer of a choice."""

    key: str
    name: str
    english: str = ""


@dataclass(frozen=True)
class Ask:
    """A field: `key` is what is kept, `name` (`english`) what is read.

    `options` are those of a choice; `unit`, `least` and `most` belong to a number.
    """

    key: str
    name: str
    kind: str
    english: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    least: int | None = None
    most: int | None = None


def ask_from(data: Mapping[str, Any]) -> Ask:
    """The field that the data says, which must be free of `faults_of_ask`."""
    return Ask(
        data["key"],
        data["name"],
        data["kind"],
        data.get("english", ""),
        data.get("required", False),
        tuple(Option(o["key"], o["name"], o.get("english", "")) for o in data.get("options", ())),
        data.get("unit", ""),
        data.get("least"),
        data.get("most"),
    )


def read(ask: Ask, said: str) -> tuple[str, str]:
    """(what is kept, "") for an answer as typed, or ("", what is wrong with it).

    Wrong is one of missing, too_long, no_choice, no_number, too_small, too_large, no_date. Empty is
    an answer where nothing is required. Numbers are kept as written in digits, days as 2026-03-02.
    """
    said = said.strip()
    if not said:
        return "", "missing" if ask.required else ""
    if ask.kind == "number":
        return _number(ask, unicodedata.normalize("NFKC", said))
    if ask.kind == "text":
        wrong = "too_long" if len(said) > TEXT_MOST else ""
    elif ask.kind == "date":
        wrong = "" if _is_day(said) else "no_date"
    else:
        offered = {option.key for option in ask.options} or {"yes", "no"}
        wrong = "" if said in offered else "no_choice"
    return ("", wrong) if wrong else (said, "")


def _number(ask: Ask, said: str) -> tuple[str, str]:
    if NUMBER.fullmatch(said) is None:
        return "", "no_number"
    value = Decimal(said)
    if ask.least is not None and value < ask.least:
        return "", "too_small"
    if ask.most is not None and value > ask.most:
        return "", "too_large"
    return f"{value.normalize() + 0:f}", ""  # + 0: there is no minus nought


def _is_day(said: str) -> bool:
    if DAY.fullmatch(said) is None:
        return False
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def faults_of_ask(data: Mapping[str, Any]) -> Iterable[str]:
    """What is wrong with a field that has its keys and whose words are words."""
    key = data["key"]
    if KEY.fullmatch(key) is None:
        yield f"key 只能用小写字母、数字和下划线，最多 20 个：{key}"
    if not data["name"].strip():
        yield f"{key} 没有名称"
    if data["kind"] not in KINDS:
        yield f"{key} 的 kind 无效：{data['kind']}，可用的有：{'、'.join(KINDS)}"
        return
    if not isinstance(data.get("required", False), bool):
        yield f"{key} 的 required 应当是 true 或 false"
    yield from _options_wrong(data)
    yield from _number_wrong(data)


def _options_wrong(data: Mapping[str, Any]) -> Iterable[str]:
    key, options = data["key"], data.get("options", ())
    if data["kind"] != "choice":
        if "options" in data:
            yield f"{key} 不是单选，不能有 options"
        return
    shaped = isinstance(options, list | tuple) and all(
        isinstance(o, Mapping)
        and {"key", "name"} <= o.keys() <= {"key", "name", "english"}
        and all(isinstance(word, str) and word.strip() for word in o.values())
        for o in options
    )
    if not shaped:
        yield f"{key} 的 options 应写成 [{{key: 代码, name: 名称, english: 英文}}]"
        return
    codes = [option["key"] for option in options]
    if len(codes) < 2:
        yield f"{key} 是单选，options 至少要有两项"
    yield from (f"{key} 的选项 {c} 重复" for c in sorted({c for c in codes if codes.count(c) > 1}))
    yield from (
        f"{key} 的选项代码只能用小写字母、数字和下划线，最多 20 个：{c}"
        for c in codes
        if KEY.fullmatch(c) is None
    )


def _number_wrong(data: Mapping[str, Any]) -> Iterable[str]:
    key, bounds = data["key"], [data[b] for b in ("least", "most") if b in data]
    if data["kind"] != "number":
        if strange := [word for word in ("unit", "least", "most") if word in data]:
            yield f"{key} 不是数字，不能有 {'、'.join(strange)}"
        return
    if any(not isinstance(bound, int) or isinstance(bound, bool) for bound in bounds):
        yield f"{key} 的 least、most 应当是整数"
    elif len(bounds) == 2 and bounds[0] > bounds[1]:
        yield f"{key} 的 least 比 most 大"


CALLED = {"text": "文字", "choice": "单选", "number": "数字", "date": "日期", "yes_no": "是否"}


def say_ask(ask: Ask) -> str:
    """A field in one line: 处置方式 way（单选：清理 cleared、维修 repaired；必填）."""
    kind = CALLED[ask.kind]
    if ask.options:
        kind += "：" + "、".join(f"{option.name} {option.key}" for option in ask.options)
    if ask.unit:
        kind += f"，{ask.unit}"
    if ask.least is not None or ask.most is not None:
        kind += (
            f"，{'' if ask.least is None else ask.least}～{'' if ask.most is None else ask.most}"
        )
    return f"{ask.name} {ask.key}（{kind}{'；必填' if ask.required else ''}）"
