"""How often one source may ask: a counter per source and window, kept in this process."""

import threading
from collections import defaultdict
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import TooMany

SOURCES_MOST = 100_000  # of one window; beyond them whoever came first is forgotten
SOURCE_LENGTH = 100  # of what is remembered of a source: people type some of them

_lock = threading.Lock()
# (what, length of the window) → number of the window → source → how often
_counts: defaultdict[tuple[str, int], dict[int, dict[str, int]]] = defaultdict(dict)


def within_limit(what: str, source: str, *, most: int, seconds: int, at: datetime) -> None:
    """Count one request of `source` for `what`; TooMany beyond `most` in a window of `seconds`."""
    with _lock:
        window = _window(what, seconds, at)
        source = source[:SOURCE_LENGTH]
        count = window[source] = window.get(source, 0) + 1
        if len(window) > SOURCES_MOST:
            del window[next(iter(window))]
    if count > most:
        raise too_often(seconds)


def too_often(seconds: int) -> TooMany:
    """The refusal of whoever asked too often in a window of so many seconds."""
    return TooMany(
        _("操作太频繁了，请%(minutes)s分钟后再试。紧急情况请直接拨打电话。")
        % {"minutes": max(1, seconds // 60)}
    )


def give_back(what: str, source: str, *, seconds: int, at: datetime) -> None:
    """Take one request back out of the count, where only the failed ones are to be limited.

    Counting before the try and giving back after a good one leaves no gap for guesses made at
    the same moment.
    """
    with _lock:
        window = _window(what, seconds, at)
        source = source[:SOURCE_LENGTH]
        if source in window:
            window[source] -= 1


def forget() -> None:
    """Start counting anew; for tests."""
    with _lock:
        _counts.clear()


def _window(what: str, seconds: int, at: datetime) -> dict[str, int]:
    """The counts of the window that `at` lies in; those of windows long past are let go."""
    windows, number = _counts[what, seconds], int(at.timestamp()) // seconds
    if number not in windows:
        for old in [n for n in windows if n < number - 1]:
            del windows[old]
        windows[number] = {}
    return windows[number]
