"""What the desk does with a follower's case, followed through to the telephone it is read on."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.words import Grade
from gongzhi.doors.answers import MOST_REFUSALS
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.models import Answer
from gongzhi.doors.wechat.models import Follower, Quota
from gongzhi.doors.wechat.sending import _fitting
from gongzhi.doors.words import Delivery, Told
from gongzhi.messages.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE_GCJ = [117.3117, 31.7899]
FIRE_ROUTE = "03003"
SOLVED = "车辆已劝离，通道已施划禁停标线。"
PHONE = "13800000001"
TWO_DAYS = 49 * 3600
AFTER = timedelta(seconds=TWO_DAYS)


@pytest.fixture
def reported(wechat):
    """`reported(phone)`: a follower reports, leaves a number or none, and writes no more."""

    def report(phone=""):
        for said in ({"text": phone}, {"text": "3栋北门消防通道被车堵了"},
                     {"location": HERE_GCJ, "label": "望湖花园北门"}, {"text": "1"}):  # fmt: skip
            if said.get("text") != "":
                wechat.control("say", said)
        return Case.objects.get()

    return report


@pytest.fixture
def two_days_later(wechat):
    """`two_days_later()`: WeChat's window for free messages has closed, on both sides."""

    def pass_by():
        wechat.control("ahead", {"seconds": TWO_DAYS})
        Follower.objects.update(spoke_at=now() - AFTER)

    return pass_by


@pytest.fixture
def desk(chen, li, sun):
    """The desk: `take_on(case)` and `close(case)`, each with what is owed afterwards."""

    class Desk:
        def take_on(self, case):
            item, at = catalogue.item(FIRE_ROUTE), now()
            cases.classify(by=chen, case=case, item=item, grade=Grade.SERIOUS, at=at)
            cases.dispatch(by=chen, case=case, to=li, at=at)
            do_what_is_owed(at)

        def close(self, case):
            at = now()
            cases.accept(by=li, case=case, at=at)
            cases.handle(by=li, case=case, note=SOLVED, at=at)
            cases.approve(by=sun, case=case, at=at)
            cases.close(by=sun, case=case, at=at)
            do_what_is_owed(at)

    return Desk()


def came(wechat):
    """What came by itself, not as a reply: (how, its words) in order."""
    lines = wechat.control("screens")["o-wang"]
    return [(line["by"], line["text"]) for line in lines if line.get("by", "reply") != "reply"]


def how_each_went():
    return dict(Answer.objects.values_list("told", "state"))


def test_within_two_days_taken_on_and_closed_are_told_in_the_talk(wechat, reported, desk):
    case = reported()
    desk.take_on(case)
    desk.close(case)
    (first, taken_on), (last, closed) = came(wechat)
    assert (first, last) == ("custom", "custom")
    assert "已受理，由网格员李强办理" in taken_on
    assert SOLVED in closed
    assert how_each_went() == {Told.ACCEPTED: Delivery.SENT, Told.CLOSED: Delivery.SENT}


def test_later_each_consent_is_one_notice_in_the_fields_of_its_template(
    wechat, template, reported, two_days_later, desk, settings
):
    settings.PUBLIC_URL = "https://wanghu.example.cn"
    case = reported()
    for _ in range(2):
        wechat.control("allow", {"openid": "o-wang", "template": template})
    assert Quota.objects.get().left == 2
    two_days_later()
    desk.take_on(case)
    desk.close(case)
    assert [how for how, _words in came(wechat)] == ["notice", "notice"]
    said = wechat.control("screens")["o-wang"][-1]["said"]
    assert (said["touser"], said["template_id"]) == ("o-wang", template)
    assert said["page"] == "https://wanghu.example.cn/wechat/go/mine/"
    values = {name: one["value"] for name, one in said["data"].items()}
    assert values["character_string1"] == case.number
    assert values["phrase3"] == "已办结"
    assert values["thing2"] == "3栋北门消防通道被车堵了"
    assert values["thing5"] == SOLVED, "the answer itself, not half a sentence about the matter"
    assert Quota.objects.get().left == 0
    assert set(how_each_went().values()) == {Delivery.SENT}


def test_when_the_consents_are_used_up_a_text_message_follows(
    wechat, gateway, template, reported, two_days_later, desk
):
    case = reported(PHONE)
    wechat.control("allow", {"openid": "o-wang", "template": template})
    two_days_later()
    desk.take_on(case)
    assert not gateway.control("messages")
    desk.close(case)
    assert [how for how, _words in came(wechat)] == ["notice"]
    [message] = gateway.control("messages").values()
    assert message["to"] == PHONE
    assert SOLVED in message["text"]
    assert set(how_each_went().values()) == {Delivery.SENT}


@pytest.mark.parametrize("heard", [True, False], ids=["we heard of it", "we did not hear of it"])
def test_who_does_not_follow_any_more_gets_a_text_message(
    wechat, gateway, template, reported, desk, heard
):
    case = reported(PHONE)
    wechat.control("allow", {"openid": "o-wang", "template": template})
    wechat.control("say", {"event": "unsubscribe"})
    if not heard:
        Follower.objects.update(follows=True)
    desk.take_on(case)
    desk.close(case)
    assert came(wechat) == []
    texts = [one["text"] for one in gateway.control("messages").values()]
    assert len(texts) == 2
    assert SOLVED in texts[-1]
    assert set(how_each_went().values()) == {Delivery.SENT}


@pytest.mark.parametrize("late", [False, True], ids=["in the talk", "as a notice"])
def test_what_wechat_refuses_is_told_to_the_dispatchers_and_can_be_sent_again(
    wechat, template, reported, two_days_later, desk, sun, as_, late
):
    case = reported()
    wechat.control("allow", {"openid": "o-wang", "template": template})
    if late:
        two_days_later()
    wechat.control("refuse", {"errcode": 48001, "errmsg": "api unauthorized"})
    desk.take_on(case)
    at = now()
    for hours in range(MOST_REFUSALS + 1):
        do_what_is_owed(at + timedelta(hours=2 * hours))
    answer = Answer.objects.get()
    assert (answer.state, "48001" in answer.last_error) == (Delivery.DEAD, True)
    assert Quota.objects.get().left == 1, "what was refused was not sent"
    [message] = Message.objects.filter(template="doors/undelivered")
    assert message.to == sun
    page = as_(sun).get("/desk/doors/answers/").content.decode()
    assert case.number in page
    assert "微信公众号" in page
    wechat.control("refuse", {})
    assert as_(sun).post(f"/desk/doors/answers/{answer.pk}/resend/").status_code == 302
    do_what_is_owed(now())
    answer.refresh_from_db()
    assert answer.state == Delivery.SENT
    assert [how for how, _words in came(wechat)] == ["notice" if late else "custom"]


@pytest.mark.parametrize(("said", "shown"), [("长" * 20, "长" * 20), ("长\n" * 40, None)])
def test_a_value_of_a_notice_is_never_longer_than_wechat_takes(said, shown):
    fitting = _fitting(said)
    assert len(fitting) <= 20
    assert fitting == shown or fitting.endswith("…")
