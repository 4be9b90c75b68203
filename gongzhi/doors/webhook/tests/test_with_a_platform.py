"""The contract with another platform, over HTTP with its simulator, both ways."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY, do_what_is_owed
from gongzhi.doors.models import Answer
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.tests.outside import outside
from gongzhi.doors.words import Delivery, Told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def simulator(world, platform, live_server):
    target = ("--key", KEY, "--partner", "city_management", "--target", live_server.url)
    with outside("gongzhi.doors.webhook.simulator", *target) as program:
        platform.url = f"{program.url}/news?from=gongzhi"
        platform.wants = [Told.ACCEPTED, Told.DECLINED]
        platform.save()
        yield program


@pytest.fixture
def case(simulator, matter):
    answer = simulator.control("send", {"event": matter()})
    assert answer["status"] == 200, answer
    return Case.objects.get()


def heard(simulator):
    return list(simulator.control("heard")["heard"].values())


def test_a_person_at_the_platform_passes_a_matter_on_and_reads_what_became_of_it(simulator):
    typed = {"eventTypeCode": "0105", "eventDesc": "路灯不亮两盏", "address": "望湖花园东门"}
    page = simulator.play("report", **typed)
    assert f"收到，案件 {Case.objects.get().number}" in page
    assert "unknown_code" in simulator.play("report", objCode="3499010104099999", **typed)


def test_what_was_subscribed_to_is_sent_and_nothing_else(simulator, case, chen, li, NOON):
    at = now()
    cases.dispatch(by=chen, case=case, to=li, at=at)
    cases.accept(by=li, case=case, at=at)
    do_what_is_owed(at)
    [news] = heard(simulator)
    assert (news["event"], news["case_no"], news["status"]) == ("accepted", case.number, "accepted")
    assert Answer.objects.count() == 1


def test_the_answer_for_the_reporter_goes_along(simulator, case, chen):
    at = now()
    cases.decline(
        by=chen, case=case, ground=DeclineGround.BEYOND_DUTY, answer="属于省级职责。", at=at
    )
    do_what_is_owed(at)
    [news] = heard(simulator)
    assert (news["event"], news["text"]) == ("declined", "属于省级职责。")


def test_without_an_address_nothing_is_owed(simulator, case, platform, chen, li):
    platform.url = ""
    platform.save()
    cases.dispatch(by=chen, case=case, to=li, at=now())
    do_what_is_owed(now())
    assert not Answer.objects.exists()


@shows(Way.HOOK, Fault.AWAY)
@pytest.mark.parametrize("mood", ["down", "forgetful"])
def test_down_for_a_day_or_dropping_the_line_it_hears_once(simulator, case, chen, li, mood):
    at = now()
    cases.dispatch(by=chen, case=case, to=li, at=at)
    simulator.control("mood", {"mood": mood, "times": 0})
    for hour in range(25):
        do_what_is_owed(at + timedelta(hours=hour))
    assert Answer.objects.get().state == Delivery.OWED
    simulator.control("mood", {"mood": "well"})
    do_what_is_owed(at + timedelta(hours=27))
    assert Answer.objects.get().state == Delivery.SENT
    assert len(heard(simulator)) == 1


def test_what_it_refuses_lands_with_a_person_who_sends_it_again(
    simulator, case, chen, li, guan, as_
):
    at = now()
    cases.dispatch(by=chen, case=case, to=li, at=at)
    simulator.control("mood", {"mood": "refusing"})
    for hour in range(10):
        do_what_is_owed(at + timedelta(hours=hour))
    dead = Answer.objects.get()
    assert dead.state == Delivery.DEAD
    assert "unknown event" in as_(guan).get("/desk/doors/answers/").content.decode()
    simulator.control("mood", {"mood": "well"})
    actions.resend(by=guan, answer=dead, at=at + timedelta(hours=11))
    do_what_is_owed(at + timedelta(hours=11))
    assert len(heard(simulator)) == 1


def test_while_it_is_down_one_answer_knocks_for_all(simulator, matter, chen, li):
    for _ in range(10):
        simulator.control("send", {"event": matter()})
    at = now()
    for case in Case.objects.all():
        cases.dispatch(by=chen, case=case, to=li, at=at)
    simulator.control("mood", {"mood": "down"})
    do_what_is_owed(at)
    assert simulator.control("heard")["calls"] == 1
    simulator.control("mood", {"mood": "well"})
    do_what_is_owed(at + timedelta(minutes=1))
    assert len(heard(simulator)) == 10


def test_a_partner_shut_out_hears_nothing_more(simulator, case, platform, chen, li):
    at = now()
    actions.shut_out(by=None, partner=platform, at=at)
    cases.dispatch(by=chen, case=case, to=li, at=at)
    do_what_is_owed(at)
    assert heard(simulator) == []


def test_spoilt_calls_are_refused(simulator, matter):
    for faults, status in (
        ({"signature": "0" * 64}, 401), ({"timestamp": 1_700_000_000}, 401), ({"body": "{"}, 422),
    ):  # fmt: skip
        answer = simulator.control("send", {"event": matter(), "faults": faults})
        assert answer["status"] == status
    assert not Case.objects.exists()
