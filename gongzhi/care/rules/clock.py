"""The silence clock: hears events, and says which home has been silent for too long.

One object guards many homes; live and replay run this same code, live against the wall clock and
replay against a simulated one. Deadlines are computed when something happens and lie in a heap; a
later event of the same kind only moves a deadline back, so the entry is re-checked when it comes
up instead of being moved at every event.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import ceil, floor, inf

import numpy as np

from gongzhi.care.rules import ladder, tail
from gongzhi.care.rules.homes import BUFFER, NIGHT_HOUR, Homes
from gongzhi.care.rules.ladder import CloseCode
from gongzhi.care.rules.night import book_day, refit
from gongzhi.care.rules.rates import ENTRANCE, HIT, KIND, REACH, SLOT_SECONDS
from gongzhi.care.rules.silence import DAY, HOUR, RestDay, between, packed, reached_at, weekend

MERGE_SECONDS = 60  # events of one kind within a minute are one
SHORTEST_GAP = 900  # seconds; shorter ones are never a day's longest
ONLINE_HOURS = 20  # of a day, for the day to be valid
FORGET_AFTER = 2 * HOUR  # blind for longer: nobody knows what happened, silence begins anew
DEGRADED = 2  # power of the share: what a few contacts still tell comes in rarer bursts
LOOK_AGAIN = 300  # seconds, while a heartbeat is overdue


@dataclass(frozen=True, slots=True)
class Alarm:
    """A home reached a level. Everything the decision rests on, for the record."""

    home: int
    level: int  # 0 is the most sensitive, the notice
    at: float
    since: float  # the last event
    kind: int  # of the last event
    q: float
    e: float
    theta_q: float
    theta_e: float
    r: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A silence ended that had reached a level: `levels` were raised, the last one `at`."""

    home: int
    levels: int
    since: float
    until: float
    kind: int


class SilenceClock:
    """Guards `homes` from the local day `first_day` (days since 1970-01-01) on."""

    def __init__(self, homes: Homes, *, first_day: int, rest: RestDay = weekend) -> None:
        self.homes = homes
        self.rest = rest
        self.day = first_day  # the first day that is not booked yet
        self.case_level = len(homes.levels) - 1  # from this level on a silence is a case
        self._heap: list[tuple[float, int]] = []
        self._floor = -inf  # no alarm is dated before tables last changed

    # ── what happens ──────────────────────────────────────────────────────

    def hear(self, home: int, at: float, kind: int) -> Heard | None:
        """A human event (INTERIOR or ENTRANCE). Gives the alarmed silence that it ends, if any.

        An event older than the last one is late data: it counts for the rates of its day if that
        is not booked yet, and changes nothing else.
        """
        h = self.homes
        last = h.last.item(home)
        if at < last:
            self._mark(home, at)
            return None
        same = kind == h.kind.item(home)
        if same and at - h.kept.item(home) < MERGE_SECONDS:
            h.last[home] = h.base[home] = at
            return None
        ended = None
        if at - last > SHORTEST_GAP:
            ended = self._end_gap(home, last, at)
        self._mark(home, at)
        h.last[home] = h.kept[home] = h.base[home] = at
        if h.broken.item(home):
            h.spent[home] = 0
            h.broken[home] = h.share.item(home) < 1
        if not same:
            self._change_kind(home, at, kind)
        if ended is not None or not same or h.armed.item(home) == inf:
            h.raised[home] = 0
            if not self._armed_before(home, at):
                self._arm(home)
        return ended

    def set_share(self, home: int, at: float, share: float) -> None:
        """From `at` on, devices online make `share` (0..1) of the home's usual events.

        Silence counts at the square of that share; at 0 the clock stands still: the home is blind
        or its people are away. `at` may lie in the past, back to the last sign of life of a device
        found offline. After a long blind spell the silence before it is forgotten: the ladder of
        blind homes has sent somebody meanwhile, and nothing says that the home was silent.
        """
        h = self.homes
        if h.last.item(home) > -inf:
            at = max(at, h.base.item(home))
            blind = h.share.item(home) <= 0 < share
            forget = blind and at - h.base.item(home) >= FORGET_AFTER
            h.spent[home] = 0 if forget else self.silence(home, at)
            h.raised[home] = 0 if forget else h.raised.item(home)
            h.base[home] = at
        h.share[home] = share**DEGRADED
        h.broken[home] = True
        self._arm(home, replace=True)

    def beat(self, home: int, at: float, period: float) -> None:
        """A device's heartbeat. While the next one is overdue no alarm is raised for the home.

        It comes (then the alarm is raised), or the device is found offline (see set_share).
        """
        h = self.homes
        h.seen[home] = max(at, h.seen.item(home))
        h.beat[home] = period

    def spoil(self, home: int, day: int) -> None:
        """The day is not valid: nothing is learnt from it (company, absence, devices offline)."""
        if 0 <= day - self.day <= 1:
            self.homes.spoilt[home, day - self.day] = True

    def close(self, ended: Heard, code: CloseCode) -> None:
        """What an alarmed silence turned out to be, once somebody knows.

        Only normal life feeds the tail, and at once: the same habit shall not wake anybody again
        within the week. After true help the home is watched more closely from now on.
        """
        h = self.homes
        if ladder.feeds_tail(code):
            self.learn_gap(ended.home, ended.since, ended.until, ended.kind)
            if h.fitted.item(ended.home):
                refit(h, np.array([ended.home]), int(ended.until // DAY), self.rest)
                self._arm(ended.home, replace=True)
        elif ladder.freezes_sensitivity(code):
            self.set_target(ended.home, max(h.r.item(ended.home, self.case_level), tail.MEDIUM))

    def set_target(self, home: int, r: float) -> None:
        """From now on the home's alarm aims at r alarms a month."""
        h = self.homes
        h.r[home, self.case_level] = r
        one = slice(home, home + 1)
        warm = h.fitted.item(home)
        h.theta[one] = (
            tail.thresholds(h.tails[one], h.r[one]) if warm else tail.cold_thresholds(h.r[one])
        )
        self._arm(home, replace=True)

    def learn_gap(self, home: int, since: float, until: float, kind: int) -> None:
        """Let a gap feed the tail: one without a case, or whose case closed as false normal."""
        h = self.homes
        day, e = int(until // DAY), (until - since) / HOUR
        if not self.day - tail.DAYS_KEPT + 2 < day <= self.day + 1:
            return
        most_e, most_q = 0.0, 0.0
        if day >= self.day:  # else the longest of that day is not in memory any more
            most_e, most_q = h.most_e.item(home, day % 2), h.most_q.item(home, day % 2)
            if e <= most_e and e * h.fastest.item(home) <= most_q:
                return
        gap = packed(since, until, kind)
        if gap is None:
            return
        q = between(h.way[home], h.totals[home], since, until, kind, self.rest)
        cell = h.gaps[home, day % tail.DAYS_KEPT]
        if e > max(most_e, _hours(cell[0])):
            cell[0] = gap
        if day < self.day or q > most_q:
            cell[1] = gap
        if day >= self.day:
            h.most_e[home, day % 2] = max(e, most_e)
            h.most_q[home, day % 2] = max(q, most_q)

    # ── what is due ───────────────────────────────────────────────────────

    def advance(self, now: float) -> list[Alarm]:
        """Everything that came up until `now`, nights included, in the order of time."""
        found: list[Alarm] = []
        while now >= self.night_at:
            found += self.due(self.night_at)
            self.night()
        return found + self.due(now)

    def due(self, now: float) -> list[Alarm]:
        """The alarms whose deadline has passed by `now`; each level of a silence once."""
        found: list[Alarm] = []
        h = self.homes
        while self._heap and self._heap[0][0] <= now:
            at, home = heappop(self._heap)
            if at != h.armed.item(home):
                continue  # replaced by an earlier entry
            level = h.raised.item(home)
            deadline = self.deadline(home, level)
            if deadline <= now and now - h.seen.item(home) > h.beat.item(home):
                h.armed[home] = now + LOOK_AGAIN
                heappush(self._heap, (now + LOOK_AGAIN, home))
                continue
            if deadline <= now:
                found.append(self._alarm(home, level, max(deadline, self._floor)))
                h.raised[home] = level + 1
            self._arm(home, replace=True)
        found.sort(key=lambda alarm: alarm.at)
        return found

    def night(self) -> None:
        """Book the first unbooked day, refit what is due for it, and set all deadlines anew."""
        at = self.night_at
        book_day(self.homes, self.day, self.rest, case_level=self.case_level)
        self.day += 1
        self._floor = at
        self._heap.clear()
        self.homes.armed[:] = inf
        for home in np.flatnonzero(self.homes.last > -inf).tolist():
            self._arm(home, push=False)
        heapify(self._heap)

    def next_due(self) -> float:
        """No alarm can come up before this moment unless something happens."""
        return min(self._heap[0][0] if self._heap else inf, self.night_at)

    @property
    def floor(self) -> float:
        """No alarm is dated before this moment: tables changed then."""
        return self._floor

    def resume(self, *, day: int, floor: float) -> None:
        """Go on with columns that were kept: `day` is the first one not booked in them."""
        self.day, self._floor = day, floor
        armed = enumerate(self.homes.armed.tolist())
        self._heap = [(at, home) for home, at in armed if at < inf]
        heapify(self._heap)

    # ── questions ─────────────────────────────────────────────────────────

    @property
    def night_at(self) -> float:
        """When the first unbooked day is booked."""
        return (self.day + 1) * DAY + NIGHT_HOUR * HOUR

    def deadline(self, home: int, level: int) -> float:
        """When the home's present silence reaches the level; infinity for never."""
        h = self.homes
        share = h.share.item(home)
        if share <= 0 or level >= len(h.levels) or h.last.item(home) == -inf:
            return inf
        theta_q, theta_e = self.thresholds(home, level)
        base = h.base.item(home)
        spent_q, spent_e = h.spent[home].tolist()
        latest = base + max(theta_e - spent_e, 0) / share * HOUR
        left = max(theta_q - spent_q, 0) / share
        kind = h.kind.item(home)
        return reached_at(h.way[home], h.totals[home], base, left, kind, self.rest, latest=latest)

    def thresholds(self, home: int, level: int) -> tuple[float, float]:
        """θ_Q and θ_e of the level at this home, in hours."""
        theta = self.homes.theta
        return theta.item(home, level, 0), theta.item(home, level, 1)

    def silence(self, home: int, at: float) -> tuple[float, float]:
        """Q and e that have passed at `at` since the home's last event, in hours."""
        h = self.homes
        base, share = h.base.item(home), h.share.item(home)
        spent_q, spent_e = h.spent[home].tolist()
        if at <= base or share <= 0:
            return spent_q, spent_e
        q = between(h.way[home], h.totals[home], base, at, h.kind.item(home), self.rest)
        return spent_q + share * q, spent_e + share * (at - base) / HOUR

    def copy_of(self, home: int) -> "SilenceClock":
        """A clock that guards this one home alone (as home 0), from this moment on."""
        h = self.homes
        one = object.__new__(Homes)
        one.n, one.levels = 1, h.levels
        for name, column in h.columns().items():
            setattr(one, name, column[home : home + 1].copy())
        twin = SilenceClock(one, first_day=self.day, rest=self.rest)
        twin.case_level, twin._floor = self.case_level, self._floor
        twin._arm(0, replace=True)
        return twin

    def take_over(self, home: int, twin: "SilenceClock") -> None:
        """Let `twin`, a clock of one home come to the same day, be this home from now on."""
        for name, column in twin.homes.columns().items():
            getattr(self.homes, name)[home] = column[0]
        self._arm(home, replace=True)

    # ── how ───────────────────────────────────────────────────────────────

    def _alarm(self, home: int, level: int, at: float) -> Alarm:
        h = self.homes
        q, e = self.silence(home, at)
        theta_q, theta_e = self.thresholds(home, level)
        since, kind = h.last.item(home), h.kind.item(home)
        return Alarm(home, level, at, since, kind, q, e, theta_q, theta_e, h.r.item(home, level))

    def _arm(self, home: int, *, replace: bool = False, push: bool = True) -> None:
        """Make sure that the heap holds an entry no later than the next level's deadline."""
        h = self.homes
        deadline = self.deadline(home, h.raised.item(home))
        if replace or deadline < h.armed.item(home):
            h.armed[home] = deadline
            if deadline == inf:
                return
            if push:
                heappush(self._heap, (deadline, home))
            else:
                self._heap.append((deadline, home))

    def _armed_before(self, home: int, at: float) -> bool:
        """Whether the home's entry comes up before any silence that begins `at` could be too long.

        Then nothing needs to be computed at the event: the entry is re-checked when it comes up.
        """
        h = self.homes
        q, e = h.theta.item(home, 0, 0), h.theta.item(home, 0, 1)
        return h.armed.item(home) <= at + min(q / h.fastest.item(home), e) * HOUR

    def _end_gap(self, home: int, since: float, until: float) -> Heard | None:
        """Keep the gap for the tail, unless it became a case: then its close code decides."""
        h = self.homes
        raised = h.raised.item(home)
        if since == -inf:
            if until % DAY > (24 - ONLINE_HOURS) * HOUR:
                self.spoil(home, int(until // DAY))
            return None
        kind = h.kind.item(home)
        if raised > self.case_level:
            self.spoil(home, int(until // DAY))
        elif not h.broken.item(home):
            self.learn_gap(home, since, until, kind)
        return Heard(home, raised, since, until, kind) if raised else None

    def _mark(self, home: int, at: float) -> None:
        """Note the event in all windows that hold it; at most once in five minutes."""
        slot = (at - self.day * DAY) / SLOT_SECONDS
        newest = floor(slot + REACH)
        h = self.homes
        if newest == h.newest.item(home) or newest < 0:
            return
        if at >= h.last.item(home):
            h.newest[home] = newest
        h.slots[home, max(ceil(slot - REACH), 0) : newest + 1] |= HIT

    def _change_kind(self, home: int, at: float, kind: int) -> None:
        """Windows that begin from now on begin after an event of this kind."""
        h = self.homes
        h.kind[home] = kind
        first = ceil((at - self.day * DAY) / SLOT_SECONDS + REACH)
        if first < BUFFER:
            row = h.slots[home, max(first, 0) :]
            row &= HIT
            if kind == ENTRANCE:
                row |= KIND


def _hours(gap: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    begin, end = gap.tolist()
    return ((end >> 1) - begin) / 60 if begin != 32767 else 0.0
