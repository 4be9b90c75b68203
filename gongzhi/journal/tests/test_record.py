"""What happened is on record or did not happen; what is owed for it is done, or shown stuck."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction

from conftest import NOON
from gongzhi.journal import record as journal
from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import STUCK_AFTER, reacts_to, record, run_one, stuck
from gongzhi.kernel.tests.threads import at_once


@pytest.fixture
def heard(monkeypatch) -> list[int]:
    """The events a reaction to "tests.happened" has been called for."""
    monkeypatch.setattr(journal, "REACTIONS", type(journal.REACTIONS)(dict))
    heard: list[int] = []

    @reacts_to("tests.happened", called="tests.listen")
    def listen(event: Event) -> None:
        heard.append(event.pk)

    return heard


def happen(about, **facts) -> Event:
    with transaction.atomic():
        return record("tests.happened", about=about, by=None, at=NOON, **facts)


# ── the record ────────────────────────────────────────────────────────────


def test_an_event_says_what_about_whom_when_and_where(district, guan):
    with transaction.atomic():
        event = record(
            "tests.happened", about=district, by=guan, at=NOON, area_path=district.path, colour="红"
        )
    event.refresh_from_db()
    assert (event.kind, event.subject_id, event.by) == ("area", district.pk, guan)
    assert (event.at, event.area_path, event.facts) == (NOON, district.path, {"colour": "红"})


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(district):
    with pytest.raises(RuntimeError, match="outside an action"):
        record("tests.happened", about=district, by=None, at=NOON)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_neither_event_nor_errand(district, heard):
    def fails() -> None:
        with transaction.atomic():
            record("tests.happened", about=district, by=None, at=NOON)
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fails()
    assert not Event.objects.exists()
    assert not Errand.objects.exists()
    assert not run_one(at=NOON)


# ── errands ───────────────────────────────────────────────────────────────


def test_each_reaction_to_an_event_is_owed_and_done_once(district, heard):
    events = [happen(district), happen(district)]
    while run_one(at=NOON):
        pass
    assert heard == [event.pk for event in events]
    assert not run_one(at=NOON + timedelta(days=9))
    assert {errand.done_at for errand in Errand.objects.all()} == {NOON}


def test_an_event_nobody_reacts_to_owes_nothing(district, heard):
    with transaction.atomic():
        record("tests.ignored", about=district, by=None, at=NOON)
    assert not Errand.objects.exists()


def test_two_reactions_may_not_share_a_name(heard):
    with pytest.raises(RuntimeError, match=r"tests\.listen"):
        reacts_to("tests.happened", called="tests.listen")(lambda event: None)


@pytest.fixture
def failing(heard) -> dict[str, int]:
    """A second reaction that writes an event and then fails as long as "left" is above zero."""
    state = {"left": 99, "calls": 0}

    @reacts_to("tests.happened", called="tests.fail")
    def fail(event: Event) -> None:
        state["calls"] += 1
        record("tests.half_done", about=event, by=None, at=NOON)
        if state["left"] > 0:
            state["left"] -= 1
            raise ValueError("the other side is down")

    return state


def test_a_failing_reaction_keeps_nothing_and_does_not_stop_the_others(district, heard, failing):
    event = happen(district)
    while run_one(at=NOON):
        pass
    assert heard == [event.pk]
    assert not Event.objects.filter(name="tests.half_done").exists()
    errand = Errand.objects.get(reaction="tests.fail")
    assert (errand.tries, errand.done_at) == (1, None)
    assert "the other side is down" in errand.last_error


def test_a_failing_reaction_is_tried_again_later_and_later(district, failing):
    happen(district)
    waits, now = [], NOON
    for _turn in range(STUCK_AFTER):
        while run_one(at=now):
            pass
        errand = Errand.objects.get(reaction="tests.fail")
        waits.append((errand.not_before - now).total_seconds())
        now = errand.not_before
    assert waits == [5, 20, 80, 320, 1280, 3600, 3600, 3600]
    assert failing["calls"] == STUCK_AFTER


def test_a_reaction_that_recovers_is_done_and_its_error_forgotten(district, failing):
    failing["left"] = 2
    happen(district)
    for hours in range(4):
        while run_one(at=NOON + timedelta(hours=hours)):
            pass
    errand = Errand.objects.get(reaction="tests.fail")
    assert (errand.tries, errand.done_at is not None, errand.last_error) == (3, True, "")
    assert Event.objects.filter(name="tests.half_done").count() == 1


def test_what_failed_too_often_is_stuck_and_left_for_a_person(district, failing):
    happen(district)
    for days in range(STUCK_AFTER + 3):
        while run_one(at=NOON + timedelta(days=days)):
            pass
    assert failing["calls"] == STUCK_AFTER
    assert [errand.reaction for errand in stuck()] == ["tests.fail"]


def test_an_errand_whose_reaction_is_gone_does_not_stop_the_others(district, heard):
    event = happen(district)
    Errand.objects.create(event=event, reaction="tests.removed", not_before=NOON)
    while run_one(at=NOON):
        pass
    assert heard == [event.pk]
    assert "tests.removed" in Errand.objects.get(reaction="tests.removed").last_error


def test_an_errand_of_a_worker_that_died_is_taken_up_by_another(district, heard, monkeypatch):
    event = happen(district)
    monkeypatch.setattr(journal, "_do", lambda errand, at: None)  # claimed, then the power went
    assert run_one(at=NOON)
    monkeypatch.undo()
    assert not run_one(at=NOON), "it is still that worker's"
    journal.REACTIONS["tests.happened"]["tests.listen"] = lambda event: heard.append(event.pk)
    try:
        assert run_one(at=NOON + timedelta(minutes=1))
    finally:
        del journal.REACTIONS["tests.happened"]
    assert heard == [event.pk]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_the_same_errand(district, heard):
    events = [happen(district).pk for _ in range(12)]

    def work() -> int:
        done = 0
        while run_one(at=NOON):
            done += 1
        return done

    answers = at_once(work, work, work)
    assert all(isinstance(done, int) for done in answers), answers
    assert sorted(heard) == events


@pytest.mark.django_db(transaction=True)
def test_an_errand_seen_by_two_workers_is_claimed_by_one(district, heard, monkeypatch):
    """Both have read the errand before either claims it: the slower one must find it taken."""
    event = happen(district)
    both_have_read = threading.Barrier(2)

    def slow_timedelta(**how: float) -> timedelta:  # the step between reading and claiming
        both_have_read.wait(10)
        return timedelta(**how)

    monkeypatch.setattr(journal, "timedelta", slow_timedelta)
    assert at_once(lambda: run_one(at=NOON), lambda: run_one(at=NOON)) == [True, True]
    assert heard == [event.pk]
    assert Errand.objects.get().tries == 1


def test_the_worker_drains_what_is_owed(district, heard, monkeypatch):
    monkeypatch.setattr("gongzhi.journal.management.commands.work.now", lambda: NOON)
    event = happen(district)
    call_command("work", drain=True)
    assert heard == [event.pk]


# ── clocks and databases that fail ────────────────────────────────────────


def test_an_errand_recorded_by_a_clock_that_ran_ahead_is_done_at_once(district, heard):
    with transaction.atomic():
        record("tests.happened", about=district, by=None, at=NOON + timedelta(hours=26))
    assert run_one(at=NOON)
    assert len(heard) == 1


def test_a_try_claimed_by_a_clock_that_ran_ahead_is_taken_up_again(district, heard):
    happen(district)
    Errand.objects.update(tries=1, not_before=NOON + timedelta(hours=26))
    assert run_one(at=NOON)
    assert len(heard) == 1


def test_the_usual_wait_after_a_failure_is_kept(district, heard):
    happen(district)
    Errand.objects.update(tries=1, not_before=NOON + timedelta(minutes=5))
    assert not run_one(at=NOON)
    assert run_one(at=NOON + timedelta(minutes=5))


def test_a_worker_outlives_a_database_that_is_away(monkeypatch, district):
    from gongzhi.journal.management.commands import work

    looks = []

    def away(**_given) -> bool:
        looks.append(1)
        if len(looks) < 3:
            raise OperationalError("the database system is starting up")
        raise KeyboardInterrupt  # ends the test, as nothing else would

    monkeypatch.setattr(work, "WAIT_AFTER_FAILURE", 0.01)
    monkeypatch.setattr(work, "run_one", away)
    monkeypatch.setattr(work, "connection", SimpleNamespace(close=lambda: None))
    with pytest.raises(KeyboardInterrupt):
        call_command("work")
    assert len(looks) == 3
