"""Thresholds of silence from a home's own longest silences: an exponential tail over daily maxima.

The peaks-over-threshold idea (Pickands 1975; exponential tail): above the 80 % quantile u the
daily maxima fall off with mean excess β, so that silence exceeds u + β ln(ζ 30.44 / x) about x
times a month. Two clocks (pace-weighted Q and plain e) share the target r, hence r / 2 each.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

DAYS_KEPT = 180
DAYS_NEEDED = 14
QUANTILE = 0.8
DAYS_A_MONTH = 30.44
HIGH, MEDIUM, LOW = 2.0, 1.0, 0.5  # r, target alarms a month
NOTICE_R, ALARM_R = HIGH, LOW
LEAST = 0.25  # hours; no threshold is below a quarter of an hour
PLAIN_LEAST, PLAIN_MOST = 6.0, 24.0  # bounds of the threshold on plain hours
COLD_Q = 13.9  # alarm while cold: 10 hours by day, where the prior runs at 1.391
COLD_Q_NOTICE = 11.1  # 8 hours by day


class Tail(NamedTuple):
    """The fitted tails of m homes, each (m,): level u, mean excess β, share above ζ."""

    level: Floats
    excess: Floats
    share: Floats


def fit(maxima: Floats) -> Tail:
    """Fit the tail of each row of daily maxima (m, days); NaN marks a day without a value.

    Rows with no value at all give a level of infinity: never an alarm from this clock.
    """
    ordered = np.sort(maxima, axis=1)  # NaN sorts last
    n = np.sum(~np.isnan(ordered), axis=1)
    rows = np.arange(len(ordered))
    at = QUANTILE * np.maximum(n - 1, 0)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    below, above = ordered[rows, low], ordered[rows, high]
    level = (below + (above - below) * (at - low)).astype(np.float32)
    with np.errstate(invalid="ignore"):
        over = ordered > level[:, None]
    beyond = over.sum(axis=1)
    total = np.where(over, ordered - level[:, None], 0).sum(axis=1)
    excess = total / np.maximum(beyond, 1)
    share = beyond / np.maximum(n, 1)
    level = np.where(n > 0, level, np.inf).astype(np.float32)
    return Tail(level, excess.astype(np.float32), share.astype(np.float32))


def thresholds(tails: Floats, r: Floats) -> Floats:
    """θ_Q and θ_e of homes (m, levels, 2), from their tails (m, 2, 3) and targets r (m, levels).

    θ_e is kept between 6 and 24 hours whatever the record says.
    """
    level, excess, share = (tails[:, None, :, n] for n in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        far = excess * np.log(share * DAYS_A_MONTH / (r[:, :, None] / 2))
    theta = np.where((share > 0) & (excess > 0), np.maximum(level + far, LEAST), level)
    theta[:, :, 1] = np.clip(theta[:, :, 1], PLAIN_LEAST, PLAIN_MOST)
    return theta.astype(np.float32)


def cold_thresholds(r: Floats) -> Floats:
    """Thresholds (m, levels, 2) of homes that have not learnt enough yet."""
    q = np.where(r >= HIGH, COLD_Q_NOTICE, COLD_Q)
    return np.stack([q, np.full_like(q, PLAIN_MOST)], axis=-1).astype(np.float32)


def threshold(level: float, excess: float, share: float, r: float) -> float:
    """θ for r alarms a month, of which each of the two clocks may make half.

    Falls as r rises. Without any day above the level it is the level itself.
    """
    if share <= 0 or excess <= 0:
        return level
    return max(level + excess * math.log(share * DAYS_A_MONTH / (r / 2)), LEAST)
