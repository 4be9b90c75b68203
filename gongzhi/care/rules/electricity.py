"""The daily meter as a back-stop: use that is far below or above what is usual for this home.

Score = kWh (of the day, and as mean of two days) / mean of the last 30 days - 1, with a threshold
per home from the same exponential tail as the silence clock. A missing reading is never zero use.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from gongzhi.care.rules import tail

Floats = npt.NDArray[np.float32]

USUAL_DAYS = 30
NEEDED = 14  # readings within USUAL_DAYS, and scores for a threshold
R = 0.25  # alarms a month on each side, 0.5 on both; the two scores share it
ZERO = 0.01  # kWh: nothing at all was used


class Use(StrEnum):
    """What a day's reading says."""

    USUAL = "usual"
    LOW = "low"  # alarm; with silent doors more severe
    HIGH = "high"  # advisory
    ZERO = "zero"  # alarm, after a power cut is ruled out
    MISSING = "missing"  # one day: a ticket to the meter's owner
    MISSING_TWICE = "missing_twice"  # a ticket, joined with the doors


@dataclass(frozen=True, slots=True)
class Reading:
    """What is made of one day: the use, both scores and the thresholds they were held against."""

    use: Use
    one_day: float
    two_days: float
    low: tuple[float, float]
    high: tuple[float, float]


class Meter:
    """The meter of one home: its last 180 daily readings and scores, NaN where one is missing."""

    def __init__(self) -> None:
        self.kwh = np.full(tail.DAYS_KEPT, np.nan, np.float32)
        self.scores = np.full((tail.DAYS_KEPT, 2), np.nan, np.float32)

    def read(self, kwh: float | None) -> Reading:
        """The next day's use in kWh; None when no reading came. Days are given in order."""
        value = np.nan if kwh is None or kwh < 0 else kwh
        one, two = self._scores(value)
        low, high = self._thresholds()
        use = self._judge(value, (one, two), low, high)
        self.kwh = np.append(self.kwh[1:], np.float32(value))
        # A day that raised an alarm is no part of what is usual until somebody says so.
        keep = use not in (Use.LOW, Use.ZERO)
        self.scores = np.append(
            self.scores[1:], np.array([[one, two]] if keep else [[np.nan] * 2], np.float32), axis=0
        )
        return Reading(use, one, two, low, high)

    def learn_false(self) -> None:
        """The last alarm was normal life: its score feeds the tail after all."""
        held, self.kwh = self.kwh, np.append(np.float32(np.nan), self.kwh[:-1])
        scores = self._scores(float(held[-1]))
        self.kwh = held
        self.scores[-1] = scores

    def _scores(self, value: float) -> tuple[float, float]:
        recent = self.kwh[-USUAL_DAYS:]
        known = recent[~np.isnan(recent)]
        if len(known) < NEEDED or np.isnan(value) or known.mean() <= ZERO:
            return float("nan"), float("nan")
        usual = float(known.mean())
        before = float(self.kwh[-1])
        return value / usual - 1, (value + before) / 2 / usual - 1

    def _thresholds(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The low and the high threshold of both scores; infinite until enough is known."""
        if np.sum(~np.isnan(self.scores[:, 0])) < NEEDED:
            never = (float("inf"), float("inf"))
            return never, never
        sides = []
        for side in (-1, 1):
            fitted = tail.fit(np.ascontiguousarray(side * self.scores.T))
            theta = [
                tail.threshold(float(u), float(b), float(z), R)
                for u, b, z in zip(*fitted, strict=True)
            ]
            sides.append((theta[0], theta[1]))
        return sides[0], sides[1]

    def _judge(
        self,
        value: float,
        scores: tuple[float, float],
        low: tuple[float, float],
        high: tuple[float, float],
    ) -> Use:
        if np.isnan(value):
            return Use.MISSING_TWICE if np.isnan(self.kwh[-1]) else Use.MISSING
        if value <= ZERO:
            return Use.ZERO
        if any(-s > theta for s, theta in zip(scores, low, strict=True)):
            return Use.LOW
        if any(s > theta for s, theta in zip(scores, high, strict=True)):
            return Use.HIGH
        return Use.USUAL


def episodes(uses: list[Use], *, of: frozenset[Use]) -> int:
    """Runs of days with such a use; days in a row are one episode."""
    return sum(1 for n, use in enumerate(uses) if use in of and (n == 0 or uses[n - 1] not in of))
