"""What the daily meters of a replay say: unusual use, and how soon they notice a collapse."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from gongzhi.care.rules.electricity import NEEDED, USUAL_DAYS, Meter, Use, episodes
from gongzhi.care.rules.silence import DAY
from gongzhi.care.rules.tail import DAYS_A_MONTH

LOW_USE = frozenset({Use.LOW, Use.ZERO})
HIGH_USE = frozenset({Use.HIGH})
LEARN = 28  # days that are not counted
STANDBY = 0.3  # of the usual use goes on with nobody up: fridge, stand-by, a clock

Span = tuple[float, float]  # local seconds, as the readings


@dataclass(frozen=True)
class MeterTape:
    """One home's readings (local seconds, kWh), and when its doors say that nobody was in."""

    rows: Sequence[tuple[float, float]]
    away: Sequence[Span] = ()


@dataclass(frozen=True)
class MeterFigures:
    """Episodes of unusual electricity use over all homes that have a meter."""

    homes: int
    home_months: float
    low: int
    low_while_away: int  # of these, while the doors say that nobody was in: not false
    high: int
    missing: int
    collapses: int = 0
    found_by_second: int = 0  # by the reading of the day itself or of the day after

    @property
    def low_a_month(self) -> float:
        """Episodes of low use a home-month with somebody at home."""
        return (self.low - self.low_while_away) / max(self.home_months, 1e-9)

    @property
    def found_share(self) -> float | None:
        """Which part of the collapses the second reading had shown; None without any."""
        return self.found_by_second / self.collapses if self.collapses else None


def daily_use(rows: Sequence[tuple[float, float]]) -> tuple[int, list[float | None]]:
    """The first day, and kWh for each day to the last reading; None where there is none.

    A register that only counts up is differenced; several readings of a day are added up.
    """
    rows = sorted(rows)
    values = [value for _, value in rows]
    ups = sum(b >= a for a, b in pairwise(values))
    counts_up = len(values) >= 10 and ups >= 0.99 * (len(values) - 1) and values[-1] > values[0]
    days: dict[int, float] = {}
    if counts_up:
        last = {int(at // DAY): value for at, value in rows}
        keys = sorted(last)
        days = {b: last[b] - last[a] for a, b in pairwise(keys) if b == a + 1}
    else:
        for at, value in rows:
            days[int(at // DAY)] = days.get(int(at // DAY), 0.0) + value
    if not days:
        return 0, []
    return min(days), [days.get(day) for day in range(min(days), max(days) + 1)]


def meter_figures(
    tapes: Sequence[MeterTape], *, inject: int = 0, seed: int = 1
) -> MeterFigures | None:
    """Run every home's daily readings through the meter's score; None without any meter.

    `inject` collapses are spread over the homes: at a moment of a random day use falls to STANDBY
    of what is usual there, and stays there.
    """
    homes = [(tape, *daily_use(tape.rows)) for tape in tapes]
    homes = [(tape, first, use) for tape, first, use in homes if len(use) >= 2]
    if not homes:
        return None
    rng = Random(f"{seed}:meters")  # noqa: S311 - a simulation
    low = away = high = missing = days = collapses = found = 0
    for n, (tape, first, use) in enumerate(homes):
        count = inject * (n + 1) // len(homes) - inject * n // len(homes)
        uses, tried = _read(use, count, rng)
        counted = uses[LEARN:]
        days += len(counted)
        low += episodes(counted, of=LOW_USE)
        high += episodes(counted, of=HIGH_USE)
        away += _while_away(counted, first + LEARN, tape.away)
        missing += sum(use in (Use.MISSING, Use.MISSING_TWICE) for use in counted)
        collapses += len(tried)
        found += sum(tried)
    return MeterFigures(len(homes), days / DAYS_A_MONTH, low, away, high, missing, collapses, found)


def _read(use: list[float | None], count: int, rng: Random) -> tuple[list[Use], list[bool]]:
    """What the meter says of each day, and for `count` collapses whether it noticed in time."""
    possible = [d for d in range(LEARN, len(use)) if use[d] is not None]
    picked = [rng.choice(possible) for _ in range(count)] if possible else []
    meter, uses, tried = Meter(), [], []
    for day, kwh in enumerate(use):
        tried += [_noticed(deepcopy(meter), use[:day], kwh, rng) for d in picked if d == day]
        uses.append(meter.read(kwh).use)
        if uses[-1] in LOW_USE:
            meter.learn_false()
    return uses, [noticed for noticed in tried if noticed is not None]


def _noticed(
    meter: Meter, before: list[float | None], today: float | None, rng: Random
) -> bool | None:
    """Whether a collapse today is shown by the second reading; None while too little is known."""
    known = [kwh for kwh in before[-USUAL_DAYS:] if kwh is not None]
    if len(known) < NEEDED or today is None:
        return None
    standby, part = STANDBY * sum(known) / len(known), rng.random()
    first = meter.read(part * today + (1 - part) * min(standby, today)).use
    return first in LOW_USE or meter.read(standby).use in LOW_USE


def _while_away(uses: list[Use], first: int, away: Sequence[Span]) -> int:
    """Episodes of low use that begin on a day that the doors call empty for the most part."""
    begun = [
        first + n
        for n, use in enumerate(uses)
        if use in LOW_USE and (n == 0 or uses[n - 1] not in LOW_USE)
    ]
    # A reading just after midnight is of the day before, one in the evening of its own day.
    return sum(max(_empty(day, away), _empty(day - 1, away)) >= DAY / 4 for day in begun)


def _empty(day: int, away: Sequence[Span]) -> float:
    return sum(max(min(b, (day + 1) * DAY) - max(a, day * DAY), 0.0) for a, b in away)
