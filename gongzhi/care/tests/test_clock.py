"""The silence clock: when it raises, what it forgives, what it never counts."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.care.rules.clock import Heard, SilenceClock
from gongzhi.care.rules.homes import Homes
from gongzhi.care.rules.ladder import CloseCode
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY, HOUR
from gongzhi.care.tests.lives import MONDAY, played, usual_days

NOTICE, ALARM = 0, 1
DAYS = 40
EVENTS = usual_days(DAYS)
END = (MONDAY + DAYS) * DAY
HOURS = st.floats(0.05, 30)


def at_noon() -> SilenceClock:
    """A clock that knows its person, at noon of the day after; the last event was just now."""
    clock, _ = played(EVENTS, until=END)
    noon = END + 12 * HOUR
    clock.advance(noon)
    clock.hear(0, noon, INTERIOR)
    return clock


LEARNT = at_noon()
NOON = END + 12 * HOUR


def silent_hours(clock: SilenceClock) -> list[float]:
    """Hours from now on until each level is reached, in order."""
    return [(alarm.at - NOON) / HOUR for alarm in clock.copy_of(0).advance(NOON + 6 * DAY)]


def test_a_usual_life_raises_nothing():
    _, found = played(EVENTS)
    assert [alarm for alarm in found if alarm.level == ALARM] == []


def test_a_cold_home_raises_after_ten_hours_by_day_and_later_at_night():
    morning = MONDAY * DAY + 8 * HOUR
    _, found = played([(morning, INTERIOR)], until=morning + 3 * DAY)
    assert [(a.level, round((a.at - morning) / HOUR, 1)) for a in found] == [(0, 8.0), (1, 10.0)]
    evening = MONDAY * DAY + 21 * HOUR
    _, found = played([(evening, INTERIOR)], until=evening + 3 * DAY)
    assert (found[-1].at - evening) / HOUR == pytest.approx(
        10 + (13.9 - 1.391 - 9 * 0.348) / 1.391, abs=0.001
    )


def test_silence_by_day_is_noticed_first_and_raised_later():
    notice, alarm = silent_hours(LEARNT)
    assert 2 < notice < alarm < 12


def test_each_level_of_a_silence_is_raised_once_with_all_that_it_rests_on():
    found = LEARNT.copy_of(0).advance(NOON + 6 * DAY)
    assert [alarm.level for alarm in found] == [NOTICE, ALARM]
    for alarm in found:
        assert alarm.since == NOON
        assert alarm.q >= alarm.theta_q - 0.01 or alarm.e >= alarm.theta_e - 0.01
        assert alarm.q < alarm.theta_q + 0.1 or alarm.e < alarm.theta_e + 0.1


def test_an_event_ends_the_silence_and_says_which_levels_it_had_reached():
    clock = LEARNT.copy_of(0)
    clock.advance(NOON + 2 * DAY)
    ended = clock.hear(0, NOON + 2 * DAY, INTERIOR)
    assert ended == Heard(0, 2, NOON, NOON + 2 * DAY, INTERIOR)
    assert clock.hear(0, NOON + 2 * DAY + 100, INTERIOR) is None


@given(HOURS, st.floats(0, 86_399))
def test_more_events_never_bring_an_alarm_forward(hours, clock_time):
    """Of the same kind; an event of another kind is news about where the person is."""
    clock = LEARNT.copy_of(0)
    start = NOON + clock_time
    clock.advance(start)
    clock.hear(0, start, INTERIOR)
    before = [clock.deadline(0, level) for level in (NOTICE, ALARM)]
    if start + hours * HOUR < before[NOTICE]:
        clock.hear(0, start + hours * HOUR, INTERIOR)
        after = [clock.deadline(0, level) for level in (NOTICE, ALARM)]
        assert after[NOTICE] >= before[NOTICE] - 1
        assert after[ALARM] >= before[ALARM] - 1


@given(st.lists(st.floats(0, 59.9), max_size=5))
def test_events_of_one_kind_within_a_minute_are_one(offsets):
    clock = LEARNT.copy_of(0)
    later = NOON + 3 * HOUR
    clock.hear(0, later, INTERIOR)
    slots = clock.homes.slots.copy()
    for offset in sorted(offsets):
        clock.hear(0, later + offset, INTERIOR)
    assert (clock.homes.slots == slots).all()
    assert clock.homes.kept.item(0) == later
    assert clock.homes.last.item(0) == later + max(offsets, default=0)


def test_the_heap_is_only_a_promise_and_deadlines_are_checked_again():
    clock = LEARNT.copy_of(0)
    for n in range(1, 12):
        clock.hear(0, NOON + n * HOUR, INTERIOR)
    assert clock.due(NOON + 12 * HOUR) == []
    assert len(clock._heap) <= 2


def test_many_homes_are_guarded_apart():
    clock = SilenceClock(Homes(3), first_day=MONDAY)
    morning = MONDAY * DAY + 8 * HOUR
    for home in range(3):
        clock.hear(home, morning + home * HOUR, INTERIOR)
    clock.hear(1, morning + 5 * HOUR, INTERIOR)
    found = clock.advance(morning + 12.5 * HOUR)
    assert sorted((alarm.home, alarm.level) for alarm in found) == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert [alarm.at for alarm in found] == sorted(alarm.at for alarm in found)


# ── what is never silence ─────────────────────────────────────────────────


@given(st.floats(0.1, 3), st.floats(0.1, 1.9))
def test_offline_time_adds_no_silence(before, blind):
    clock = LEARNT.copy_of(0)
    off, on = NOON + before * HOUR, NOON + (before + blind) * HOUR
    clock.set_share(0, off, 0.0)
    assert clock.deadline(0, ALARM) == inf
    assert clock.silence(0, on) == pytest.approx(clock.silence(0, off))
    clock.set_share(0, on, 1.0)
    assert clock.silence(0, on) == pytest.approx(clock.silence(0, off))
    assert clock.deadline(0, ALARM) > LEARNT.deadline(0, ALARM)


def test_a_home_found_offline_late_is_dated_back_to_its_last_sign_of_life():
    clock = LEARNT.copy_of(0)
    clock.advance(NOON + 3 * HOUR)
    clock.set_share(0, NOON + HOUR, 0.0)
    assert clock.silence(0, NOON + 3 * HOUR)[1] == pytest.approx(1.0)
    assert clock.advance(NOON + 4 * DAY) == []


def test_after_a_long_blind_spell_silence_begins_anew():
    clock = LEARNT.copy_of(0)
    clock.set_share(0, NOON + 2 * HOUR, 0.0)
    clock.set_share(0, NOON + 26 * HOUR, 1.0)
    assert clock.silence(0, NOON + 26 * HOUR) == (0.0, 0.0)
    assert silent_hours(clock)[-1] > 26


def test_with_fewer_devices_silence_counts_for_less():
    clock = LEARNT.copy_of(0)
    clock.set_share(0, NOON, 0.5)
    assert clock.silence(0, NOON + 4 * HOUR)[1] == pytest.approx(1.0)
    assert clock.deadline(0, ALARM) > LEARNT.deadline(0, ALARM)


def test_while_a_heartbeat_is_overdue_no_alarm_is_raised_and_then_it_is():
    clock = LEARNT.copy_of(0)
    due = clock.deadline(0, NOTICE)
    clock.beat(0, due - 1.5 * HOUR, HOUR)
    assert clock.advance(due + HOUR) == []
    clock.beat(0, due + HOUR, HOUR)
    found = clock.advance(due + 1.2 * HOUR)
    assert (found[0].level, found[0].at) == (NOTICE, due)


def test_late_data_changes_no_deadline():
    clock = LEARNT.copy_of(0)
    before = clock.deadline(0, ALARM)
    clock.hear(0, NOON - 2 * HOUR, ENTRANCE)
    assert clock.deadline(0, ALARM) == before
    assert clock.homes.kind.item(0) == INTERIOR


# ── what it learns from ───────────────────────────────────────────────────


def theta_after(code: CloseCode) -> np.ndarray:
    """Thresholds after a silence of 20 hours that was closed with the code."""
    clock = LEARNT.copy_of(0)
    clock.advance(NOON + 20 * HOUR)
    ended = clock.hear(0, NOON + 20 * HOUR, INTERIOR)
    clock.close(ended, code)
    return clock.homes.theta[0].copy()


def test_only_normal_life_feeds_the_tail():
    usual = LEARNT.homes.theta[0]
    assert (theta_after(CloseCode.FALSE_NORMAL)[ALARM] > usual[ALARM]).all()
    for code in (CloseCode.TRUE_ABSENCE, CloseCode.DEVICE, CloseCode.DUPLICATE, CloseCode.TEST):
        assert (theta_after(code) == usual).all()


def test_after_true_help_the_home_is_watched_more_closely():
    usual = LEARNT.homes.theta[0]
    after = theta_after(CloseCode.TRUE_HELP)
    assert after[ALARM, 0] < usual[ALARM, 0]
    assert (after[NOTICE] == usual[NOTICE]).all()


def test_a_spoilt_day_and_a_day_with_an_open_case_teach_nothing():
    for spoil in (True, False):
        clock, _ = played(EVENTS, until=END)
        clock.advance(END + 4 * HOUR)
        counts, days = clock.homes.counts.copy(), clock.homes.valid_days.item(0)
        if spoil:
            clock.hear(0, END + 8 * HOUR, INTERIOR)
            clock.spoil(0, MONDAY + DAYS)
        clock.advance(END + DAY + 4 * HOUR)  # without spoil: silent all day, an open case
        assert (clock.homes.counts == counts).all()
        assert clock.homes.valid_days.item(0) == days


def test_a_valid_day_is_learnt_once():
    clock, _ = played(EVENTS, until=END + 4 * HOUR)
    assert clock.homes.valid_days.item(0) == DAYS - 1  # the first began after four in the morning


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_replaying_the_same_events_gives_the_same_alarms(seed):
    events = usual_days(20, seed=seed)[::3]
    _, once = played(events)
    _, again = played(events)
    assert once == again


@settings(max_examples=15)
@given(st.integers(0, 1000), st.floats(15, 19))
def test_a_home_guarded_alone_and_among_others_raises_the_same(seed, day):
    events = usual_days(20, seed=seed)
    cut = (MONDAY + day) * DAY
    alone, first = played([e for e in events if e[0] < cut], until=cut + 2 * DAY)
    together = SilenceClock(Homes(2), first_day=MONDAY)
    found = []
    for at, kind in [e for e in events if e[0] < cut]:
        found += together.advance(at)
        together.hear(1, at, kind)
    found += together.advance(cut + 2 * DAY)
    assert [(a.level, a.at) for a in found] == [(a.level, a.at) for a in first]
    assert alone.homes.valid_days.item(0) == together.homes.valid_days.item(1)


def test_a_home_costs_less_than_eight_kilobytes():
    assert Homes(100).bytes_per_home() < 8000
