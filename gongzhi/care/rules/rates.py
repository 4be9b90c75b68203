"""How likely a home is to be heard at each time of day, and the pace of its silence clock.

After Wilhelm and Wahl, Sensors 2024, 24(20):6583 (inactivity weighted by the usual activity), with
a rate table per kind of the last event and per kind of day. Shapes: `n` homes, W = 2 kinds of day,
K = 2 kinds of event, S = 288 slots of five minutes, local time.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.uint16]
Bits = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]

SLOTS = 288  # of five minutes, the first begins at midnight
SLOT_SECONDS = 300
SLOT_HOURS = np.float32(1 / 12)
REACH = 6  # slots: a window is a slot's beginning plus and minus 30 minutes
INTERIOR, ENTRANCE = 0, 1  # kinds of event, K
WORKDAY, REST = 0, 1  # kinds of day, W
HIT, KIND = 1, 2  # bits of a recorded slot: anything heard, and the kind in force before

KEEP = 2.0 ** (-1 / 60)  # a day's weight halves every 60 valid days of its kind
SCALE = 700  # counts are kept as uint16; the largest, 1 / (1 - KEEP) = 87.06, is 60,942
SMOOTH_SLOTS = 6.0  # sigma of the smoothing, 30 minutes
OTHER_DAY = 0.5  # a workday counts half for rest days and the other way round
SHRINK = 3.0  # prior windows that pull each kind towards both together
P_LEAST, P_MOST = 1e-4, 0.995
PRIOR_DAY, PRIOR_NIGHT = 1.391, 0.348  # 07-22 h, else; the mean over a day is 1
LEARNT_MOST, LEARNT_HALF = 0.8, 14  # m = 0.8 n / (n + 14)
COLD_DAYS = 14  # fewer valid days than this: the prior alone

N_INTERIOR, N_ENTRANCE, E_INTERIOR = 0, 1, 2  # E of the entrance is the day weight minus E_INTERIOR


def prior() -> Floats:
    """π(s): the pace before anything is learnt, (S,); its mean is 1."""
    hours = np.arange(SLOTS) / 12
    return np.where((hours >= 7) & (hours < 22), PRIOR_DAY, PRIOR_NIGHT).astype(np.float32)


def _circulant() -> Floats:
    """The circular Gaussian as a matrix (S, S), rows summing to 1: smoothing is one product."""
    away = np.arange(SLOTS)
    away = np.minimum(away, SLOTS - away)
    row = np.exp(-0.5 * (away / SMOOTH_SLOTS) ** 2)
    row /= row.sum()
    return np.stack([np.roll(row, at) for at in range(SLOTS)]).astype(np.float32)


PRIOR = prior()
SMOOTH = _circulant()


def empty_counts(homes: int) -> tuple[Counts, Floats]:
    """Nothing learnt yet: counts (n, W, 3, S) scaled by SCALE, and weights of days (n, W)."""
    return np.zeros((homes, 2, 3, SLOTS), np.uint16), np.zeros((homes, 2), np.float32)


def book(counts: Counts, weights: Floats, rows: Rows, day: Bits, kind_of_day: int) -> None:
    """Add one valid day of the homes `rows` to their counts, in place.

    `day` (len(rows), S) holds per slot HIT when an event lay in the window and KIND when the last
    event before the window was at the entrance. Older days of the same kind fade by KEEP.
    """
    heard = (day & HIT) != 0
    at_entrance = (day & KIND) != 0
    add = np.stack([heard & ~at_entrance, heard & at_entrance, ~at_entrance], axis=1)
    faded = counts[rows, kind_of_day].astype(np.float32) * np.float32(KEEP)
    faded += add * np.float32(SCALE)
    counts[rows, kind_of_day] = np.rint(faded).astype(np.uint16)
    weights[rows, kind_of_day] = weights[rows, kind_of_day] * np.float32(KEEP) + 1


def chances(counts: Counts, weights: Floats) -> tuple[Floats, Floats]:
    """p_k(s), the chance of an event within half an hour of s, and p0(s) for both kinds together.

    From counts (m, W, 3, S) and weights (m, W): p_k is (m, W, K, S), p0 is (m, W, S).
    """
    c = counts.astype(np.float32) / SCALE
    heard = c[:, :, :2]
    e_interior = c[:, :, E_INTERIOR]
    tried = np.stack([e_interior, np.maximum(weights[:, :, None] - e_interior, 0)], axis=2)
    total = np.maximum(tried.sum(axis=(1, 2, 3)), 1e-9)
    mean_rate = np.where(weights.sum(axis=1) > 0, heard.sum(axis=(1, 2, 3)) / total, 0.5)
    a = (heard + OTHER_DAY * heard[:, ::-1]) @ SMOOTH
    b = (tried + OTHER_DAY * tried[:, ::-1]) @ SMOOTH
    p0 = (a.sum(axis=2) + mean_rate[:, None, None]) / (b.sum(axis=2) + 1)
    p0 = np.clip(p0, P_LEAST, P_MOST)
    p = np.clip((a + SHRINK * p0[:, :, None]) / (b + SHRINK), P_LEAST, P_MOST)
    return p.astype(np.float32), p0.astype(np.float32)


def trust(valid_days: npt.NDArray[np.integer] | int) -> Floats:
    """m: how far the learnt pace replaces the prior; 0 while cold, 0.8 in the end."""
    n = np.asarray(valid_days, np.float32)
    return np.where(n < COLD_DAYS, 0, LEARNT_MOST * n / (n + LEARNT_HALF)).astype(np.float32)


def paces(counts: Counts, weights: Floats, valid_days: npt.NDArray[np.integer]) -> Floats:
    """v_k(s) for homes: equivalent hours of silence per hour, (m, W, K, S).

    `valid_days` (m,) decides how much of the learnt pace is used. Uniform rates give a pace that
    is the same at every time of day as far as it is learnt.
    """
    p, p0 = chances(counts, weights)
    hazard = -np.log1p(-p)
    usual = -np.log1p(-p0).mean(axis=-1)  # h0, (m, W)
    m = trust(valid_days)[:, None, None, None]
    v: Floats = (1 - m) * PRIOR + m * hazard / usual[:, :, None, None]
    return v
