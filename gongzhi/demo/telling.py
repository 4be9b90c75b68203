"""How the demo's cases go: who takes each step, how long it takes, what goes wrong."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from gongzhi.access.models import Person, Unit
from gongzhi.calendars.rules import Calendar, worked
from gongzhi.cases.words import ReturnGround, Source, Status
from gongzhi.catalogue.words import Grade, Tier
from gongzhi.demo import phrases as words
from gongzhi.demo.people import Cast
from gongzhi.demo.phrases import Phrases
from gongzhi.demo.rhythm import DESK, ROUND, Rhythm
from gongzhi.demo.spots import Spot
from gongzhi.demo.stories import NotYet, Reporter, Story

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DECLINED, RETURNED, REWORKED, LATE = 0.025, 0.055, 0.04, 0.05
STARS = [1, 2, 3, 4, 5]
STAR_WEIGHTS = [0.02, 0.03, 0.08, 0.25, 0.62]

Recipient = Person | Unit


class Teller:
    """Lets one case after the other happen; the same seed tells the same stories."""

    def __init__(
        self, cast: Cast, phrases: Phrases, rhythm: Rhythm, calendar: Calendar, rng: Random
    ) -> None:
        self._cast, self._phrases, self._rhythm = cast, phrases, rhythm
        self._calendar, self._rng = calendar, rng

    def tell(self, story: Story, others: list[Reporter], *, stuck: bool) -> None:
        """Let the case run until it ends or reaches the present."""
        with suppress(NotYet):
            self._run(story, stuck=stuck)
        self._voices(story, others)

    def tell_until(self, story: Story, last: Status, *, by_worker: bool = False) -> None:
        """A case of today: led straight to a status, its steps spread over the time it had."""
        spot, rng = story.start.spot, self._rng
        desk = self._desk(spot)
        steps: list[Callable[[datetime], None]] = []
        if not story.start.known and last != Status.REPORTED:
            steps.append(lambda at: story.classify(desk, at))
        if last == Status.DECLINED:
            ground = rng.choice(list(words.DECLINES))
            answer = rng.choice(words.DECLINES[ground])
            steps.append(lambda at: story.decline(desk, at, ground, answer))
        elif last != Status.REPORTED:
            worker = self._cast.grid_workers[spot.grid.pk]
            to, by = (worker, worker) if by_worker else self._hands(story)
            opinion = self._opinion(to)
            note = self._phrases.note(story.start.item, spot.place, rng)
            why = self._phrases.give_back(story.start.item, ReturnGround.PLACE_UNCLEAR, rng)
            steps.append(lambda at: story.dispatch(desk, at, to, opinion))
            rest: list[tuple[Status, Callable[[datetime], None]]] = [
                (Status.ACCEPTED, lambda at: story.accept(by, at)),
                (Status.HANDLED, lambda at: story.handle(by, at, note)),
                (Status.CHECKED, lambda at: story.approve(desk, at, words.CHECKS_GOOD[0])),
                (Status.CLOSED, lambda at: story.close(desk, at)),
            ]
            if last == Status.RETURNED:
                steps.append(lambda at: story.give_back(by, at, ReturnGround.PLACE_UNCLEAR, why))
            elif last != Status.DISPATCHED:
                reached = [status for status, _step in rest].index(last)
                steps += [step for _status, step in rest[: reached + 1]]
        self._spread(story, steps)

    def _spread(self, story: Story, steps: list[Callable[[datetime], None]]) -> None:
        had = story.now - story.start.at
        shares = sorted(self._rng.uniform(0.08, 0.94) for _ in steps)
        for share, step in zip(shares, steps, strict=True):
            step(story.start.at + had * share)

    def _run(self, story: Story, *, stuck: bool) -> None:
        rng, start, urgent = self._rng, story.start, story.start.item.grade == Grade.URGENT
        desk = self._desk(start.spot)
        at = start.at
        if rng.random() < DECLINED and start.source in {Source.POCKET, Source.HOTLINE}:
            ground = rng.choice(list(words.DECLINES))
            at = self._later(at, 40 * MINUTE, desk=True)
            story.decline(desk, at, ground, rng.choice(words.DECLINES[ground]))
            return
        at = self._later(at, (3 if urgent else 11) * MINUTE, desk=True, urgent=urgent)
        if not start.known:
            story.classify(desk, at)
            at += timedelta(seconds=rng.randint(15, 90))
        if rng.random() < RETURNED:
            at = self._there_and_back(story, desk, at)
        to, by = self._hands(story)
        story.dispatch(desk, at, to, self._opinion(to))
        at = self._later(at, (5 if urgent else 24) * MINUTE, urgent=urgent)
        story.accept(by, at)
        if not stuck:
            self._finish(story, desk, by, at)

    def _there_and_back(self, story: Story, desk: Person, at: datetime) -> datetime:
        """Sent to the wrong body, which returns it; the time at which it is sent again."""
        to, by = self._wrong_hands(story)
        ground = self._rng.choices(list(ReturnGround), [5, 3, 2, 1, 2])[0]
        story.dispatch(desk, at, to, self._opinion(to))
        at = self._later(at, 90 * MINUTE)
        reason = self._phrases.give_back(story.start.item, ground, self._rng)
        story.give_back(by, at, ground, reason)
        return self._later(at, 20 * MINUTE, desk=True)

    def _finish(self, story: Story, desk: Person, by: Person, at: datetime) -> None:
        rng, item, place = self._rng, story.start.item, story.start.spot.place
        at = self._done(story, at)
        story.handle(by, at, self._phrases.note(item, place, rng))
        at = self._later(at, 70 * MINUTE, desk=True)
        if rng.random() < REWORKED:
            story.rework(desk, at, rng.choice(words.CHECKS_BAD))
            at = self._later(at, 4 * HOUR)
            story.handle(by, at, self._phrases.note(item, place, rng))
            at = self._later(at, 90 * MINUTE, desk=True)
        story.approve(desk, at, rng.choice(words.CHECKS_GOOD) if rng.random() < 0.4 else "")
        at = self._later(at, 15 * MINUTE, desk=True)
        story.close(desk, at)
        public = story.start.source in {Source.POCKET, Source.HOTLINE}
        if public and rng.random() < 0.4:
            at = self._later(at, 6 * HOUR, desk=True)
            stars = rng.choices(STARS, STAR_WEIGHTS)[0]
            story.rate(at, stars, rng.choice(words.PRAISE[stars]))

    def _done(self, story: Story, at: datetime) -> datetime:
        """When it is handled: mostly well inside its limit, now and then too late."""
        due_at, rng = story.start.due_at, self._rng
        left = max(due_at - at, 30 * MINUTE)
        if rng.random() < LATE:
            return self._rhythm.after(due_at, 9 * HOUR, ROUND, 0.8)
        share = min(rng.betavariate(1.3, 2.4), 0.93)
        if story.start.item.grade == Grade.URGENT:
            return at + left * share
        done = self._rhythm.after(at + left * share, MINUTE, ROUND, 0.3)
        # A night waited for must not make late what was in time.
        if done > due_at and worked(at, due_at, self._calendar) > timedelta():
            done = at + left * min(share, 0.6)
        return max(done, at + 5 * MINUTE)

    def _later(
        self, at: datetime, median: timedelta, *, desk: bool = False, urgent: bool = False
    ) -> datetime:
        hours = None if urgent else (DESK if desk else ROUND)
        return self._rhythm.after(at, median, hours, 0.7)

    def _voices(self, story: Story, others: list[Reporter]) -> None:
        """“Me too” of neighbours and what the reporter adds, while the case is open."""
        rng, start = self._rng, story.start
        ended = story.fields.get("ended_at") or story.now
        open_for = ended - start.at
        with suppress(NotYet):
            if start.source == Source.POCKET and rng.random() < 0.03:
                story.supplement(start.at + open_for * rng.uniform(0.1, 0.8), _one(rng))
            for other in others:
                story.join(other, start.at + open_for * rng.uniform(0.05, 0.9))
        story.steps.sort(key=lambda step: step.at)

    def _desk(self, spot: Spot) -> Person:
        """Who dispatches and checks: the sub-district's desk, sometimes the district's."""
        _grid, _community, township, district = spot.areas
        where = district if self._rng.random() < 0.08 else township
        return self._rng.choice(self._cast.dispatchers[where.pk])

    def _hands(self, story: Story) -> tuple[Recipient, Person]:
        """(to whom it is dispatched, who accepts it)."""
        cast, rng, item, spot = self._cast, self._rng, story.start.item, story.start.spot
        worker = cast.grid_workers[spot.grid.pk]
        if item.tier == Tier.GRID or (story.start.source == Source.PATROL and rng.random() < 0.35):
            return worker, worker
        for area in spot.areas:
            unit = cast.units.get((item.lead, area.pk))
            if unit is not None and unit.pk in cast.staff:
                return unit, cast.staff[unit.pk]
        community = spot.areas[1]
        if item.tier == Tier.COMMUNITY and rng.random() < 0.4:
            return worker, worker
        unit = cast.units["community", community.pk]
        return unit, cast.community_workers[community.pk]

    def _wrong_hands(self, story: Story) -> tuple[Recipient, Person]:
        """A body that is there, but does not look after such things."""
        cast, right = self._cast, story.start.item.lead
        around = {area.pk for area in story.start.spot.areas}
        wrong = [
            unit
            for unit in cast.units.values()
            if unit.pk in cast.staff and unit.area_id in around and unit.kind != right
        ]
        unit = self._rng.choice(wrong)
        return unit, cast.staff[unit.pk]

    def _opinion(self, to: Recipient) -> str:
        if self._rng.random() < 0.5:
            return ""
        return self._rng.choice(words.OPINIONS).format(unit=to.name)


def _one(rng: Random) -> str:
    return rng.choice(words.SUPPLEMENTS)
