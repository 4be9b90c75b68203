"""Believable lives of elders who live alone: where they are and what they touch, minute by minute.

A life is a sequence of stays in a room, in bed or out of the home. Nobody real is in it: all is
drawn from a seed. Times are seconds of local time since 1970.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

DAY, HOUR, MINUTE = 86400, 3600, 60


class Place(StrEnum):
    """Where a stay is spent."""

    BED = "bed"
    BATHROOM = "bathroom"
    KITCHEN = "kitchen"
    LIVING = "living"
    BEDROOM = "bedroom"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody spends `start`..`end` at a place; `meal` is set while cooking or eating there."""

    place: Place
    start: float
    end: float
    meal: bool = False
    company: bool = False


@dataclass(frozen=True)
class Habits:
    """What is usual for one person; hours of the day, chances a day, hours of duration."""

    wakes: float
    sleeps: float
    wobble: float  # standard deviation of wakes and sleeps, hours
    rest_day_shift: float
    night_trips: float  # mean a night
    nap: float  # chance
    outings: tuple[tuple[float, float, float], ...]  # chance, hour, median hours
    day_trip: float  # chance of a long day out
    company: float  # chance of visitors
    sedentary: float  # median minutes of a stay in the living room
    sick: float  # chance that an illness begins today
    travels: float  # chance that a journey of some days begins today


def draw_habits(rng: Random) -> Habits:
    """One person out of many: early and late risers, homebodies and those who are always out."""
    homebody = rng.random()
    return Habits(
        wakes=rng.gauss(6.4, 0.8),
        sleeps=rng.gauss(21.6, 0.9),
        wobble=rng.uniform(0.25, 0.7),
        rest_day_shift=rng.choice([0, 0, 0.3, 0.7]),
        night_trips=rng.uniform(0.3, 2.2),
        nap=rng.uniform(0.2, 0.95),
        outings=(
            (0.85 - 0.6 * homebody, rng.gauss(8.6, 0.8), rng.uniform(0.6, 1.6)),
            (0.70 - 0.5 * homebody, rng.gauss(15.2, 1.0), rng.uniform(0.7, 2.2)),
            (0.45 - 0.4 * homebody, rng.gauss(18.8, 0.5), rng.uniform(0.5, 1.3)),
        ),
        day_trip=rng.uniform(0.005, 0.08),
        company=rng.uniform(0.03, 0.25),
        sedentary=rng.uniform(25, 80),
        sick=rng.uniform(0, 0.02),
        travels=rng.choice([0, 0.004, 0.01]),
    )


def live(habits: Habits, rng: Random, *, first_day: int, days: int) -> Iterator[Stay]:
    """The stays of `days` days from the local day `first_day` on, in order and without a gap."""
    now = float(first_day * DAY)
    until = (first_day + days) * DAY
    sick = away = 0
    day = first_day
    while now < until:
        if away:
            back = (day + away) * DAY + rng.uniform(10, 20) * HOUR
            yield Stay(Place.OUT, now, back)
            now, day, away = back, int(back // DAY), 0
        shift = habits.rest_day_shift if (day + 3) % 7 >= 5 else 0
        lie_in = rng.uniform(0.5, 3) if sick else 0
        wake = day * DAY + (habits.wakes + shift + lie_in + rng.gauss(0, habits.wobble)) * HOUR
        for stay in _night(habits, rng, now, max(wake, now)):
            yield stay
            now = stay.end
        sleep = day * DAY + (habits.sleeps + shift + rng.gauss(0, habits.wobble)) * HOUR
        if not sick and rng.random() < habits.travels:
            away = rng.randint(1, 6)
            sleep = max(day * DAY + rng.uniform(8, 14) * HOUR, now)
        for stay in _waking(habits, rng, now, max(sleep, now), sick=bool(sick)):
            yield stay
            now = stay.end
        if sick:
            sick -= 1
        elif rng.random() < habits.sick:
            sick = rng.randint(1, 4)
        day += 1


def _night(habits: Habits, rng: Random, start: float, end: float) -> Iterator[Stay]:
    """In bed, with a walk to the bathroom now and then."""
    if end - start < HOUR:
        return
    trips = sorted(rng.uniform(start + HOUR, end) for _ in range(_poisson(rng, habits.night_trips)))
    now = start
    for trip in trips:
        if trip - now < 20 * MINUTE or end - trip < 20 * MINUTE:
            continue
        yield Stay(Place.BED, now, trip)
        now = trip + rng.uniform(2, 9) * MINUTE
        yield Stay(Place.BATHROOM, trip, now)
    yield Stay(Place.BED, now, end)


def _waking(habits: Habits, rng: Random, start: float, end: float, *, sick: bool) -> Iterator[Stay]:
    """From getting up to going to bed: meals, a nap, outings, visitors and sitting about."""
    midnight = start // DAY * DAY
    plan = _plan(habits, rng, midnight, sick=sick)
    now = start
    while now < end - 2 * MINUTE:
        while plan and plan[0][0] < now - 90 * MINUTE:
            plan.pop(0)  # too late for it today
        if plan and plan[0][0] <= now:
            _, stay, hours, company = plan.pop(0)
            stop = min(now + hours * HOUR, end if stay != Place.OUT else end + 2 * HOUR)
            yield Stay(stay, now, stop, stay == Place.KITCHEN, company)
        else:
            place, minutes = _drift(habits, rng, sick=sick)
            stop = min(now + minutes * MINUTE, end)
            if plan and plan[0][0] > now:
                stop = min(stop, max(plan[0][0], now + MINUTE))
            yield Stay(place, now, stop)
        now = stop


Planned = tuple[float, Place, float, bool]


def _plan(habits: Habits, rng: Random, midnight: float, *, sick: bool) -> list[Planned]:
    def at(hour: float, spread: float) -> float:
        return midnight + (hour + rng.gauss(0, spread)) * HOUR

    plan: list[Planned] = []
    for meal, hour, hours in ((0.9, habits.wakes + 0.6, 0.5), (0.93, 11.3, 0.9), (0.92, 17.3, 0.8)):
        if rng.random() < (meal - 0.4 if sick else meal):
            plan.append((at(hour, 0.35), Place.KITCHEN, hours * rng.uniform(0.5, 1.4), False))
    if rng.random() < (0.95 if sick else habits.nap):
        hours = rng.uniform(2, 4) if sick else rng.uniform(0.5, 2)
        plan.append((at(12.9, 0.4), Place.BED, hours, False))
    if not sick:
        if rng.random() < habits.day_trip:
            plan.append((at(8.5, 1), Place.OUT, rng.uniform(4, 11), False))
        for chance, hour, hours in habits.outings:
            if rng.random() < chance:
                plan.append((at(hour, 0.6), Place.OUT, hours * rng.lognormvariate(0, 0.45), False))
    if rng.random() < habits.company:
        plan.append((at(rng.choice([9.5, 15, 18]), 0.7), Place.LIVING, rng.uniform(0.7, 3), True))
    return sorted(plan)


def _drift(habits: Habits, rng: Random, *, sick: bool) -> tuple[Place, float]:
    """Where somebody goes with nothing planned, and for how many minutes."""
    place = rng.choices(
        [Place.LIVING, Place.BATHROOM, Place.KITCHEN, Place.BEDROOM, Place.BED],
        [5, 2.2, 2.0, 1.6, 3.0 if sick else 0.05],
    )[0]
    median = {
        Place.LIVING: habits.sedentary,
        Place.BATHROOM: 6,
        Place.KITCHEN: 7,
        Place.BEDROOM: 9,
        Place.BED: 80,
    }[place]
    return place, max(median * rng.lognormvariate(0, 0.6), 1)


def _poisson(rng: Random, mean: float) -> int:
    """How many times something happens that happens `mean` times on average."""
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count += 1
        left += rng.expovariate(1)
    return count
