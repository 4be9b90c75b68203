"""What we decide about a case, from facts alone: no database, no clock, no request."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise

from gongzhi.calendars import rules as calendar_rules
from gongzhi.calendars.rules import Calendar

TEXT_MOST = 2000
TEXT_LEAST = 2
ADDRESS_MOST = 200
TITLE_LENGTH = 30
NAME_MOST = 40
NUMBER_HEAD = "GZ"
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,18}")

Limit = tuple[int, str]  # amount and unit, e.g. (4, "wh")

# How long a case may take by its grade alone: while no item is decided, or when the grade was
# raised above the item's usual one. Hours of the clock for what cannot wait for office hours.
GRADE_LIMITS: Mapping[str, Limit] = {
    "urgent": (2, "h"),
    "serious": (24, "h"),
    "ordinary": (5, "wd"),
}
SUPERVISION_LIMITS: Mapping[str, Limit] = {
    "reminder": (4, "wh"),
    "yellow": (2, "wd"),
    "red": (1, "wd"),
    "instruction": (3, "wd"),
}
DESK_OF_TIER: Mapping[str, str] = {
    "grid": "community",
    "community": "community",
    "township": "township",
    "district": "district",
}
# What the clock itself does about a case that is overdue: at once, then so long after.
PRESSING: tuple[tuple[str, Limit], ...] = (
    ("reminder", (0, "h")),
    ("yellow", (1, "wd")),
    ("red", (3, "wd")),
)
# After the end: the desk asks back within so long, and a reporter may object for so long.
VISIT_LIMIT: Limit = (3, "wd")
APPEAL_LIMIT: Limit = (5, "wd")  # for the level above to decide
OBJECTING_DAYS = 30
DISSATISFIED_STARS = 2  # up to so many stars are dissatisfied
SATISFIED_STARS = 4  # from so many on are satisfied
PRESENCE_LASTS = timedelta(minutes=3)  # for how long somebody who opened a case has it open
RETURN_LIMIT: Limit = (2, "wd")
TRANSFERS_MOST = 3
EXTENSION_MOST = 10  # working days
# By what people call it; the first sign found decides. A complaint is looked for first, so that it
# is never taken down as anything milder by a machine.
NATURE_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("complaint", ("投诉", "举报")),
    ("praise", ("表扬", "点赞")),
    ("inquiry", ("咨询",)),
    ("suggestion", ("建议",)),
    ("help", ("求助",)),
)
NATURE_HEAD = 12  # characters at the beginning in which people say what they want
GRADE_ORDER = ("ordinary", "serious", "urgent")


# What each verb can bring about, the usual first. From where, by whom and with what it may be taken
# is data, a flow in config/flows: it chooses among these, and is refused when it asks for anything
# else.
LEADS_TO: Mapping[str, tuple[str, ...]] = {
    verb: tuple(after.split())
    for verb, after in (
        ("dispatch", "dispatched"),
        ("decline", "declined"),
        ("accept", "accepted"),
        ("return_to_sender", "returned"),
        ("handle", "handled checked closed"),
        ("approve", "checked closed"),
        ("rework", "accepted"),
        ("close", "closed"),
        ("send_up", "reported"),
        ("send_down", "reported"),
        ("call_arbitration", "arbitration"),
        ("ask_ruling", "arbitration"),
        ("arbitrate", "dispatched"),
        ("merge", "merged"),
        ("split", "reported"),
        ("close_merged", "closed"),
        ("decline_merged", "declined"),
        ("close_at_source", "closed"),
        ("redo", "dispatched"),
        ("reopen", "reported"),
        ("merge_again", "merged"),
    )
}
# Taken by people with a form of their own, on which a flow may ask for more.
FORMS = LEADS_TO.keys() & {
    *("accept", "return_to_sender", "handle", "dispatch", "decline", "approve"),
    *("rework", "close", "send_up", "send_down", "ask_ruling", "arbitrate"),
}
BESIDE = frozenset({"contact"})  # verbs that change no status but may stop a clock of the flow
# Without these a case could not be handed in, done and answered.
CLOCKS_NEEDED = ("level", "assist")

# The only moves that lead out of an end: it was not fixed after all.
REOPENING = frozenset({"redo", "reopen", "merge_again"})
# Taken as the standard flow has them where a case runs on one that does not say.
WHATEVER_THE_FLOW = REOPENING | {"close_at_source"}

# Whose turn it is. tests/test_shape.py fails when a status is missing here.
TURN: Mapping[str, str] = {
    "reported": "dispatcher",
    "returned": "dispatcher",
    "dispatched": "handler",
    "accepted": "handler",
    "handled": "checker",
    "checked": "checker",
    "closed": "nobody",
    "declined": "nobody",
    "arbitration": "arbiter",
    "merged": "parent",
}
ENDED = frozenset(status for status, party in TURN.items() if party == "nobody")
OPEN = frozenset(TURN) - ENDED


# What no database or screen can carry: controls but line end and tab, halves of characters, the 66
# points that will never be characters, and marks that turn the reading direction of what follows
# them: on a staff page they could make a text read as something else, and right-to-left scripts do
# without them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Zs", "Zl", "Zp", "Cc"})


def clean(text: str) -> str:
    """The text without what no database or screen can carry; ends trimmed, lines kept.

    Characters that this Python does not know yet stay: new emoji, and rare Han in names.
    """
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def says_something(text: str, least: int = TEXT_LEAST) -> bool:
    """Whether the text has at least so many visible characters."""
    seen = (c for c in text if unicodedata.category(c) not in _UNSEEN)
    return len(list(islice(seen, least))) == least


def is_phone(text: str) -> bool:
    """Whether the text could be a telephone number: 5 to 15 digits, maybe grouped."""
    return PHONE.fullmatch(text) is not None and 5 <= sum(c.isdigit() for c in text) <= 15


def graver(one: str, other: str) -> str:
    """The graver of two grades."""
    return max(one, other, key=GRADE_ORDER.index)


def nature(said: str) -> str:
    """What somebody wants, by their own word for it: "投诉" is a complaint; else ""."""
    return next((key for key, signs in NATURE_SIGNS if any(s in said for s in signs)), "")


def nature_of(text: str) -> str:
    """What a report asks for, by how it begins; most only tell how things are."""
    return nature(text[:NATURE_HEAD]) or "report"


def title(text: str) -> str:
    """A line for lists: the first sentence, at most 30 characters."""
    line = text.strip().split("\n", 1)[0]
    for stop in "。！？!?；;":
        head = line.split(stop, 1)[0]
        if 4 <= len(head) < len(line):
            line = head
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def handling_limit(stages: Sequence[Mapping[str, object]]) -> Limit | None:
    """The limit of the last stage of an item, which is the one promised to the reporter."""
    if not stages:
        return None
    last = stages[-1]
    return int(str(last["limit"])), str(last["unit"])


def limit_for(
    start: datetime,
    *,
    grade: str,
    item_grade: str | None,
    limit: Limit | None,
    calendar: Calendar,
) -> Limit:
    """The limit that holds: the item's, or the grade's where that is stricter.

    `start` is local and aware. The grade's limit applies when no item is decided or when the case
    is graver than its item usually is.
    """
    by_grade = GRADE_LIMITS[grade]
    if limit is None or item_grade is None:
        return by_grade
    graver_than_usual = GRADE_ORDER.index(grade) > GRADE_ORDER.index(item_grade)
    if not graver_than_usual:
        return limit
    return min(by_grade, limit, key=lambda x: calendar_rules.due(start, x[0], x[1], calendar))


def due(
    start: datetime,
    *,
    grade: str,
    item_grade: str | None,
    limit: Limit | None,
    calendar: Calendar,
) -> datetime:
    """When a case must be handled that was never paused nor extended; see `limit_for`."""
    held = limit_for(start, grade=grade, item_grade=item_grade, limit=limit, calendar=calendar)
    return calendar_rules.due(start, *held, calendar)


def warning(start: datetime, due_at: datetime) -> datetime:
    """When to warn of a promise just made: after four fifths of the time, by the clock.

    Cheap on purpose, because every report asks; a promise that is moved is warned of by working
    time (calendars.clocks).
    """
    return start + (due_at - start) * 0.8


def number(pk: int, reported_on: datetime) -> str:
    """The number told to people: GZ, the local date and the running number, GZ261122000123."""
    day = reported_on  # written out: strftime costs three times as much, and every report asks
    return f"{NUMBER_HEAD}{day.year % 100:02}{day.month:02}{day.day:02}{pk:06}"


def pk_of(number: str) -> int | None:
    """The running number inside a case number; None for anything else."""
    text = number.strip().upper().removeprefix(NUMBER_HEAD)
    if not text.isascii() or not text.isdecimal() or not 12 <= len(text) <= 24:
        return None
    return int(text[6:])


def time_left(due_at: datetime, at: datetime) -> tuple[bool, int, str]:
    """Whether it is over, and by how much, in the unit people say: (False, 3, "days")."""
    seconds = (due_at - at).total_seconds()
    over, seconds = seconds < 0, abs(seconds)
    if seconds < 3600:
        return over, int(seconds // 60), "minutes"
    if seconds < 48 * 3600:
        return over, int(seconds // 3600), "hours"
    return over, int(seconds // 86400), "days"


def likeness(one: str, other: str) -> float:
    """How much two texts share, from 0 to 1: Dice's measure over pairs of neighbouring letters."""
    a, b = _pairs(one), _pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _pairs(text: str) -> frozenset[str]:
    letters = [c for c in text if c.isalnum()]
    return frozenset(x + y for x, y in pairwise(letters))
