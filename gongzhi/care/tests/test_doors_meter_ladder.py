"""The entrance, the meter and the ladder."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.care.rules.doors import DoorWatch
from gongzhi.care.rules.electricity import Meter, Use, episodes
from gongzhi.care.rules.ladder import (
    LADDER,
    PASS_THROUGH,
    Call,
    CloseCode,
    Ground,
    feeds_tail,
    first_call,
    held_back,
)
from gongzhi.care.rules.rates import ENTRANCE, INTERIOR
from gongzhi.care.rules.silence import DAY, HOUR

NINE = 20_514 * DAY + 9 * HOUR
SHANGHAI = ZoneInfo("Asia/Shanghai")


def signs(watch: DoorWatch, *moments: float) -> list[tuple[Ground, bool, float]]:
    """Everything due at the moments: ground, alarm or not, hours after nine."""
    return [
        (sign.ground, sign.alarm, (sign.at - NINE) / HOUR)
        for at in moments
        for sign in watch.due(NINE + at * HOUR)
    ]


def gone_out(**settings: object) -> DoorWatch:
    watch = DoorWatch()
    watch.watch(0, **settings)
    watch.hear(0, NINE, ENTRANCE)
    return watch


def test_out_for_eight_hours_is_a_notice_and_for_ten_an_alarm():
    found = signs(gone_out(), *range(1, 30))
    assert found == [(Ground.OUT_TOO_LONG, False, 8), (Ground.OUT_TOO_LONG, True, 10)]


def test_whoever_is_seen_inside_is_not_out():
    watch = gone_out()
    watch.hear(0, NINE + HOUR, INTERIOR)
    assert signs(watch, *range(1, 70)) == []


def test_where_nobody_is_seen_inside_nobody_is_out_too_long():
    assert signs(gone_out(sees_inside=False), *range(1, 70)) == []


def test_an_entrance_not_opened_for_three_days_is_a_notice_once():
    watch = gone_out()
    watch.hear(0, NINE + HOUR, INTERIOR)
    assert signs(watch, *range(70, 100)) == [(Ground.UNOPENED, False, 72)]


def test_the_limits_are_the_homes_own():
    found = signs(gone_out(out_notice=2.0, out_alarm=3.0), 1, 2, 3)
    assert [hours for _, _, hours in found] == [2, 3]


@pytest.mark.parametrize(("hour", "tells"), [(0.5, True), (4.9, True), (5.0, False), (23.5, False)])
def test_the_entrance_at_night_is_noticed(hour, tells):
    watch = DoorWatch()
    watch.watch(0)
    sign = watch.hear(0, 20_514 * DAY + hour * HOUR, ENTRANCE)
    assert (sign is not None and sign.ground == Ground.NIGHT_DOOR) is tells


def test_a_door_that_opens_during_absence_is_an_intrusion_and_nobody_is_out_too_long():
    watch = DoorWatch()
    watch.watch(0, absent=True)
    assert watch.hear(0, NINE, ENTRANCE).ground == Ground.INTRUSION
    assert signs(watch, *range(1, 80)) == []


def test_a_home_that_is_not_watched_tells_nothing():
    assert DoorWatch().hear(5, NINE, ENTRANCE) is None


# ── meter ─────────────────────────────────────────────────────────────────


def used_for(days: int) -> Meter:
    """Around five kWh a day, a little more on some days than on others."""
    meter = Meter()
    for n in range(days):
        meter.read(5 + (n * 7 % 11 - 5) * 0.12)
    return meter


def test_nothing_is_said_before_a_month_is_known():
    assert {used_for(n).read(0.4).use for n in range(27)} == {Use.USUAL}


def test_far_less_than_usual_is_low_and_far_more_is_high():
    assert used_for(90).read(1.2).use == Use.LOW
    assert used_for(90).read(12).use == Use.HIGH
    assert used_for(90).read(4.9).use == Use.USUAL


def test_zero_on_a_live_meter_is_an_alarm_and_a_missing_reading_is_not():
    assert used_for(5).read(0.0).use == Use.ZERO
    meter = used_for(90)
    assert meter.read(None).use == Use.MISSING
    assert meter.read(None).use == Use.MISSING_TWICE
    assert meter.read(5.0).use == Use.USUAL


def test_an_alarm_that_was_normal_life_makes_the_next_one_rarer():
    told, untold = used_for(90), used_for(90)
    low = told.read(2.8), untold.read(2.8)
    assert {reading.use for reading in low} == {Use.LOW}
    told.learn_false()
    for meter in (told, untold):
        for n in range(30):
            meter.read(5 + (n * 7 % 11 - 5) * 0.12)
    assert told.read(2.8).low[0] > untold.read(2.8).low[0]


@given(st.lists(st.one_of(st.none(), st.floats(0, 60)), max_size=60))
def test_any_readings_are_judged(readings):
    meter = Meter()
    for kwh in readings:
        use = meter.read(kwh).use
        assert (use in (Use.MISSING, Use.MISSING_TWICE)) == (kwh is None)


def test_days_in_a_row_are_one_episode():
    low, usual = Use.LOW, Use.USUAL
    assert episodes([low, low, usual, low, usual, usual], of=frozenset({low})) == 2


# ── ladder ────────────────────────────────────────────────────────────────


def test_the_slow_ladder_asks_the_elder_twice_then_relatives_then_somebody_knocks():
    rungs = [(rung.after, rung.call) for rung in LADDER[Ground.SILENCE]]
    assert rungs[:6] == [
        (0, Call.ELDER),
        (5, Call.ELDER),
        (10, Call.CONTACT),
        (15, Call.CONTACT),
        (25, Call.GRID_WORKER),
        (35, Call.NEXT_WORKER),
    ]
    assert rungs[-1][1] == Call.POLICE


def test_fire_and_sos_call_everybody_at_once():
    for ground in PASS_THROUGH:
        assert {rung.after for rung in LADDER[ground]} == {0}
        assert LADDER[ground][0].call == Call.ALL_CONTACTS
    assert Call.FIRE in [rung.call for rung in LADDER[Ground.GAS]]
    assert Call.AMBULANCE in [rung.call for rung in LADDER[Ground.SOS]]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_notices_wait_for_the_morning_and_alarms_for_nothing(moment):
    at = moment.replace(tzinfo=SHANGHAI)
    assert first_call(Ground.SILENCE, at, notice=False) == at
    assert first_call(Ground.SOS, at, notice=True) == at
    told = first_call(Ground.SILENCE, at, notice=True)
    assert timedelta() <= told - at <= timedelta(hours=8.5)
    assert told == at or (told.hour, told.minute) == (6, 30)
    assert 6 <= told.hour < 22


def test_absence_holds_back_silence_but_never_fire_and_a_test_mutes_all():
    assert held_back(Ground.SILENCE, absent=True, testing=False)
    assert not held_back(Ground.SMOKE, absent=True, testing=False)
    assert not held_back(Ground.INTRUSION, absent=True, testing=False)
    assert held_back(Ground.SMOKE, absent=False, testing=True)


def test_only_false_normal_feeds_the_tail():
    assert [code for code in CloseCode if feeds_tail(code)] == [CloseCode.FALSE_NORMAL]
