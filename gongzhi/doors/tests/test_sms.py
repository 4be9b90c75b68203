"""Short messages by the gateway: whatever it does, each goes out once or waits for a person."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.words import DeclineGround
from gongzhi.doors import answers, outward, sms
from gongzhi.doors.conftest import KEY, do_what_is_owed
from gongzhi.doors.models import Answer
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.phone import actions
from gongzhi.doors.phone.actions.calls import report_of
from gongzhi.doors.phone.tests.conftest import CALLER, exchange_partner, ring  # noqa: F401
from gongzhi.doors.tests.crowd import CALLS
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.words import Delivery, Door

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "该处为<b>单位</b>内部道路。"


@pytest.fixture
def gateway(settings):
    with outside("gongzhi.doors.sms_simulator", "--key", KEY) as program:
        settings.SMS_URL, settings.SMS_KEY = program.url, KEY
        yield program


@pytest.fixture
def owed(gateway, ring, he, chen):  # noqa: F811 - the fixture
    """A caller who must be told why their matter is not taken on."""
    call, at = ring(), now()
    new = report_of(
        call, text="小区路灯不亮", address="望湖花园", lng=117.306, lat=31.792, item="",
        name="陈芳", phone=CALLER,
    )  # fmt: skip
    case = actions.take_down(by=he, call=call, new=new, at=at)
    cases.decline(by=chen, case=case, ground=DeclineGround.BEYOND_DUTY, answer=WHY, at=at)
    return at


def messages(gateway):
    return list(gateway.control("messages").values())


@shows(Way.SMS, Fault.AWAY, Fault.HTML)
@shows(Way.PHONE, Fault.AWAY)
def test_away_for_a_day_it_gets_the_message_once_and_as_plain_words(gateway, owed):
    gateway.control("mood", {"mood": "down"})
    for hour in range(24):
        do_what_is_owed(owed + timedelta(hours=hour))
    assert (messages(gateway), Answer.objects.get().state) == ([], Delivery.OWED)
    gateway.control("mood", {"mood": "well"})
    for hour in (24, 25, 26):
        do_what_is_owed(owed + timedelta(hours=hour))
    [one] = messages(gateway)
    assert (one["to"], Answer.objects.get().state) == (CALLER, Delivery.SENT)
    assert "<" not in one["text"]


@shows(Way.SMS, Fault.KILLED, Fault.REPLAYED)
def test_we_die_after_handing_it_over_and_it_goes_out_once(gateway, owed, monkeypatch):
    back = answers.BACK[Door.PHONE]

    def send_and_die(answer):
        back.send(answer)
        raise SystemExit

    monkeypatch.setitem(answers.BACK, Door.PHONE, answers.Back(back.wants, send_and_die))
    with pytest.raises(SystemExit):
        do_what_is_owed(owed)
    monkeypatch.undo()
    assert Answer.objects.get().state == Delivery.OWED
    do_what_is_owed(owed + timedelta(minutes=1))
    assert Answer.objects.get().state == Delivery.SENT
    assert len(messages(gateway)) == 1


@shows(Way.SMS, Fault.SIGNATURE, Fault.OLD)
@pytest.mark.parametrize("fault", [Fault.SIGNATURE, Fault.OLD])
def test_a_wrong_key_or_clock_of_ours_ends_with_a_person_who_sends_again(
    gateway, owed, settings, monkeypatch, guan, fault
):
    from gongzhi.doors import actions as doors

    if fault == Fault.SIGNATURE:
        settings.SMS_KEY = "wrong"
    else:
        monkeypatch.setattr(outward.time, "time", lambda: 1_600_000_000.0)
    for hour in range(10):
        do_what_is_owed(owed + timedelta(hours=hour))
    dead = Answer.objects.get()
    assert dead.state == Delivery.DEAD
    assert "401" in dead.last_error
    assert messages(gateway) == []
    settings.SMS_KEY = KEY
    monkeypatch.undo()
    doors.resend(by=guan, answer=dead, at=owed + timedelta(hours=11))
    do_what_is_owed(owed + timedelta(hours=11))
    assert len(messages(gateway)) == 1


ANSWERS = {Fault.MALFORMED: b"<html>", Fault.OVERSIZED: b" " * (outward.MOST + 1)}


@shows(Way.SMS, *ANSWERS)
@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answer_that_is_none_is_no_receipt(settings, monkeypatch, fault):
    settings.SMS_URL, settings.SMS_KEY = "https://sms.example", KEY

    class Answer:
        def read(self, most):
            return ANSWERS[fault][:most]

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(outward._opener, "open", lambda *_args, **_more: Answer())
    with pytest.raises(Unreachable):
        sms.send(CALLER, "路灯已修好", key="1")


def test_a_number_that_is_none_is_never_sent_to_and_long_words_are_cut(gateway):
    with pytest.raises(Refused):
        sms.send("<b>1</b>", "路灯已修好", key="1")
    sms.send(CALLER, "长" * 5000, key="2")
    [one] = messages(gateway)
    assert len(one["text"]) == sms.TEXT_MOST


@shows(Way.SMS, Fault.CROWD)
def test_many_messages_each_handed_over_twice_go_out_once(gateway):
    for n in [*range(CALLS), *range(CALLS)]:
        sms.send(CALLER, "路灯已修好", key=f"answer-{n}")
    assert len(messages(gateway)) == CALLS
