"""The talk with a follower as pure steps: what is known so far, what they said, what follows.

No Django, no database, no clock.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

TEXT_MOST = 1900
PICTURES_MOST = 6
PHONE = re.compile(r"(?:\+?86[- ]?)?1\d{10}")
SUBMIT = frozenset({"1", "１", "提交", "确定", "确认", "发送", "好了", "ok"})
CANCEL = frozenset({"0", "０", "取消", "作废", "不要了"})
PROGRESS = frozenset({"2", "２", "进度", "查询", "查进度", "我的反映"})
HELP = frozenset({"?", "？", "帮助", "help", "菜单", "怎么用"})
REPORT = frozenset({"随手拍", "反映", "report"})


class Follows(Enum):
    """What follows from a message."""

    SUMMARY = "summary"  # say what is known and what is missing
    SUBMIT = "submit"  # make the case
    NEEDS_WORDS = "needs words"
    NEEDS_PLACE = "needs place"
    CANCELLED = "cancelled"
    PROGRESS = "progress"
    HELP = "help"
    START = "start"
    HELLO = "hello"
    TOO_MUCH = "too much"
    NOT_THIS = "not this"
    SILENCE = "silence"


@dataclass(frozen=True)
class Talk:
    """What a follower has told since the last case; `where` is (lng, lat) as WeChat gives it."""

    text: str = ""
    pictures: tuple[str, ...] = ()
    where: tuple[float, float] | None = None
    address: str = ""
    phone: str = ""
    asked: bool = False  # for a place: the next words are one

    @property
    def has_words(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.text or self.pictures)

    @property
    def has_place(self) -> bool:
        """Whether it is known where."""
        return self.where is not None or bool(self.address)


@dataclass(frozen=True)
class Said:
    """One message: `kind` is a word of words.Kind; the fields that belong to it are set."""

    kind: str
    text: str = ""
    media: str = ""
    where: tuple[float, float] | None = None
    label: str = ""


def step(talk: Talk, said: Said) -> tuple[Talk, Follows]:
    """The talk after the message, and what follows."""
    if said.kind in {"text", "click"}:
        return _worded(talk, said.text.strip(), clicked=said.kind == "click")
    if said.kind == "image":
        if len(talk.pictures) >= PICTURES_MOST:
            return talk, Follows.TOO_MUCH
        return replace(talk, pictures=(*talk.pictures, said.media)), Follows.SUMMARY
    if said.kind == "location" and said.where:
        label = said.label.strip()[:120]
        return (
            replace(talk, where=said.where, address=label or talk.address, asked=False),
            Follows.SUMMARY,
        )
    if said.kind == "subscribe":
        return talk, Follows.HELLO
    return talk, Follows.NOT_THIS if said.kind == "other" else Follows.SILENCE


def _worded(talk: Talk, text: str, *, clicked: bool) -> tuple[Talk, Follows]:
    word = text.lower().strip("“”\"'。.!！ ")
    if word in SUBMIT:
        return _submitted(talk)
    if word in CANCEL:
        return Talk(), Follows.CANCELLED
    if word in PROGRESS or (clicked and word == "progress"):
        return talk, Follows.PROGRESS
    if word in REPORT:
        return talk, Follows.SUMMARY if talk.has_words or talk.has_place else Follows.START
    if word in HELP or clicked:
        return talk, Follows.HELP
    if PHONE.fullmatch(text):
        return replace(talk, phone=text[-11:]), Follows.SUMMARY
    if talk.asked and len(text) <= 120:
        return replace(talk, address=text, asked=False), Follows.SUMMARY
    longer = f"{talk.text}\n{text}".strip()
    if len(longer) > TEXT_MOST:
        return talk, Follows.TOO_MUCH
    return replace(talk, text=longer), Follows.SUMMARY


def _submitted(talk: Talk) -> tuple[Talk, Follows]:
    if not talk.has_words:
        return talk, Follows.NEEDS_WORDS
    if not talk.has_place:
        return replace(talk, asked=True), Follows.NEEDS_PLACE
    return talk, Follows.SUBMIT
