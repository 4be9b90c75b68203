"""How homes stand at the moment, worked out from the silence clock for the pages to read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isfinite

from gongzhi.care.models import Elder, Standing
from gongzhi.care.rules.clock import SilenceClock
from gongzhi.care.rules.rates import INTERIOR
from gongzhi.care.rules.silence import DAY, HOUR, reached_at
from gongzhi.care.times import local_seconds, moment


def standings(
    clock: SilenceClock,
    elders: Sequence[Elder],
    rows: Iterable[int],
    shares: Sequence[float],
    *,
    at: datetime,
) -> list[Standing]:
    """One for each of the rows; `shares` says how much of each home can be heard."""
    h = clock.homes
    return [
        Standing(
            elder=elders[row],
            last_at=_moment(h.last.item(row)),
            notice_at=_moment(clock.deadline(row, 0)),
            alarm_at=_moment(clock.deadline(row, clock.case_level)),
            share=shares[row],
            days=h.valid_days.item(row),
            line=allowed(clock, row, local_seconds(at) // DAY * DAY),
            updated_at=at,
        )
        for row in rows
    ]


def allowed(clock: SilenceClock, row: int, midnight: float) -> list[float]:
    """Hours of silence after an event at 0, 1 … 23 o'clock until the alarm comes; the alarm line.

    As if the event were an interior one and all devices were online.
    """
    h = clock.homes
    theta_q, theta_e = clock.thresholds(row, clock.case_level)
    line = []
    for hour in range(24):
        start = midnight + hour * HOUR
        end = reached_at(
            h.way[row],
            h.totals[row],
            start,
            theta_q,
            INTERIOR,
            clock.rest,
            latest=start + theta_e * HOUR,
        )
        line.append(round((end - start) / HOUR, 2))
    return line


def _moment(seconds: float) -> datetime | None:
    """None for never."""
    return moment(seconds) if isfinite(seconds) else None
