"""Clocks on a matter: started, paused on a ground, extended, stopped; always computed from facts.

A clock keeps no state of its own. It is put together from what the record says (when it started,
which limit held, when it was paused and why, what was granted, when it was met), so that a change
of grade, item or calendar can be recomputed at any time and gives the same answer for everyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gongzhi.calendars import rules
from gongzhi.calendars.rules import Calendar

NEARLY = 0.8  # of the allowed time gone: time to remind


class State(StrEnum):
    """What a clock shows."""

    RUNNING = "running"
    NEARLY_DUE = "nearly_due"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True)
class Limit:
    """An amount of one of calendars.words.LimitUnit, e.g. 4 wh."""

    amount: int
    unit: str


@dataclass(frozen=True)
class Pause:
    """A time that does not count, with the ground it rests on; `ended` is None while it lasts."""

    begun: datetime
    ground: str
    ended: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """One limit at work; all times aware and local. `granted` are extensions, in order."""

    name: str
    start: datetime
    limit: Limit
    pauses: Sequence[Pause] = ()
    granted: Sequence[Limit] = ()
    stopped: datetime | None = None

    def due(self, calendar: Calendar, at: datetime) -> datetime:
        """When the limit runs out; while a pause lasts, as if it ended `at`.

        A pause moves the due time by exactly the working time that it took, counted in the clock's
        own kind of time: hours of the clock for a limit in hours, else working time. Only what of a
        pause lies before the due time counts: what is late stays late.
        """
        due = rules.due(self.start, self.limit.amount, self.limit.unit, calendar)
        for more in self.granted:
            due = rules.due(due, more.amount, more.unit, calendar)
        for begun, ended in merged(self.pauses, until=at):
            if begun < due:
                due = self._moved(due, max(begun, self.start), ended, calendar)
        return due

    def state(self, calendar: Calendar, at: datetime) -> State:
        """What the clock shows at that moment."""
        end = self.stopped or at
        due = self.due(calendar, end)
        if self.stopped is not None:
            return State.MET if self.stopped <= due else State.MET_LATE
        if end > due:
            return State.OVERDUE
        if any(p.begun <= at and (p.ended is None or p.ended > at) for p in self.pauses):
            return State.PAUSED
        return State.NEARLY_DUE if at >= self.reminder(calendar, at) else State.RUNNING

    def reminder(self, calendar: Calendar, at: datetime) -> datetime:
        """The moment at which four fifths of the allowed time are gone."""
        due = self.due(calendar, at)
        if self.limit.unit == rules.HOURS:
            return self.start + (due - self.start) * NEARLY
        allowed = rules.worked(self.start, due, calendar)
        return rules.advance(self.start, allowed * NEARLY, calendar)

    def _moved(
        self, due: datetime, begun: datetime, ended: datetime, calendar: Calendar
    ) -> datetime:
        if ended <= begun:
            return due
        if self.limit.unit == rules.HOURS:
            return due + (ended - begun)
        return rules.resumed(due, begun, ended, calendar)


def merged(pauses: Sequence[Pause], *, until: datetime) -> list[tuple[datetime, datetime]]:
    """Pauses in order with overlaps joined, so that no minute is given back twice."""
    spans: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda p: p.begun):
        ended = min(pause.ended or until, until)
        if ended <= pause.begun:
            continue
        if spans and pause.begun <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], ended))
        else:
            spans.append((pause.begun, ended))
    return spans


def first_due(clocks: Sequence[Clock], calendar: Calendar, at: datetime) -> Clock | None:
    """The running clock that runs out first; None when all are stopped."""
    running = [clock for clock in clocks if clock.stopped is None]
    return min(running, key=lambda clock: clock.due(calendar, at), default=None)


def paused_for(clock: Clock, at: datetime) -> timedelta:
    """How long the clock has been paused so far, in hours of the clock."""
    spans = merged(clock.pauses, until=at)
    return sum((ended - begun for begun, ended in spans), timedelta())
