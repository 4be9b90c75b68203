"""How much silence lies between two moments at a home's pace, and when a threshold is reached.

Times are seconds of local time since 1970-01-01 00:00 local, silence is in hours.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gongzhi.care.rules.rates import SLOT_HOURS, SLOT_SECONDS, SLOTS

Floats = npt.NDArray[np.float32]
Paces = npt.NDArray[np.floating]
Ways = npt.NDArray[np.uint16]
Shorts = npt.NDArray[np.int16]
RestDay = Callable[[int], bool]  # whether a day (days since 1970-01-01) is a rest day

DAY = 86400
HOUR = 3600.0
FULL = 65535

# A kept gap is two int16: its beginning and its end in minutes from the midnight before its end;
# the end is doubled and carries the kind of the event before the gap in its lowest bit.
NO_GAP = np.int16(32767)
LONGEST_KEPT = 14 * 24 * 60  # minutes


def weekend(day: int) -> bool:
    """Saturday or Sunday: the rest days where no calendar is given. 1970-01-01 was a Thursday."""
    return (day + 3) % 7 >= 5


def ways(paces: Paces) -> tuple[Ways, Floats]:
    """Paces (…, S) as the silence that has passed by the end of each slot.

    Gives it as shares of the day's total, (…, S) in 1/65535, and the totals in hours, (…). That is
    as small as the paces and answers both questions below without adding anything up.
    """
    reached = np.cumsum(paces, axis=-1, dtype=np.float32)
    total = reached[..., -1]
    way = np.rint(reached * (FULL / total)[..., None]).astype(np.uint16)
    return way, (total * SLOT_HOURS).astype(np.float32)


def _share(way: Ways, seconds: float) -> float:
    """Which part of the day's silence lies before `seconds` after midnight, in 1/65535."""
    slot = int(seconds // SLOT_SECONDS)
    if slot >= SLOTS:
        return FULL
    below = way.item(slot - 1) if slot else 0
    return below + (seconds / SLOT_SECONDS - slot) * (way.item(slot) - below)


def between(way: Ways, totals: Floats, start: float, end: float, kind: int, rest: RestDay) -> float:
    """Q: the silence from `start` to `end` after an event of `kind`, in a home's ways (W, K, S)."""
    q = 0.0
    at = start
    while at < end:
        day = int(at // DAY)
        midnight = day * DAY
        kind_of_day = int(rest(day))
        row = way[kind_of_day, kind]
        stop = min(end, midnight + DAY)
        part = _share(row, stop - midnight) - _share(row, at - midnight)
        q += part * totals.item(kind_of_day, kind) / FULL
        at = stop
    return q


def reached_at(
    way: Ways,
    totals: Floats,
    start: float,
    hours: float,
    kind: int,
    rest: RestDay,
    *,
    latest: float,
) -> float:
    """The moment at which `hours` of silence have passed since `start`, or `latest` if earlier."""
    left = hours
    at = start
    while at < latest:
        day = int(at // DAY)
        midnight = day * DAY
        kind_of_day = int(rest(day))
        row = way[kind_of_day, kind]
        per_hour = FULL / totals.item(kind_of_day, kind)
        target = _share(row, at - midnight) + left * per_hour
        if target <= FULL:
            slot = int(row.searchsorted(np.uint16(target)))
            if slot < SLOTS - 1 and row.item(slot) < target:
                slot += 1  # the search was for the whole number below
            below = row.item(slot - 1) if slot else 0
            step = row.item(slot) - below
            part = (target - below) / step if step > 0 else 1.0
            return min(max(midnight + (slot + part) * SLOT_SECONDS, start), latest)
        left = (target - FULL) / per_hour
        at = midnight + DAY
    return latest


def packed(start: float, end: float, kind: int) -> tuple[int, int] | None:
    """A gap as two small numbers, to the minute; None when it is longer than a fortnight."""
    midnight = end // DAY * DAY
    begin = round((start - midnight) / 60)
    if begin < -LONGEST_KEPT:
        return None
    return begin, int((end - midnight) // 60) * 2 + kind


def plain_hours(gaps: Shorts) -> Floats:
    """Hours of each packed gap (…, 2); NaN where there is none."""
    minutes = (gaps[..., 1] >> 1).astype(np.float32) - gaps[..., 0]
    return np.where(gaps[..., 0] == NO_GAP, np.nan, minutes / 60).astype(np.float32)


def weighted_hours(
    way: Ways, totals: Floats, gaps: Shorts, days: npt.NDArray[np.int64], rest: RestDay
) -> Floats:
    """Q of packed gaps (m, d, c, 2) that ended on `days` (d,), in the ways (m, W, K, S) of homes.

    Gives (m, d, c); NaN where there is no gap. A gap that began days before its end is followed
    day by day, but all homes at once.
    """
    m = len(way)
    flat = np.zeros((m, 2, 2, SLOTS + 1), np.float32)
    flat[..., 1:] = way
    flat *= (totals / FULL)[..., None]
    line = flat.reshape(-1)
    none = gaps[..., 0] == NO_GAP
    begin = np.where(none, 0, gaps[..., 0]).astype(np.int32)
    end = np.where(none, 0, gaps[..., 1] >> 1).astype(np.int32)
    kind = (gaps[..., 1] & 1).astype(np.int32)
    home = np.arange(m, dtype=np.int32)[:, None, None] * (4 * (SLOTS + 1))
    q = np.zeros(begin.shape, np.float32)
    back = 0
    while True:
        first, last = -1440 * back, -1440 * back + 1440
        touched = (begin < last) & (end > first) & ~none
        if back and not touched.any():
            break
        is_rest = np.array([rest(int(day) - back) for day in days], np.int32)
        row = home + (is_rest[None, :, None] * 2 + kind) * (SLOTS + 1)
        upto = np.clip(end - first, 0, 1440)
        since = np.clip(begin - first, 0, 1440)
        q += np.where(touched, _look(line, row, upto) - _look(line, row, since), 0)
        back += 1
    return np.where(none, np.nan, q).astype(np.float32)


def _look(flat: Floats, row: npt.NDArray[np.int32], minutes: npt.NDArray[np.int32]) -> Floats:
    slot = np.minimum(minutes // 5, SLOTS - 1)
    part = (minutes - slot * 5) / np.float32(5)
    below = flat[row + slot]
    out: Floats = below + part * (flat[row + slot + 1] - below)
    return out
