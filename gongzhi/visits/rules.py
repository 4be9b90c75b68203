"""What a visit round may be, from facts alone."""

from collections.abc import Sequence
from datetime import date, timedelta

TITLE = range(2, 61)  # characters
NOTE_MOST = 300
HOMES_MOST = 2000
DAYS_MOST = 180
USUAL_DAYS = 7
ENDS = frozenset({"met", "moved", "unwilling"})  # outcomes after which nobody need come again


def due_is_possible(due_on: date, today: date) -> bool:
    """From today on, and not further away than half a year."""
    return today <= due_on <= today + timedelta(days=DAYS_MOST)


def common_path(paths: Sequence[str]) -> str:
    """The path of the lowest area that holds all of these: "/a/b/" of "/a/b/c/" and "/a/b/d/"."""
    pieces = [path.strip("/").split("/") for path in paths]
    shared = []
    for level in zip(*pieces, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/" + "".join(f"{code}/" for code in shared)
