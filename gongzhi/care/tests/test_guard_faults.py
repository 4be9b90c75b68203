"""Faults the guard survives: jumping clocks, outages of a day, storms, a start in the middle."""

from datetime import timedelta

import pytest

from gongzhi.care import actions
from gongzhi.care.guarding import Guard
from gongzhi.care.models import Alert, Elder, Standing
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.tests.lives import MONDAY, usual_days
from gongzhi.care.times import moment
from gongzhi.care.words import CloseCode, Ground, Sensitivity
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.places.models import Building, Estate
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device, Outage, Reading
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import DeviceKind, What

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = moment(MONDAY * 86400)
DAYS = 18
TODAY = START + timedelta(days=DAYS)
HOMES = 4


@pytest.fixture
def town(world, grid_1, community, li) -> list[Elder]:
    """Four homes of one building that have lived usual days; one meter back-end for all."""
    estate = Estate.objects.create(
        area=community, name="望湖花园", kind="commodity", lng=117.306, lat=31.792
    )
    building = Building.objects.create(estate=estate, name="3栋", floors=6, lng=117.306, lat=31.792)
    meters, _secret = sensing.register_gateway(by=None, code="meters", at=START)
    elders = []
    for n in range(HOMES):
        home = sensing.register_home(
            by=None, code=f"H{n}", area=grid_1, building=building, at=START
        )
        gateway, _secret = sensing.register_gateway(by=None, code=f"gw{n}", at=START)
        devices = {
            serial: sensing.register_device(
                by=None, gateway=gateway, serial=serial, home=home, kind=kind, period=900, at=START
            )
            for serial, kind in (
                ("door", DeviceKind.ENTRANCE),
                ("fridge", DeviceKind.FRIDGE),
                ("button", DeviceKind.SOS),
            )
        }
        sensing.register_device(
            by=None, gateway=meters, serial=f"m{n}", home=home, kind=DeviceKind.METER,
            period=86400, at=START,
        )  # fmt: skip
        _lived(devices, n)
        elders.append(
            actions.enrol(
                by=li, home=home, name=f"老人{n}", phone=f"1000000000{n}",
                consented_by="self", consent_ref=f"{n}", at=START,
            )
        )  # fmt: skip
    Device.objects.update(seen_at=TODAY)
    return elders


def _lived(devices: dict[str, Device], seed: int) -> None:
    Reading.objects.bulk_create(
        Reading(
            device=devices["door" if kind == ENTRANCE else "fridge"],
            key=str(n), at=moment(at), received_at=moment(at), what=What.OPENED, taken=True,
        )
        for n, (at, kind) in enumerate(usual_days(DAYS, seed=seed))
    )  # fmt: skip


def today_of(n: int) -> list[Message]:
    """What home n says on the day after the record."""
    return [
        Message(
            f"gw{n}", "door" if kind == ENTRANCE else "fridge", f"t{at}", moment(at), What.OPENED
        )
        for at, kind in usual_days(1, seed=50 + n, first=MONDAY + DAYS)
    ]


def play(guard: Guard, begin, end, *, speak=(), beat=True, step=10 * MINUTE) -> None:
    """Let time pass: homes in `speak` live on, devices send heartbeats if they can."""
    said = sorted((m for n in speak for m in today_of(n)), key=lambda m: m.at)
    at = begin
    while at < end:
        at += step
        now_said = [m for m in said if at - step < m.at <= at]
        if now_said:
            sensing.take_readings(by=None, messages=now_said, at=at)
        if beat:
            Device.objects.update(seen_at=at)
        guard.check_health(at=at)
        guard.look(at=at)
        guard.climb(at=at)


def silence_alarms() -> int:
    return Alert.objects.filter(ground=Ground.SILENCE, is_notice=False).count()


# ── outages with nobody silent ────────────────────────────────────────────


def test_a_day_without_any_device_makes_one_incident_and_no_alarm(town):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 8 * HOUR, speak=range(HOMES))
    play(guard, TODAY + 8 * HOUR, TODAY + 32 * HOUR, beat=False, step=20 * MINUTE)
    assert silence_alarms() == 0
    assert Outage.objects.filter(building__isnull=False).count() == 1
    outage = Outage.objects.get(building__isnull=False)
    assert outage.homes == HOMES
    assert not Event.objects.filter(name="sensing.health_changed", facts__health="late").exists()


def test_while_an_outage_is_young_no_home_has_a_ticket_of_its_own(town):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 8 * HOUR, speak=range(HOMES))
    play(guard, TODAY + 8 * HOUR, TODAY + 13 * HOUR, beat=False)
    assert Outage.objects.filter(ended_at=None).exists()
    assert not Alert.objects.filter(ground=Ground.BLIND).exists()
    play(guard, TODAY + 13 * HOUR, TODAY + 20 * HOUR, beat=False, step=30 * MINUTE)
    assert Alert.objects.open().filter(ground=Ground.BLIND).count() == HOMES
    Device.objects.update(seen_at=TODAY + 20 * HOUR)
    guard.check_health(at=TODAY + 20 * HOUR)
    assert not Alert.objects.open().filter(ground=Ground.BLIND).exists()
    assert set(Alert.objects.values_list("close_code", flat=True)) == {CloseCode.DEVICE}
    assert not Outage.objects.filter(ended_at=None).exists()


def test_a_day_without_one_gateway_blinds_that_home_alone(town):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 8 * HOUR, speak=range(HOMES))
    at = TODAY + 8 * HOUR
    while at < TODAY + 20 * HOUR:
        at += 20 * MINUTE
        Device.objects.exclude(gateway__code="gw0").update(seen_at=at)
        said = [m for n in range(1, HOMES) for m in today_of(n) if at - 20 * MINUTE < m.at <= at]
        sensing.take_readings(by=None, messages=said, at=at)
        guard.check_health(at=at)
        guard.look(at=at)
    assert silence_alarms() == 0
    blind = Alert.objects.filter(ground=Ground.BLIND)
    assert [alert.elder.home.code for alert in blind] == ["H0"]
    assert [s.call for s in blind.get().steps.all()] == [
        "owner", "elder", "contact", "grid_worker",
    ]  # fmt: skip


def test_a_meter_feed_that_stops_for_two_days_is_no_low_use(town):
    for n in range(HOMES):
        device = Device.objects.get(serial=f"m{n}")
        Reading.objects.bulk_create(
            Reading(
                device=device, key=f"k{d}", at=START + timedelta(days=d, minutes=10),
                received_at=START, what=What.KWH, value=3 + (d % 3) / 10, taken=True,
            )
            for d in range(DAYS)
        )  # fmt: skip
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 48 * HOUR, speak=range(HOMES), step=HOUR)
    assert not Alert.objects.filter(ground=Ground.ELECTRICITY).exists()


def test_a_guard_that_starts_during_an_outage_takes_it_for_no_silence(town):
    Device.objects.update(seen_at=TODAY - 4 * HOUR)
    guard = Guard(at=TODAY + 20 * HOUR)
    guard.check_health(at=TODAY + 20 * HOUR)
    guard.look(at=TODAY + 20 * HOUR)
    assert silence_alarms() == 0


# ── clocks ────────────────────────────────────────────────────────────────


def test_a_clock_that_jumps_a_day_ahead_and_back_raises_nothing(town):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 9 * HOUR, speak=range(HOMES))
    wrong = TODAY + 33 * HOUR
    guard.check_health(at=wrong)  # as the command does whenever a minute seems to have passed
    guard.look(at=wrong)
    assert silence_alarms() == 0
    play(guard, TODAY + 9 * HOUR, TODAY + 15 * HOUR, speak=range(HOMES))
    assert silence_alarms() == 0
    assert Reading.objects.filter(taken=False).count() == 0


def test_a_clock_that_jumps_back_an_hour_loses_and_doubles_nothing(town):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 9 * HOUR, speak=range(HOMES))
    play(guard, TODAY + 8 * HOUR, TODAY + 10 * HOUR, speak=range(HOMES))  # from eight on again
    assert silence_alarms() == 0
    guard.tell_standings(at=TODAY + 10 * HOUR)
    assert Standing.objects.count() == HOMES


# ── storms and starts ─────────────────────────────────────────────────────


def test_a_button_that_bounces_a_hundred_times_is_one_alert(town):
    at = TODAY + 9 * HOUR
    storm = [Message("gw1", "button", f"s{n}", at, What.ALARM) for n in range(100)]
    sensing.take_readings(by=None, messages=storm, at=at)
    while run_one(at=at, called="care.raise_the_alert"):
        pass
    assert Alert.objects.filter(ground=Ground.SOS).count() == 1
    assert Alert.objects.get().steps.exclude(taken_at=None).count() == 3


def test_the_guard_takes_up_an_enrolment_and_a_setting_without_starting_again(town, li, grid_1):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 6 * HOUR, speak=range(HOMES))
    assert guard.keep_up(at=TODAY + 6 * HOUR)
    guard.tell_standings(at=TODAY + 6 * HOUR)
    before = Standing.objects.get(elder=town[0])
    actions.set_sensitivity(
        by=li, elder=town[0], sensitivity=Sensitivity.HIGH, reason="刚刚出院", at=TODAY + 6 * HOUR
    )
    home = sensing.register_home(by=None, code="H9", area=grid_1, at=TODAY)
    actions.enrol(
        by=li, home=home, name="新来的", consented_by="self", consent_ref="9", at=TODAY + 6 * HOUR
    )
    actions.withdraw(by=li, elder=town[3], at=TODAY + 6 * HOUR)
    assert guard.keep_up(at=TODAY + 6 * HOUR)
    guard.tell_standings(at=TODAY + 6 * HOUR)
    after = Standing.objects.get(elder=town[0])
    assert after.last_at == before.last_at
    assert after.alarm_at < before.alarm_at  # watched more closely
    assert Standing.objects.filter(elder__home=home).exists()
    play(guard, TODAY + 6 * HOUR, TODAY + 30 * HOUR, step=HOUR)
    assert not Alert.objects.filter(elder=town[3]).exists()
    assert Alert.objects.filter(elder=town[0], ground=Ground.SILENCE).exists()


def test_what_was_learnt_from_a_closed_alert_is_learnt_again_at_the_next_start(town, li):
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 8 * HOUR, speak=range(HOMES))
    play(guard, TODAY + 8 * HOUR, TODAY + 24 * HOUR, step=30 * MINUTE)
    alert = Alert.objects.filter(elder=town[0], ground=Ground.SILENCE, is_notice=False).get()
    actions.close(by=li, alert=alert, code=CloseCode.FALSE_NORMAL, at=TODAY + 24 * HOUR)
    guard.look(at=TODAY + 24 * HOUR)
    row = guard.row[town[0].home_id]
    learnt = guard.clock.thresholds(row, 1)
    anew = Guard(at=TODAY + 24 * HOUR)
    assert anew.clock.thresholds(anew.row[town[0].home_id], 1) == pytest.approx(learnt, rel=0.02)


def test_after_true_help_a_home_is_watched_more_closely_also_after_a_start(town, li):
    alert = actions.raise_alert(by=None, elder=town[0], ground=Ground.SILENCE, at=TODAY)
    actions.close(by=li, alert=alert, code=CloseCode.TRUE_HELP, note="跌倒送医", at=TODAY + HOUR)
    while run_one(at=TODAY + HOUR, called="care.watch_more_closely"):
        pass
    town[0].refresh_from_db()
    assert town[0].sensitivity == Sensitivity.MEDIUM
    guard = Guard(at=TODAY + HOUR)
    assert guard.clock.homes.r[guard.row[town[0].home_id], 1] == 1.0


def test_on_trial_everything_is_judged_and_nobody_is_called(town):
    Elder.objects.filter(pk=town[1].pk).update(testing_until=TODAY + 72 * HOUR)
    guard = Guard(at=TODAY)
    play(guard, TODAY, TODAY + 30 * HOUR, step=30 * MINUTE)
    assert not Alert.objects.filter(elder=town[1]).exists()
    held = Event.objects.filter(name="care.held_back", subject_id=town[1].pk)
    assert held.filter(facts__ground="silence", facts__notice=False).count() == 1
