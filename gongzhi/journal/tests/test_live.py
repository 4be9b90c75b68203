"""Watchers get what is for their eyes, in order, each event once; a slow one holds up nobody."""

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import NOON
from gongzhi.access.roles import Can
from gongzhi.journal import live, stream
from gongzhi.journal.live import Hub, Subject, sight_of, wire_text
from gongzhi.journal.record import record
from tests.settled import wait_until_settled

pytestmark = pytest.mark.django_db(transaction=True)

# Areas stand for cases here; an area whose name is in this list concerns its unit.
CONCERNED: dict[int, frozenset[str]] = {}


def parties(events):
    return {e.pk: CONCERNED.get(e.subject_id, frozenset()) for e in events}


SUBJECTS = {"area": Subject(Can.SEE_CASES, parties)}


@pytest.fixture(autouse=True)
def _nobody_concerned():
    CONCERNED.clear()


def happen(area, **facts):
    with transaction.atomic():
        event = record("areas.tested", about=area, by=None, at=NOON, area_path=area.path, **facts)
    wait_until_settled()
    return event


def in_thread(work):
    """The blocking work as a coroutine that leaves no connection open."""

    def closing(*args, **kwargs):
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return partial(asyncio.to_thread, closing)


happens = in_thread(happen)


@asynccontextmanager
async def open_hub():
    hub = Hub(SUBJECTS, pause=0.02)
    try:
        yield hub
    finally:
        await hub.close()


def subjects_in(text: bytes) -> list[int]:
    lines = text.decode().splitlines()
    return [json.loads(line[6:])["id"] for line in lines if line.startswith("data: ")]


async def everything(watcher, *, quiet: float = 0.3) -> list[int]:
    """What the watcher gets until nothing comes for a while."""
    found = []
    while text := await watcher.take(seconds=quiet):
        found += subjects_in(text)
    return found


def test_each_hears_of_their_own_area_only(chen, gu, qian, grid_1, far_grid):
    async def story():
        async with open_hub() as hub:
            people = [chen, gu, qian]
            sights = [await in_thread(sight_of)(p, SUBJECTS) for p in people]
            watchers = [await hub.join(sight) for sight in sights]
            await happens(grid_1)
            await happens(far_grid)
            return [await everything(watcher) for watcher in watchers]

    west, east, both = asyncio.run(story())
    assert (west, east, both) == ([grid_1.pk], [far_grid.pk], [grid_1.pk, far_grid.pk])


def test_a_unit_hears_of_what_was_given_to_it_and_of_nothing_else(wu, lighting, grid_1, grid_2):
    CONCERNED[grid_2.pk] = frozenset({f"u:{lighting.pk}"})

    async def story():
        async with open_hub() as hub:
            watcher = await hub.join(await in_thread(sight_of)(wu, SUBJECTS))
            await happens(grid_1)
            await happens(grid_2)
            return await everything(watcher)

    assert asyncio.run(story()) == [grid_2.pk]


def test_residents_and_administrators_have_nothing_to_watch(wang, guan):
    assert sight_of(wang, SUBJECTS) is None
    assert sight_of(guan, SUBJECTS) is None


def test_events_about_other_things_stay_inside(qian, grid_1, lighting):
    async def story():
        async with open_hub() as hub:
            watcher = await hub.join(await in_thread(sight_of)(qian, SUBJECTS))
            await in_thread(other)()
            await happens(grid_1)
            return await everything(watcher)

    def other():
        with transaction.atomic():
            record("units.tested", about=lighting, by=None, at=NOON, area_path=grid_1.path)

    assert asyncio.run(story()) == [grid_1.pk]


def test_nothing_of_the_facts_and_nobody_is_named_on_the_wire(li, grid_1):
    with transaction.atomic():
        event = record("areas.tested", about=grid_1, by=li, at=NOON, phone="100", who=li.pk)
    event.refresh_from_db()
    fields = dict(line.split(": ", 1) for line in wire_text(event).decode().strip().split("\n"))
    assert fields["id"] == f"{event.xact}-{event.pk}"
    assert fields["event"] == "event"
    assert json.loads(fields["data"]) == {
        "name": "areas.tested",
        "kind": "area",
        "id": grid_1.pk,
        "at": "2026-03-04T12:00:00.000+08:00",
        "area": "",
    }


def test_who_comes_back_gets_what_was_missed_and_then_what_comes_once_each(qian, grid_1, grid_2):
    async def story():
        async with open_hub() as hub:
            sight = await in_thread(sight_of)(qian, SUBJECTS)
            first = await happens(grid_1)
            since = await in_thread(lambda: stream.place_of(refreshed(first)))()
            for area in (grid_2, grid_1, grid_2):
                await happens(area)
            watcher = await hub.join(sight)
            # Happens after joining and before catching up: must come once, by one of the two ways.
            await happens(grid_1)
            await asyncio.sleep(0.1)
            missed = subjects_in(b"".join(await hub.missed(watcher, since)))
            return missed + await everything(watcher)

    assert asyncio.run(story()) == [grid_2.pk, grid_1.pk, grid_2.pk, grid_1.pk]


def test_catching_up_keeps_to_what_is_for_these_eyes(gu, grid_1, far_grid):
    async def story():
        async with open_hub() as hub:
            start = await in_thread(stream.now_at)()
            await happens(grid_1)
            await happens(far_grid)
            watcher = await hub.join(await in_thread(sight_of)(gu, SUBJECTS))
            return subjects_in(b"".join(await hub.missed(watcher, start)))

    assert asyncio.run(story()) == [far_grid.pk]


def test_a_page_of_events_is_no_limit_to_catching_up(qian, grid_1, monkeypatch):
    monkeypatch.setattr(live, "PAGE", 2)

    async def story():
        async with open_hub() as hub:
            start = await in_thread(stream.now_at)()
            for _ in range(5):
                await happens(grid_1)
            watcher = await hub.join(await in_thread(sight_of)(qian, SUBJECTS))
            return subjects_in(b"".join(await hub.missed(watcher, start)))

    assert len(asyncio.run(story())) == 5


@pytest.mark.parametrize(("behind", "told"), [(3, True), (4, False)])
def test_who_is_too_far_behind_is_told_to_start_anew(qian, grid_1, monkeypatch, behind, told):
    monkeypatch.setattr(live, "TOO_OLD", 3)

    async def story():
        async with open_hub() as hub:
            start = await in_thread(stream.now_at)()
            for _ in range(behind):
                await happens(grid_1)
            watcher = await hub.join(await in_thread(sight_of)(qian, SUBJECTS))
            return await hub.missed(watcher, start)

    assert (asyncio.run(story()) is not None) is told


def test_a_place_ahead_of_the_journal_is_of_another_journal(qian, grid_1):
    async def story():
        async with open_hub() as hub:
            await happens(grid_1)
            watcher = await hub.join(await in_thread(sight_of)(qian, SUBJECTS))
            return await hub.missed(watcher, stream.Cursor(watcher.last.xact, watcher.last.id + 7))

    assert asyncio.run(story()) is None


def test_a_slow_watcher_is_dropped_and_the_others_are_not(qian, chen, grid_1, monkeypatch):
    monkeypatch.setattr(live, "IN_HAND", 3)

    async def story():
        async with open_hub() as hub:
            sight = partial(in_thread(sight_of), subjects=SUBJECTS)
            slow, quick = await hub.join(await sight(qian)), await hub.join(await sight(chen))
            got = []
            for _ in range(5):
                await happens(grid_1)
                got += subjects_in(await quick.take(seconds=2))
            return slow.dropped, quick.dropped, got, await slow.take(seconds=1)

    slow, quick, got, last = asyncio.run(story())
    assert slow is True
    assert last == b""
    assert quick is False
    assert got == [grid_1.pk] * 5


def test_a_quiet_watcher_keeps_its_place_near_the_end(gu, grid_1):
    async def story():
        async with open_hub() as hub:
            watcher = await hub.join(await in_thread(sight_of)(gu, SUBJECTS))
            event = await happens(grid_1)
            assert await watcher.take(seconds=0.2) == b""
            return hub.come_to(watcher).id, event.pk

    came, happened = asyncio.run(story())
    assert came == happened


def test_a_database_that_goes_away_delays_and_loses_nothing(qian, grid_1, monkeypatch):
    monkeypatch.setattr(live, "WAIT_AFTER_FAILURE", 0.05)
    real, broken = stream.after, []

    def sometimes(cursor, *, most):
        if len(broken) < 2:
            broken.append(1)
            raise DatabaseError("away")
        return real(cursor, most=most)

    async def story():
        async with open_hub() as hub:
            sight = await in_thread(sight_of)(qian, SUBJECTS)
            watcher = await hub.join(sight)
            monkeypatch.setattr(stream, "after", sometimes)
            await happens(grid_1)
            return await everything(watcher, quiet=1), hub.healthy

    assert asyncio.run(story()) == ([grid_1.pk], True)
    assert len(broken) == 2


def refreshed(event):
    event.refresh_from_db()
    return event
