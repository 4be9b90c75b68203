"""Texts written again and again: fields to be filled, people called by @; pure, no database."""

import re
from collections.abc import Collection, Mapping

FIELDS = ("编号", "标题", "地点", "社区", "事项", "时限", "承办", "结案标准")
_FIELD = re.compile(r"\{([^{}]*)\}")
_CALLED = re.compile(r"(?<![0-9A-Za-z._-])[@＠]([^\s@＠]{1,20})")


def unknown_fields(text: str) -> list[str]:
    """Fields of the text that nothing will fill, in order: {"今天"} → ["今天"]."""
    return [name for name in _FIELD.findall(text) if name not in FIELDS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled; what is in a value is never taken for a field itself."""
    return _FIELD.sub(lambda m: values.get(m.group(1), m.group(0)), text)


def called(text: str, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Who is called by @ in the text: the names meant, and what fits no name.

    Chinese has no spaces, so “@孙丽请看” means 孙丽: the longest name that the words begin with.
    """
    found, unknown = [], []
    for said in _CALLED.findall(text):
        name = max((n for n in names if said.startswith(n)), key=len, default="")
        if not name:
            unknown.append(said)
        elif name not in found:
            found.append(name)
    return found, unknown
