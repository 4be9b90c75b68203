"""The calendar in force, kept in memory and read again when it was changed."""

import time
from datetime import date
from threading import Lock

from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan
from gongzhi.calendars.rules import Calendar
from gongzhi.calendars.words import DayKind

FRESH_FOR = 30.0  # seconds another process may go on with the calendar it knows
_known: list[tuple[float, Calendar]] = []
_lock = Lock()


def in_force() -> Calendar:
    """The district's calendar. LookupError when none has been loaded."""
    for read_at, calendar in _known[:1]:  # a copy: another thread may forget it just now
        if time.monotonic() - read_at < FRESH_FOR:
            return calendar
    with _lock:
        calendar = _read()
        _known[:] = [(time.monotonic(), calendar)]
        return calendar


def forget() -> None:
    """Read the calendar anew at the next question; called by whoever changes it."""
    _known.clear()


def _read() -> Calendar:
    spans = tuple(WorkSpan.objects.values_list("begins", "ends"))
    if not spans:
        raise LookupError("no working calendar: run `gongzhi load_calendar`")
    days = SpecialDay.objects.values_list("day", "kind")
    kinds: dict[str, set[date]] = {DayKind.HOLIDAY: set(), DayKind.WORKDAY: set()}
    for day, kind in days:
        kinds[kind].add(day)
    return Calendar(
        spans=spans,
        holidays=frozenset(kinds[DayKind.HOLIDAY]),
        workdays=frozenset(kinds[DayKind.WORKDAY]),
        published=frozenset(PublishedYear.objects.values_list("year", flat=True)),
    )
