"""One home's record run through the guard against a simulated clock, with collapses put in."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

import numpy as np
import numpy.typing as npt

from gongzhi.care.rules.clock import Alarm, SilenceClock
from gongzhi.care.rules.doors import DoorSign, DoorWatch
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.ladder import CloseCode
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.rules.silence import DAY, HOUR, RestDay, weekend
from gongzhi.care.rules.tail import ALARM_R, NOTICE_R

Doubles = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.uint8]

SWEEP = (16.0, 12.0, 8.0, 6.0, 4.0, 3.0, 1.5, 1.0, 0.7, 0.35, 0.25, 0.12)  # and the live levels
RICH_FROM = 100.0  # events a day; a few contacts make some dozens, motion sensors hundreds
OUT_LEAST = 0.5 * HOUR  # a gap between two entrance events that is taken for an outing
LONG = 24 * HOUR  # nobody who is well at home is silent for longer: absence, or a hole
WATCHED_FOR = 5 * DAY  # how long a collapse is followed; θ_e ends it within a day or so
ALIVE_LEAST, ALIVE_MOST = 3 * HOUR, 12 * HOUR

FOUND_BLIND, SEES_AGAIN, COLLAPSES = 2, 3, 4  # beside INTERIOR and ENTRANCE on the time line


@dataclass(frozen=True, slots=True)
class Judged:
    """An alarm of the replay, with what the record says about it afterwards."""

    alarm: Alarm
    until: float  # when the home was heard again
    out: bool  # entrance before and entrance after: nobody was in
    long: bool  # a day or more: an absence or a hole in the record, nobody can tell which


@dataclass(frozen=True, slots=True)
class Collapse:
    """A collapse put in at `at`: when each level was reached, hours after it, NaN for never.

    0 where the silence had reached the level before the collapse: no time to find can be told.
    """

    at: float
    last_event: float
    hours: tuple[float, ...]


@dataclass
class HomeRun:
    """What one home's record gave."""

    home: str
    events: int = 0
    begins: float = 0.0
    ends: float = 0.0
    counted_from: float = 0.0
    absent_seconds: float = 0.0  # in gaps of a day and more, after the warm-up
    blind_seconds: float = 0.0
    judged: list[Judged] = field(default_factory=list)
    signs: list[DoorSign] = field(default_factory=list)
    collapses: list[Collapse] = field(default_factory=list)
    already_alarmed: int = 0  # collapses that fell into a silence already found
    learnt_days: int = 0

    @property
    def days(self) -> float:
        """Days that count, absences included."""
        return max(self.ends - self.counted_from, 0) / DAY


def levels(alarm_r: float = ALARM_R) -> tuple[float, ...]:
    """All targets r that a replay follows at once, the most sensitive first."""
    return tuple(sorted({*SWEEP, NOTICE_R, ALARM_R, alarm_r}, reverse=True))


def warm_up_days(days: float) -> float:
    """How much of a record only teaches: four weeks, but no more than a third of a short one."""
    return min(28, max(14, days / 3))


def long_gaps(times: Doubles) -> list[tuple[float, float]]:
    """Silences of a day and more."""
    at = np.flatnonzero(np.diff(times) >= LONG)
    return [(float(times[n]), float(times[n + 1])) for n in at]


def outings(times: Doubles, kinds: Kinds) -> list[tuple[float, float]]:
    """Gaps between two entrance events, of half an hour or more: whoever is out comes back by it.

    A gap that ends with an interior event was spent at home.
    """
    both = (kinds[:-1] == ENTRANCE) & (kinds[1:] == ENTRANCE) & (np.diff(times) >= OUT_LEAST)
    return [(float(times[n]), float(times[n + 1])) for n in np.flatnonzero(both)]


def quiet_hour(times: Iterable[Doubles]) -> float:
    """The middle of the six hours of the day in which homes are heard least, as an hour."""
    heard = np.zeros(24)
    for of_home in times:
        heard += np.bincount((of_home % DAY // HOUR).astype(np.int64), minlength=24)
    around = np.convolve(np.concatenate([heard, heard[:5]]), np.ones(6), "valid")
    return float((np.argmin(around) + 3) % 24)


def blind_spells(times: Doubles, alive: Doubles) -> list[tuple[float, float, float]]:
    """When the home's record stood still: from, found at, until.

    Only for records with rows that nobody's behaviour makes (temperature, battery, heartbeat) and
    that come so steadily that their absence says something.
    """
    if len(alive) < 100:
        return []
    steps = np.diff(alive)
    limit = max(ALIVE_LEAST, 4 * float(np.quantile(steps, 0.99)))
    if limit > ALIVE_MOST:
        return []
    every = np.sort(np.concatenate([times, alive]))
    holes = np.flatnonzero(np.diff(every) > limit)
    return [(float(every[n]), float(every[n]) + limit, float(every[n + 1])) for n in holes]


class Runner:
    """Runs one home. The same clock as live; only the moments come from a file."""

    def __init__(
        self,
        home: str,
        times: Doubles,
        kinds: Kinds,
        alive: Doubles,
        *,
        alarm_r: float = ALARM_R,
        warm_up: float | None = None,
        rest: RestDay = weekend,
    ) -> None:
        self.times, self.kinds = times, kinds
        self.blind = blind_spells(times, alive)
        self.long = long_gaps(times)
        self.first_day = int(times[0] // DAY)
        self.heard_days = set(np.unique((times // DAY).astype(np.int64)).tolist())
        days = (times[-1] - times[0]) / DAY
        warm = warm_up_days(days) if warm_up is None else warm_up
        self.run = HomeRun(home, len(times), float(times[0]), float(times[-1]))
        self.run.counted_from = min(float(times[0]) + warm * DAY, float(times[-1]))
        self.run.absent_seconds = sum(self._counted(a, b) for a, b in self.long)
        self.run.blind_seconds = sum(self._counted(a, b) for a, _, b in self.blind)
        self.clock = SilenceClock(Homes(1, levels(alarm_r)), first_day=self.first_day, rest=rest)
        self.clock.case_level = levels(alarm_r).index(alarm_r)
        self.doors = DoorWatch()
        if (kinds == ENTRANCE).any():
            self.doors.watch(0, sees_inside=len(times) >= RICH_FROM * max(days, 1))
        self._open: list[Alarm] = []

    def at_home_seconds(self) -> float:
        """How much of the counted time somebody was at home and could be seen."""
        return sum(b - a for a, b in self._at_home())

    def draw_moments(self, count: int, rng: Random) -> list[float]:
        """Moments of collapse, uniform over the counted time at home."""
        spans = self._at_home()
        weights = [b - a for a, b in spans]
        if not spans:
            return []
        return sorted(rng.uniform(*span) for span in rng.choices(spans, weights, k=count))

    def go(self, moments: list[float]) -> HomeRun:
        """Run the whole record and each collapse beside it."""
        for at, what in self._time_line(moments):
            self._until(at)
            if what <= ENTRANCE:
                self._hear(at, what)
            elif what == COLLAPSES:
                self._collapse(at)
            elif what == FOUND_BLIND:
                began = self.blind[bisect_right([f for _, f, _ in self.blind], at) - 1][0]
                self.clock.set_share(0, began, 0.0)
                self._set_blind(blind=True)
            else:
                self.clock.set_share(0, at, 1.0)
                self._set_blind(blind=False)
        self.run.learnt_days = self.clock.homes.valid_days.item(0)
        return self.run

    # ── how ───────────────────────────────────────────────────────────────

    def _counted(self, begin: float, end: float) -> float:
        return max(end - max(begin, self.run.counted_from), 0)

    def _at_home(self) -> list[tuple[float, float]]:
        away = sorted(
            [*outings(self.times, self.kinds), *self.long, *((a, b) for a, _, b in self.blind)]
        )
        spans, now = [], self.run.counted_from
        for begin, end in away:
            if begin > now:
                spans.append((now, begin))
            now = max(now, end)
        if self.run.ends > now:
            spans.append((now, self.run.ends))
        return spans

    def _time_line(self, moments: list[float]) -> Iterator[tuple[float, int]]:
        times = [self.times, np.array(moments)]
        whats = [self.kinds, np.full(len(moments), COLLAPSES, np.uint8)]
        for place, what in ((1, FOUND_BLIND), (2, SEES_AGAIN)):
            times.append(np.array([spell[place] for spell in self.blind]))
            whats.append(np.full(len(self.blind), what, np.uint8))
        at, what_at = np.concatenate(times), np.concatenate(whats)
        order = np.argsort(at, kind="stable")
        for chunk in np.array_split(order, len(order) // 100_000 + 1):
            yield from zip(at[chunk].tolist(), what_at[chunk].tolist(), strict=True)

    def _until(self, now: float) -> None:
        """Everything that comes up before `now`; days without a single event teach nothing."""
        clock = self.clock
        if clock.next_due() <= now:
            while clock.night_at <= now:
                self._raised(clock.due(clock.night_at))
                if clock.day not in self.heard_days:
                    clock.spoil(0, clock.day)
                clock.night()
            self._raised(clock.due(now))
        self._signs(self.doors.due(now))

    def _hear(self, at: float, kind: int) -> None:
        ended = self.clock.hear(0, at, kind)
        if self._open:
            self._judge(at, kind)
        if ended is not None and ended.levels > self.clock.case_level:
            absent = at - ended.since >= LONG
            code = CloseCode.TRUE_ABSENCE if absent else CloseCode.FALSE_NORMAL
            self.clock.close(ended, code)
        if (sign := self.doors.hear(0, at, kind)) is not None:
            self._signs([sign])

    def _judge(self, at: float, kind: int) -> None:
        for alarm in self._open:
            out = alarm.kind == ENTRANCE and kind == ENTRANCE
            self.run.judged.append(Judged(alarm, at, out, at - alarm.since >= LONG))
        self._open.clear()

    def _raised(self, alarms: list[Alarm]) -> None:
        self._open += [alarm for alarm in alarms if alarm.at >= self.run.counted_from]

    def _signs(self, signs: list[DoorSign]) -> None:
        self.run.signs += [sign for sign in signs if sign.at >= self.run.counted_from]

    def _set_blind(self, *, blind: bool) -> None:
        if 0 in self.doors.doors:
            self.doors.doors[0].blind = blind

    def _collapse(self, at: float) -> None:
        clock = self.clock
        if clock.homes.raised.item(0) > clock.case_level:
            self.run.already_alarmed += 1
            return
        reached = dict.fromkeys(range(len(clock.homes.levels)), float("nan"))
        for level in range(clock.homes.raised.item(0)):
            reached[level] = 0.0
        for alarm in clock.copy_of(0).advance(at + WATCHED_FOR):
            reached[alarm.level] = (alarm.at - at) / HOUR
        last = clock.homes.last.item(0)
        self.run.collapses.append(Collapse(at, last, tuple(reached.values())))
