"""What is done for all homes at once each night: book the day, learn the pace, refit the tails."""

import numpy as np

from gongzhi.care.rules import rates, tail
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.silence import NO_GAP, RestDay, plain_hours, ways, weighted_hours

CHUNK = 2048  # homes worked on together; bounds the memory of a night to some tens of megabytes
REFIT_DAYS = 7


def book_day(homes: Homes, day: int, rest: RestDay, *, case_level: int) -> None:
    """Add `day` to what is known of every home for which it is valid, and move on to the next.

    Not valid: spoilt by a caller, an open case, or before the home was first heard. The rates
    fade and learn daily; the tails of a home are fitted again when a week has passed.
    """
    open_case = homes.raised > case_level
    valid = ~homes.spoilt[:, 0] & ~open_case & (homes.last > -np.inf)
    homes.valid_days[valid] += 1
    for rows in _chunks(np.flatnonzero(valid)):
        rates.book(
            homes.counts, homes.weights, rows, homes.slots[rows, : rates.SLOTS], int(rest(day))
        )
        learn_pace(homes, rows)
    _move_on(homes, day)
    due = day - homes.fitted >= REFIT_DAYS
    for rows in _chunks(np.flatnonzero(due & (homes.valid_days >= rates.COLD_DAYS))):
        refit(homes, rows, day, rest)


def learn_pace(homes: Homes, rows: rates.Rows) -> None:
    """Recompute the paces of the homes `rows` from their counts."""
    v = rates.paces(homes.counts[rows], homes.weights[rows], homes.valid_days[rows])
    homes.way[rows], homes.totals[rows] = ways(v)
    homes.fastest[rows] = v.max(axis=(1, 2, 3))


def refit(homes: Homes, rows: rates.Rows, day: int, rest: RestDay) -> None:
    """Fit both tails of the homes `rows` to the gaps that ended in the 180 days up to `day`.

    The weighted length of every kept gap is taken at today's pace, not at the pace of its day:
    otherwise the thresholds of a young home would be those of the prior.
    """
    days = day - np.arange(tail.DAYS_KEPT - 2, dtype=np.int64)
    gaps = homes.gaps[rows][:, days % tail.DAYS_KEPT]
    q = _largest(weighted_hours(homes.way[rows], homes.totals[rows], gaps, days, rest))
    e = _largest(plain_hours(gaps))
    enough = (~np.isnan(e)).sum(axis=1) >= tail.DAYS_NEEDED
    rows = rows[enough]
    for clock, maxima in enumerate((q, e)):
        homes.tails[rows, clock] = np.stack(tail.fit(maxima[enough]), axis=1)
    homes.fitted[rows] = day
    homes.theta[rows] = tail.thresholds(homes.tails[rows], homes.r[rows])


def _largest(hours: rates.Floats) -> rates.Floats:
    """The larger of a day's two kept gaps; (m, d, 2) to (m, d)."""
    return np.fmax(hours[..., 0], hours[..., 1])


def _move_on(homes: Homes, day: int) -> None:
    """Drop the booked day from the buffers and clear the cells that the day after next will use."""
    homes.slots[:, : -rates.SLOTS] = homes.slots[:, rates.SLOTS :]
    kinds = np.where(homes.kind == rates.ENTRANCE, rates.KIND, 0).astype(np.uint8)
    homes.slots[:, -rates.SLOTS :] = kinds[:, None]
    homes.newest -= rates.SLOTS
    homes.spoilt[:, 0] = homes.spoilt[:, 1]
    homes.spoilt[:, 1] = False
    homes.gaps[:, (day + 2) % tail.DAYS_KEPT] = NO_GAP
    homes.most_q[:, day % 2] = 0
    homes.most_e[:, day % 2] = 0


def _chunks(rows: rates.Rows) -> list[rates.Rows]:
    return [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]
