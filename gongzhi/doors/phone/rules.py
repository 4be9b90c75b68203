"""Service levels of a line, from counts alone (GB/T 33358): answered ≤ 15 s, connected ≥ 95 %.

No Django, no database, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

IN_TIME = timedelta(seconds=15)
CONNECTED_LEAST = 95  # per cent


@dataclass(frozen=True)
class Levels:
    """Counts of a span: calls that rang to the end, those answered, those answered in time."""

    offered: int = 0
    answered: int = 0
    in_time: int = 0

    @property
    def connected(self) -> int | None:
        """Per cent of calls that were answered, rounded down; None without calls."""
        return self.answered * 100 // self.offered if self.offered else None

    @property
    def quick(self) -> int | None:
        """Per cent of answered calls that were answered within 15 seconds, rounded down."""
        return self.in_time * 100 // self.answered if self.answered else None

    @property
    def is_good(self) -> bool:
        """Whether the connection rate is reached; a line without calls is good."""
        return self.connected is None or self.connected >= CONNECTED_LEAST


def levels(calls: Iterable[tuple[datetime, datetime | None, datetime | None]]) -> Levels:
    """The levels of calls given as (rang, answered, ended); one that still rings is not counted."""
    offered = answered = in_time = 0
    for rang_at, answered_at, ended_at in calls:
        if answered_at is None and ended_at is None:
            continue
        offered += 1
        if answered_at is not None:
            answered += 1
            in_time += answered_at - rang_at <= IN_TIME
    return Levels(offered, answered, in_time)
