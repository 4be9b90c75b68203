"""Simple lives to test with: events at fixed hours, with a little noise."""

import random

from gongzhi.care.rules.clock import Alarm, SilenceClock
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY, HOUR

MONDAY = 20_514  # 2026-03-02
Event = tuple[float, int]


def usual_days(days: int, *, seed: int = 1, first: int = MONDAY) -> list[Event]:
    """Up at half past six, out from nine to ten, in bed by ten; something every hour."""
    rng = random.Random(seed)
    events = []
    for day in range(first, first + days):
        for hour in (6.5, 7, 8, 11, 12, 13, 14.5, 16, 17, 18.5, 20, 21.5):
            events.append((day * DAY + (hour + rng.uniform(-0.4, 0.4)) * HOUR, INTERIOR))
        for hour in (9, 10):
            events.append((day * DAY + (hour + rng.uniform(-0.2, 0.2)) * HOUR, ENTRANCE))
    return sorted(events)


def played(events: list[Event], *, until: float | None = None) -> tuple[SilenceClock, list[Alarm]]:
    """A clock that heard the events, and every alarm until then."""
    clock = SilenceClock(Homes(1), first_day=int(events[0][0] // DAY))
    found = []
    for at, kind in events:
        found += clock.advance(at)
        clock.hear(0, at, kind)
    return clock, found + clock.advance(until if until is not None else events[-1][0])
