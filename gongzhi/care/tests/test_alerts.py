"""From silence to the doorstep: who is called when, who may do what, and how it ends."""

from datetime import timedelta

import pytest

from conftest import NOON
from gongzhi.care import actions
from gongzhi.care.guarding import Guard
from gongzhi.care.models import Absence, Alert, Elder, Step
from gongzhi.care.rules.rates import ENTRANCE
from gongzhi.care.tests.lives import MONDAY, usual_days
from gongzhi.care.times import local_seconds, moment
from gongzhi.care.voice.simulator import CALLS
from gongzhi.care.words import CloseCode, Ground, Outcome, Sensitivity, Tie
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.messages.models import Message as Told
from gongzhi.sensing import actions as sensing
from gongzhi.sensing.models import Device, Reading
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import DeviceKind, Health, What

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = moment(MONDAY * 86400)


@pytest.fixture(autouse=True)
def _quiet():
    CALLS.clear()


@pytest.fixture
def home(world, grid_1):
    return sensing.register_home(
        by=None, code="H001", area=grid_1, address="望湖花园3栋2单元501", at=START
    )


@pytest.fixture
def elder(home, li) -> Elder:
    """A guarded elder with a number of her own and two relatives."""
    elder = actions.enrol(
        by=li,
        home=home,
        name="王秀英",
        phone="10000000001",
        consented_by="self",
        consent_ref="2026-017",
        at=START,
    )
    for n, tie in enumerate((Tie.CHILD, Tie.RELATIVE)):
        actions.add_contact(
            by=li, elder=elder, name=f"亲属{n}", phone=f"1000000010{n}", tie=tie, at=START
        )
    return elder


@pytest.fixture
def devices(home) -> dict[str, Device]:
    """Three contacts and a button on one gateway."""
    gateway, _secret = sensing.register_gateway(by=None, code="gw1", at=START)
    kinds = {
        "door": DeviceKind.ENTRANCE,
        "fridge": DeviceKind.FRIDGE,
        "bath": DeviceKind.BATHROOM,
        "button": DeviceKind.SOS,
    }
    return {
        serial: sensing.register_device(
            by=None, gateway=gateway, serial=serial, home=home, kind=kind, at=START
        )
        for serial, kind in kinds.items()
    }


def work(at) -> None:
    """Everything owed is done."""
    while run_one(at=at):
        pass


def raised(elder, ground=Ground.SILENCE, at=NOON, **given) -> Alert | None:
    return actions.raise_alert(by=None, elder=elder, ground=ground, at=at, **given)


def climb(at) -> list[tuple[str, int]]:
    """The rungs taken at this moment: what and which contact."""
    steps = [actions.take_step(by=None, step=step, at=at) for step in actions.due_steps(at=at)]
    return [(step.call, step.order) for step in steps if step]


# ── consent ───────────────────────────────────────────────────────────────


def test_nobody_is_guarded_without_a_signed_consent(home, li):
    with pytest.raises(NotUnderstood, match="同意书"):
        actions.enrol(by=li, home=home, name="王", consented_by="self", consent_ref=" ", at=NOON)
    with pytest.raises(NotUnderstood):
        actions.enrol(by=li, home=home, name="王", consented_by="son", consent_ref="1", at=NOON)
    assert not Elder.objects.exists()


def test_consent_is_taken_back_as_easily_and_ends_the_guard(elder, li):
    actions.withdraw(by=li, elder=elder, at=NOON)
    assert raised(elder) is None
    assert not Elder.objects.guarded().exists()
    with pytest.raises(NotPossible):
        actions.withdraw(by=li, elder=elder, at=NOON)


def test_only_those_who_guard_there_see_or_change_an_elder(elder, zhao, wang, shen):
    for stranger in (zhao, wang, shen):
        assert not Elder.objects.visible_to(stranger).exists()
        with pytest.raises(NotAllowed):
            actions.withdraw(by=stranger, elder=elder, at=NOON)


def test_those_who_guard_there_see_the_elder(elder, li, sun, chen):
    for guard in (li, sun, chen):
        assert list(Elder.objects.visible_to(guard)) == [elder]


def test_names_and_numbers_are_sealed_and_not_in_the_record(elder):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select name, phone from care_elder")
        assert "王秀英" not in "".join(cursor.fetchone())
    facts = "".join(str(event.facts) for event in Event.objects.all())
    assert "王秀英" not in facts
    assert "10000000001" not in facts


def test_a_setting_needs_a_reason_and_leaves_it_in_the_record(elder, li):
    with pytest.raises(NotUnderstood):
        actions.set_sensitivity(
            by=li, elder=elder, sensitivity=Sensitivity.HIGH, reason="", at=NOON
        )
    actions.set_sensitivity(
        by=li, elder=elder, sensitivity=Sensitivity.HIGH, reason="近日刚出院", at=NOON
    )
    assert Event.objects.get(name="care.sensitivity_set").facts["after"] == "high"


# ── absence ───────────────────────────────────────────────────────────────


def test_an_absence_has_an_end_and_holds_back_silence_but_not_the_button(elder, li):
    with pytest.raises(NotUnderstood):
        actions.begin_absence(by=li, elder=elder, begins_at=NOON, ends_at=NOON, at=NOON)
    away = actions.begin_absence(
        by=li, elder=elder, begins_at=NOON, ends_at=NOON + 48 * HOUR, at=NOON
    )
    assert raised(elder, at=NOON + HOUR) is None
    assert raised(elder, Ground.SOS, at=NOON + HOUR) is not None
    with pytest.raises(NotPossible):
        actions.begin_absence(
            by=li, elder=elder, begins_at=NOON + HOUR, ends_at=NOON + 3 * HOUR, at=NOON
        )
    actions.end_absence(by=li, absence=away, at=NOON + 2 * HOUR)
    assert raised(elder, at=NOON + 3 * HOUR) is not None
    with pytest.raises(NotPossible):
        actions.end_absence(by=li, absence=Absence.objects.get(), at=NOON + 4 * HOUR)


# ── the ladder ────────────────────────────────────────────────────────────


def test_the_ladder_is_climbed_rung_by_rung(elder):
    raised(elder)
    assert climb(NOON) == [("elder", 0)]
    assert climb(NOON + 4 * MINUTE) == []
    assert climb(NOON + 5 * MINUTE) == [("elder", 1)]
    assert climb(NOON + 16 * MINUTE) == [("contact", 0), ("contact", 1)]
    assert climb(NOON + 25 * MINUTE) == [("grid_worker", 0)]
    assert len(CALLS) == 4


def test_a_rung_is_taken_once_however_many_look(elder):
    raised(elder)
    step = actions.due_steps(at=NOON)[0]
    assert actions.take_step(by=None, step=step, at=NOON) is not None
    assert actions.take_step(by=None, step=step, at=NOON) is None
    assert len(CALLS) == 1


def test_a_line_that_is_down_leaves_the_rung_due(elder, monkeypatch):
    raised(elder)

    def down(self, **given):
        raise OSError("no line")

    with monkeypatch.context() as patch:
        patch.setattr("gongzhi.care.voice.simulator.Simulator.call", down)
        assert Guard(at=NOON).climb(at=NOON) == 0
    assert Guard(at=NOON).climb(at=NOON) == 1


def test_key_one_means_safe_and_ends_it(elder):
    alert = raised(elder)
    climb(NOON)
    step = alert.steps.first()
    actions.answer(by=None, step=step, outcome=Outcome.SAFE, at=NOON + MINUTE)
    alert.refresh_from_db()
    assert (alert.close_code, alert.closed_by) == (CloseCode.FALSE_NORMAL, None)
    assert climb(NOON + HOUR) == []
    with pytest.raises(Overtaken):
        actions.answer(by=None, step=step, outcome=Outcome.SAFE, at=NOON + MINUTE)


def test_safe_on_the_phone_does_not_end_a_call_for_help(elder):
    alert = raised(elder, Ground.SMOKE)
    climb(NOON)
    actions.answer(by=None, step=alert.steps.first(), outcome=Outcome.SAFE, at=NOON)
    alert.refresh_from_db()
    assert alert.closed_at is None


def test_one_ground_makes_one_open_alert(elder, li):
    first = raised(elder)
    assert raised(elder, at=NOON + HOUR) is None
    assert raised(elder, is_notice=True) is not None
    actions.close(by=li, alert=first, code=CloseCode.DUPLICATE, at=NOON + HOUR)
    assert raised(elder, at=NOON + 2 * HOUR) is not None


def test_of_two_workers_the_second_is_told(elder, li, sun):
    alert = raised(elder)
    actions.accept(by=li, alert=alert, at=NOON + 30 * MINUTE)
    with pytest.raises(Overtaken):
        actions.accept(by=sun, alert=alert, at=NOON + 31 * MINUTE)
    with pytest.raises(NotPossible):
        actions.arrive(by=sun, alert=alert, at=NOON + 32 * MINUTE)


def test_who_was_sent_already_leaves_the_rung_as_it_was_asked(elder, li):
    alert = raised(elder)
    for step in actions.due_steps(at=NOON + 26 * MINUTE):
        actions.take_step(by=None, step=step, at=NOON + 26 * MINUTE)
    actions.accept(by=li, alert=alert, at=NOON + 27 * MINUTE)
    assert alert.steps.get(call="grid_worker").outcome == Outcome.ASKED


def test_whoever_accepted_looks_even_if_the_home_is_heard_again(elder, li):
    alert = raised(elder)
    actions.accept(by=li, alert=alert, at=NOON + 30 * MINUTE)
    actions.hear_again(by=None, alert=alert, heard_at=NOON + HOUR, late=False, at=NOON + HOUR)
    alert.refresh_from_db()
    assert alert.closed_at is None
    assert alert.heard_at == NOON + HOUR


def test_buffered_events_end_an_alert_as_late_data(elder):
    alert = raised(elder, at=NOON)
    actions.hear_again(by=None, alert=alert, heard_at=NOON - HOUR, late=True, at=NOON + HOUR)
    alert.refresh_from_db()
    assert alert.close_code == CloseCode.LATE_DATA


# ── the whole way ─────────────────────────────────────────────────────────

DAYS = 30
TODAY = START + timedelta(days=DAYS)


@pytest.fixture
def lived(elder, devices) -> None:
    """Thirty usual days, heard long ago."""
    Reading.objects.bulk_create(
        Reading(
            device=devices["door" if kind == ENTRANCE else "fridge"],
            key=str(n),
            at=moment(at),
            received_at=moment(at),
            what=What.OPENED,
            taken=True,
        )
        for n, (at, kind) in enumerate(usual_days(DAYS))
    )
    Device.objects.update(seen_at=TODAY)


def say(serial: str, at, what: What = What.OPENED) -> None:
    message = Message("gw1", serial, f"{serial}{at.timestamp()}", at, what)
    sensing.take_readings(by=None, messages=[message], at=at)


def alive(at) -> None:
    """Every device sends its heartbeat."""
    for serial in ("door", "fridge", "bath", "button"):
        say(serial, at, What.HEARTBEAT)


def test_an_elder_falls_silent_and_somebody_knocks(lived, elder, li):
    """Morning as usual, then nothing: calls, the second relative is out, the worker comes."""
    guard = Guard(at=TODAY + 6 * HOUR)
    for hour in (6.6, 7.2, 8.1):
        say("fridge", TODAY + hour * HOUR)
    at = TODAY + 8.2 * HOUR
    while not Alert.objects.filter(is_notice=False).exists():
        alive(at)
        guard.check_health(at=at)
        guard.look(at=at)
        guard.climb(at=at)
        at += 10 * MINUTE
        assert at < TODAY + 24 * HOUR, "nobody noticed"
    alert = Alert.objects.get(is_notice=False)
    assert alert.raised_at - (TODAY + 8.1 * HOUR) < 10 * HOUR
    assert alert.basis["q"] >= alert.basis["theta_q"] - 0.1 or alert.basis["e"] > 6
    at = alert.raised_at
    for minutes in (5, 10, 15):
        assert guard.climb(at=at + minutes * MINUTE) == 1
    second = alert.steps.get(call="contact", order=1)
    actions.answer(by=None, step=second, outcome=Outcome.NO_ANSWER, at=at + 16 * MINUTE)
    guard.climb(at=at + 25 * MINUTE)
    work(at + 26 * MINUTE)
    case = Case.objects.get()
    assert case.source == "sensor"
    assert "H001" in case.text
    assert "501" not in case.text + case.address
    assert Told.objects.filter(to=li, template="care/knock").count() == 1
    actions.accept(by=li, alert=alert, at=at + 28 * MINUTE)
    guard.climb(at=at + 35 * MINUTE)
    actions.arrive(by=li, alert=alert, at=at + 40 * MINUTE)
    actions.close(
        by=li,
        alert=alert,
        code=CloseCode.TRUE_HELP,
        note="跌倒在卫生间，已送医",
        at=at + 50 * MINUTE,
    )
    before = guard.clock.homes.r[0, 1]
    guard.look(at=at + 51 * MINUTE)
    assert guard.clock.homes.r[0, 1] > before  # watched more closely from now on
    story = Event.objects.filter(kind="alert", subject_id=alert.pk).order_by("id")
    assert [event.name for event in story] == [
        "care.alert_raised",
        *["care.step_taken", "care.step_answered"] * 4,
        "care.step_taken",
        "care.accepted",
        "care.step_taken",
        "care.arrived",
        "care.closed",
    ]
    skipped = alert.steps.get(call="next_worker")
    assert skipped.outcome == Outcome.SKIPPED


def test_a_button_pressed_calls_everybody_at_once(lived, elder, devices):
    say("button", TODAY + 9 * HOUR, What.ALARM)
    work(TODAY + 9 * HOUR)
    alert = Alert.objects.get()
    assert alert.ground == Ground.SOS
    assert not alert.steps.filter(outcome=Outcome.WAITING).exists()
    assert len(CALLS) == 2  # both relatives, by the worker that raised it


def test_a_day_of_buffered_events_at_once_raises_nothing(lived, elder):
    guard = Guard(at=TODAY)
    late = TODAY + 23.9 * HOUR
    for at, kind in usual_days(1, seed=9, first=MONDAY + DAYS):
        say("door" if kind == ENTRANCE else "fridge", moment(at))
    Device.objects.update(seen_at=late)
    guard.look(at=late)
    assert not Alert.objects.filter(ground=Ground.SILENCE, is_notice=False).exists()
    assert not Reading.objects.filter(taken=False).exists()


def test_a_home_whose_devices_are_all_lost_is_blind_and_not_silent(lived, elder):
    guard = Guard(at=TODAY + 8 * HOUR)
    Device.objects.update(seen_at=TODAY + 8 * HOUR)
    say("fridge", TODAY + 8 * HOUR)
    for hours in range(9, 33):
        at = TODAY + hours * HOUR
        guard.check_health(at=at)
        guard.look(at=at)
    assert Device.objects.filter(health=Health.OFFLINE).count() == 4
    assert [alert.ground for alert in Alert.objects.all()] == [Ground.BLIND]


def test_a_guard_that_begins_anew_raises_what_is_due_and_nothing_twice(lived, elder, li):
    say("fridge", TODAY + 8 * HOUR)
    late = TODAY + 22 * HOUR
    Device.objects.update(seen_at=late)
    Guard(at=TODAY + 8.1 * HOUR).look(at=TODAY + 8.1 * HOUR)
    Guard(at=late).look(at=late)
    alert = Alert.objects.get(is_notice=False)
    actions.close(by=li, alert=alert, code=CloseCode.TRUE_ABSENCE, at=late)
    Guard(at=late + HOUR).look(at=late + HOUR)
    assert Alert.objects.filter(is_notice=False).count() == 1


def test_a_home_heard_again_ends_its_own_alert_and_the_guard_learns(lived, elder):
    guard = Guard(at=TODAY + 8 * HOUR)
    say("fridge", TODAY + 8 * HOUR)
    guard.look(at=TODAY + 8 * HOUR)
    late = TODAY + 22 * HOUR
    guard.look(at=late)
    assert Alert.objects.open().filter(is_notice=False).exists()
    before = guard.clock.homes.theta[0, 1, 0]
    say("fridge", late + MINUTE)
    guard.look(at=late + MINUTE)
    alert = Alert.objects.get(is_notice=False)
    assert (alert.close_code, alert.learnt) == (CloseCode.FALSE_NORMAL, True)
    assert guard.clock.homes.theta[0, 1, 0] > before
    assert Step.objects.filter(outcome=Outcome.WAITING).count() == 0


def test_local_seconds_and_moments_are_each_others_inverse():
    assert moment(local_seconds(NOON)) == NOON
    assert local_seconds(NOON) % 86400 == 12 * 3600
