"""Clocks give the same answer for everyone, and give back exactly what a pause took."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.calendars import rules
from gongzhi.calendars.clocks import Clock, Limit, Pause, State, first_due, merged
from gongzhi.calendars.rules import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(
    spans=((time(8, 30), time(12)), (time(14), time(17, 30))),
    holidays=frozenset(date(2026, 10, d) for d in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    published=frozenset({2026}),
)
MONDAY = datetime(2026, 11, 2, 9, tzinfo=ZONE)

moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 20)).map(
    lambda d: d.replace(tzinfo=ZONE)
)
limits = st.builds(Limit, st.integers(1, 40), st.sampled_from(["h", "wh", "wd", "d"]))
spans = st.tuples(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=12)))
pauses = st.lists(spans.map(lambda s: Pause(s[0], "weather", s[0] + s[1])), max_size=4)


@given(moments, limits, pauses)
def test_a_clock_is_never_due_before_it_starts(start, limit, several):
    clock = Clock("handling", start, limit, several)
    assert clock.due(OFFICE, start + timedelta(days=90)) >= start


@given(moments, st.integers(1, 60), spans)
def test_a_pause_gives_back_exactly_the_working_time_it_took(start, hours, span):
    begun, ended = span[0], span[0] + span[1]
    plain = Clock("handling", start, Limit(hours, "wh"))
    due = plain.due(OFFICE, ended)
    paused = Clock("handling", start, Limit(hours, "wh"), [Pause(begun, "weather", ended)])
    lost = rules.worked(max(begun, start), ended, OFFICE) if begun < due else timedelta()
    assert rules.worked(due, paused.due(OFFICE, ended), OFFICE) == lost


@given(moments, limits, pauses)
def test_overlapping_pauses_give_no_minute_back_twice(start, limit, several):
    until = start + timedelta(days=200)
    doubled = Clock("handling", start, limit, [*several, *several])
    assert doubled.due(OFFICE, until) == Clock("handling", start, limit, several).due(OFFICE, until)


@given(pauses, moments)
def test_merged_pauses_are_in_order_and_apart(several, until):
    flat = [t for span in merged(several, until=until) for t in span]
    assert flat == sorted(set(flat))


@given(moments, st.integers(1, 20), st.integers(0, 20), st.sampled_from(["h", "wh", "wd"]))
def test_a_longer_limit_is_never_due_earlier(start, amount, more, unit):
    shorter = Clock("stage", start, Limit(amount, unit)).due(OFFICE, start)
    assert Clock("stage", start, Limit(amount + more, unit)).due(OFFICE, start) >= shorter


@given(moments, limits, limits)
def test_an_extension_never_brings_the_due_time_forward(start, limit, more):
    plain = Clock("handling", start, limit).due(OFFICE, start)
    assert Clock("handling", start, limit, granted=[more]).due(OFFICE, start) >= plain


@given(moments, limits, pauses)
def test_while_a_pause_lasts_the_clock_does_not_run_out(start, limit, several):
    at = start + timedelta(minutes=1)
    lasting = Clock("handling", start, limit, [*several, Pause(start, "waiting for the reporter")])
    assert lasting.state(OFFICE, at) in {State.PAUSED, State.OVERDUE}
    assert lasting.state(OFFICE, at) == State.PAUSED or limit.amount == 0


def test_an_extension_of_ten_working_days_on_five_is_fifteen_working_days():
    extended = Clock("handling", MONDAY, Limit(5, "wd"), granted=[Limit(10, "wd")])
    assert extended.due(OFFICE, MONDAY) == rules.due(MONDAY, 15, "wd", OFFICE)


@pytest.mark.parametrize(
    ("after", "stopped", "state"),
    [
        (timedelta(hours=1), None, State.RUNNING),
        (timedelta(hours=9), None, State.OVERDUE),
        (timedelta(hours=9), timedelta(hours=1), State.MET),
        (timedelta(hours=9), timedelta(hours=8.5), State.MET_LATE),
    ],
)
def test_what_a_clock_of_four_working_hours_shows(after, stopped, state):
    ended = MONDAY + stopped if stopped else None
    clock = Clock("stage", MONDAY, Limit(4, "wh"), stopped=ended)
    assert clock.due(OFFICE, MONDAY) == MONDAY.replace(hour=15)
    assert clock.state(OFFICE, MONDAY + after) == state


def test_a_clock_reminds_when_four_fifths_are_gone():
    clock = Clock("stage", MONDAY, Limit(5, "wh"))
    assert clock.state(OFFICE, clock.reminder(OFFICE, MONDAY)) == State.NEARLY_DUE
    assert clock.reminder(OFFICE, MONDAY) == MONDAY.replace(hour=15)


def test_the_clock_that_runs_out_first_is_the_one_to_watch():
    stage = Clock("stage", MONDAY, Limit(4, "wh"))
    handling = Clock("handling", MONDAY, Limit(7, "wd"))
    done = Clock("response", MONDAY, Limit(1, "wh"), stopped=MONDAY)
    assert first_due([handling, done, stage], OFFICE, MONDAY) == stage
    assert first_due([done], OFFICE, MONDAY) is None
