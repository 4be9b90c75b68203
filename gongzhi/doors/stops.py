"""When a door seems to stand still: a rule on counts, nothing else.

No Django, no database, no clock.
"""

from collections.abc import Sequence

USUAL_LEAST = 3.0  # arrivals in such a window that make its silence remarkable
WEEKS_LEAST = 3  # of the weeks before in which there was traffic at this time


def is_silent(now: int, before: Sequence[int]) -> bool:
    """Whether nothing came in a window in which much usually comes.

    `now` is the count of the window that just ended, `before` those of the same window one, two,
    three … weeks earlier: nights, weekends and quiet doors are compared with their like.
    """
    busy = sum(count > 0 for count in before)
    usual = sum(before) / len(before) if before else 0.0
    return now == 0 and busy >= WEEKS_LEAST and usual >= USUAL_LEAST
