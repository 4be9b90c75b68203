"""The state of all guarded homes, column by column: under 8 KB a home, so 100,000 fit one process.

Columns are NumPy arrays with the home as the first axis. Times are local seconds since 1970.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from gongzhi.care.rules import rates, tail
from gongzhi.care.rules.silence import NO_GAP, ways

NIGHT_HOUR = 3  # the day before is booked at 03:00, when its last windows are long over
BUFFER = rates.SLOTS + NIGHT_HOUR * 12 + 2 * rates.REACH + 2  # slots from the unbooked midnight on
NEVER = -np.inf

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


@dataclass
class Homes:
    """n homes; `levels` are the targets r of the alarm levels, the most sensitive first."""

    n: int
    levels: tuple[float, ...] = (tail.NOTICE_R, tail.ALARM_R)

    # what was learnt
    counts: npt.NDArray[np.uint16] = field(init=False)  # (n, W, 3, S), see rates
    weights: Floats = field(init=False)  # (n, W)
    valid_days: npt.NDArray[np.uint16] = field(init=False)
    way: npt.NDArray[np.uint16] = field(init=False)  # (n, W, K, S), see silence.ways
    totals: Floats = field(init=False)  # (n, W, K), hours of silence in a day
    fastest: Floats = field(init=False)  # the largest of a home's paces
    gaps: npt.NDArray[np.int16] = field(init=False)  # (n, 180, 2, 2): longest by e and by Q
    tails: Floats = field(init=False)  # (n, 2, 3): clocks Q and e; level, excess, share
    fitted: npt.NDArray[np.int32] = field(init=False)  # day of the last fit; 0 for not yet
    r: Floats = field(init=False)  # (n, levels): the target of each level at each home
    theta: Floats = field(init=False)  # (n, levels, 2): thresholds on Q and e, hours

    # the days not booked yet
    slots: npt.NDArray[np.uint8] = field(init=False)  # (n, BUFFER) of HIT and KIND
    most_q: Floats = field(init=False)  # (n, 2): largest Q of a gap ended today, by parity of day
    most_e: Floats = field(init=False)
    spoilt: npt.NDArray[np.bool_] = field(init=False)  # (n, 2): day not valid; first and next

    # now
    last: Doubles = field(init=False)  # the last event
    kept: Doubles = field(init=False)  # the last event that was not merged into another
    kind: npt.NDArray[np.uint8] = field(init=False)  # of the last event
    newest: npt.NDArray[np.int32] = field(init=False)  # the last slot marked as heard
    base: Doubles = field(init=False)  # since when silence is counted at `share`
    spent: Doubles = field(init=False)  # (n, 2): Q and e counted before `base`
    share: Floats = field(init=False)  # of the usual events, from devices that are online
    broken: npt.NDArray[np.bool_] = field(init=False)  # share changed since the last event
    seen: Doubles = field(init=False)  # the last heartbeat of any device
    beat: Floats = field(init=False)  # seconds within which one is expected; ∞ for none
    raised: npt.NDArray[np.uint8] = field(init=False)  # how many levels this silence has reached
    armed: Doubles = field(init=False)  # when the home's entry in the heap comes up

    def __post_init__(self) -> None:
        """All homes new and unheard."""
        n = self.n
        self.counts, self.weights = rates.empty_counts(n)
        self.valid_days = np.zeros(n, np.uint16)
        self.way = np.empty((n, 2, 2, rates.SLOTS), np.uint16)
        self.totals = np.empty((n, 2, 2), np.float32)
        self.way[:], self.totals[:] = ways(rates.PRIOR)
        self.fastest = np.full(n, rates.PRIOR_DAY, np.float32)
        self.gaps = np.full((n, tail.DAYS_KEPT, 2, 2), NO_GAP, np.int16)
        self.tails = np.zeros((n, 2, 3), np.float32)
        self.fitted = np.zeros(n, np.int32)
        self.r = np.tile(np.array(self.levels, np.float32), (n, 1))
        self.theta = np.empty((n, len(self.levels), 2), np.float32)
        self.theta[:] = tail.cold_thresholds(self.r[:1])
        self.slots = np.zeros((n, BUFFER), np.uint8)
        self.most_q = np.zeros((n, 2), np.float32)
        self.most_e = np.zeros((n, 2), np.float32)
        self.spoilt = np.zeros((n, 2), np.bool_)
        self.last = np.full(n, NEVER)
        self.kept = np.full(n, NEVER)
        self.kind = np.zeros(n, np.uint8)
        self.newest = np.full(n, -1, np.int32)
        self.base = np.zeros(n)
        self.spent = np.zeros((n, 2))
        self.share = np.ones(n, np.float32)
        self.broken = np.zeros(n, np.bool_)
        self.seen = np.full(n, NEVER)
        self.beat = np.full(n, np.inf, np.float32)
        self.raised = np.zeros(n, np.uint8)
        self.armed = np.full(n, np.inf)

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Every column by name, as it is stored and copied."""
        return {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)}

    def copy(self) -> Self:
        """The same homes at the same moment, independent from now on."""
        twin = object.__new__(type(self))
        twin.n, twin.levels = self.n, self.levels
        for name, column in self.columns().items():
            setattr(twin, name, column.copy())
        return twin

    def bytes_per_home(self) -> int:
        """What one more home costs."""
        return sum(column.nbytes for column in self.columns().values()) // max(self.n, 1)
