"""Followers talk to the account through a program that plays WeChat; answers reach their phones."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.doors.conftest import do_what_is_owed
from gongzhi.doors.models import Answer, Entry, TurnedAway
from gongzhi.doors.tests.crowd import MANY
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.wechat import actions, pictures
from gongzhi.doors.wechat.models import Draft, Follower, Heard, Picture, Quota
from gongzhi.doors.wechat.rules import Said
from gongzhi.doors.words import Delivery, Door
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotPossible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE_GCJ = [117.3117, 31.7899]  # as a telephone gives a place in the middle of grid_1
WHY = "该处为单位内部道路，请向产权单位反映。"


def work(at):
    while pictures.fetch_one(at):
        pass
    while pictures.finish_one(at):
        pass
    do_what_is_owed(at)


def report(wechat, text="3栋北门的路灯坏了", **who):
    wechat.control("say", {"text": text, **who})
    wechat.control("say", {"location": HERE_GCJ, "label": "望湖花园北门", **who})
    return wechat.control("say", {"text": "1", **who})


def screen(wechat, openid="o-wang"):
    return [line["text"] for line in wechat.control("screens")[openid] if not line["mine"]]


def test_the_address_is_proven(wechat):
    assert wechat.control("prove") == {"right": True}


def test_a_talk_becomes_a_case_with_photo_place_and_number(wechat, grid_1):
    wechat.control("say", {"text": "3栋北门的路灯坏了"})
    wechat.control("say", {"image": ""})
    work(now())
    said = wechat.control("say", {"location": HERE_GCJ, "label": "望湖花园北门"})
    assert "照片：1张" in said["text"]
    assert "望湖花园北门，已收到位置" in said["text"]
    done = wechat.control("say", {"text": "1"})
    case = Case.objects.get()
    assert case.number in done["text"]
    assert (case.source, case.area, case.files.count()) == ("wechat", grid_1, 1)
    assert abs(case.lng - 117.306) < 0.001  # moved from GCJ-02, by more than 500 metres
    entry = case.entries.get()
    assert (entry.door, entry.address) == (Door.WECHAT, "o-wang")
    assert not Draft.objects.exists()
    assert wechat.control("say", {"text": "进度"})["text"].startswith(case.number)


def test_a_case_that_waits_for_its_photo_is_made_when_it_is_here(wechat):
    wechat.control("mood", {"mood": "down"})
    wechat.control("say", {"image": ""})
    wechat.control("say", {"text": "路灯坏了"})
    wechat.control("say", {"location": HERE_GCJ})
    assert "编号马上发给您" in wechat.control("say", {"text": "提交"})["text"]
    work(now())
    assert not Case.objects.exists()
    wechat.control("say", {"text": "另一件事：井盖破了"})  # the talk goes on meanwhile
    wechat.control("mood", {"mood": "well"})
    work(now() + timedelta(hours=1))
    case = Case.objects.get()
    assert case.files.count() == 1
    assert case.text == "路灯坏了"
    assert case.number in screen(wechat)[-1]
    assert Draft.objects.get().text == "另一件事：井盖破了"


def test_a_photo_that_is_gone_does_not_hold_up_the_case(wechat):
    wechat.control("say", {"image": "bm8gcGljdHVyZQ=="})
    wechat.control("say", {"text": "路灯坏了"})
    wechat.control("say", {"location": HERE_GCJ})
    wechat.control("say", {"text": "1"})
    work(now())
    assert "有1张照片没有取到" in Case.objects.get().text


def test_in_the_safe_mode_everything_is_sealed(sealed_wechat):
    done = report(sealed_wechat)
    assert Case.objects.get().number in done["text"]
    plain = sealed_wechat.control("say", {"text": "2", "faults": {"plain": True}})
    assert (plain["status"], TurnedAway.objects.count()) == (401, 1)
    spoilt = sealed_wechat.control("say", {"text": "2", "faults": {"msg_signature": "0" * 40}})
    assert spoilt["status"] == 401


@shows(Way.WECHAT, Fault.REPLAYED)
def test_sent_again_it_is_answered_the_same_and_counts_once(wechat):
    wechat.control("say", {"text": "路灯坏了"})
    wechat.control("say", {"location": HERE_GCJ})
    first = wechat.control("say", {"text": "1", "id": "77"})
    again = wechat.control("say", {"text": "1", "id": "77"})
    assert again["text"] == first["text"]
    assert Case.objects.count() == 1
    with ThreadPoolExecutor(4) as crowd:  # WeChat does not wait for the first answer
        said = list(
            crowd.map(
                lambda _n: wechat.control("say", {"text": "楼道灯坏了", "id": "78"}), range(4)
            )
        )
    assert len({one["text"] for one in said}) == 1
    assert Draft.objects.get().text == "楼道灯坏了"


def test_an_emergency_is_told_to_call_at_once(wechat):
    assert "119" in wechat.control("say", {"text": "闻到很浓的煤气味，燃气泄漏"})["text"]


@shows(Way.WECHAT, Fault.PLACE)
def test_a_place_beyond_the_district_is_sent_back(wechat):
    wechat.control("say", {"text": "路灯坏了"})
    said = wechat.control("say", {"location": [116.4, 39.9]})
    assert "在哪里" in said["text"]
    assert "望湖花园3栋" in wechat.control("say", {"text": "望湖花园3栋"})["text"]
    wechat.control("say", {"text": "1"})
    assert Case.objects.get().address == "望湖花园3栋"


# ── bad input, each in the channel's own form ─────────────────────────────────

BAD = {
    "wrong signature": ({"signature": "0" * 40}, 401),
    "old timestamp": ({"timestamp": 1_600_000_000}, 401),
    "no xml": ({"body": "not xml"}, 422),
    "no sender": ({"body": "<xml><MsgType>text</MsgType></xml>"}, 422),
    "wrong encoding": ({"body": "<xml><a>路灯</a></xml>", "encoding": "gb18030"}, 422),
    "entities": ({"body": '<!DOCTYPE a [<!ENTITY b "c">]><xml><a>&b;</a></xml>'}, 422),
    "oversized": ({"body": "<xml>" + "x" * 70_000 + "</xml>"}, 413),
}


@shows(Way.WECHAT, Fault.MALFORMED, Fault.OVERSIZED, Fault.SIGNATURE, Fault.OLD, Fault.ENCODING)
@pytest.mark.parametrize("fault", BAD)
def test_what_is_not_wechats_is_turned_away(wechat, fault):
    faults, status = BAD[fault]
    said = wechat.control("say", {"text": "路灯坏了", "faults": faults})
    assert said["status"] == status
    assert said["raw"]  # a sentence, since WeChat has no form for this
    assert TurnedAway.objects.filter(door=Door.WECHAT).count() == 1
    assert not Heard.objects.exists()


@shows(Way.WECHAT, Fault.REPLAYED)
def test_one_signature_is_good_for_one_message(wechat):
    faults = {"nonce": "the-same-nonce", "timestamp": int(time.time())}
    assert wechat.control("say", {"text": "路灯坏了", "id": "1", "faults": faults})["text"]
    assert wechat.control("say", {"text": "别的话", "id": "2", "faults": faults})["status"] == 409
    assert wechat.control("say", {"text": "路灯坏了", "id": "1", "faults": faults})["status"] == 200


@shows(Way.WECHAT, Fault.HTML, Fault.CODE)
def test_markup_stays_words_and_unknown_kinds_are_told_so(wechat):
    wechat.control("say", {"text": "<script>alert(1)</script>路灯坏了]]>"})
    assert Draft.objects.get().text == "<script>alert(1)</script>路灯坏了]]>"
    assert "看不了" in wechat.control("say", {"type": "video"})["text"]


def test_too_long_words_are_answered_in_the_talk(wechat):
    assert "内容够多了" in wechat.control("say", {"text": "长" * 3000})["text"]


def test_where_somebody_walks_is_not_kept(wechat):
    more = {"Latitude": "31.79", "Longitude": "117.31", "Precision": "20"}
    said = wechat.control("say", {"event": "LOCATION", "more": more})
    assert (said["status"], said["raw"]) == (200, "success")
    assert not Draft.objects.exists()


@shows(Way.WECHAT, Fault.CROWD)
def test_ten_thousand_at_once(world, account, NOON, django_assert_max_num_queries):
    account()
    crowd = MANY // 5
    messages = [
        actions.Message(f"o-{n % crowd}", f"k-{n}", said, number=str(n))
        for n, said in enumerate(
            said
            for text in ("路灯坏了", None, "井盖破了", "1", "2")
            for _n in range(crowd)
            for said in [
                Said("text", text=text) if text else Said("location", where=tuple(HERE_GCJ))
            ]
        )
    ]
    with django_assert_max_num_queries(60 + MANY // 50):
        replies = actions.hear_many(by=None, messages=messages, app_id="wx-demo", at=NOON)
    assert len(replies) == Heard.objects.count() == MANY
    assert Case.objects.count() == crowd
    assert actions.hear_many(by=None, messages=messages, app_id="wx-demo", at=NOON) == replies
    assert Case.objects.count() == crowd


# ── answers ───────────────────────────────────────────────────────────────────


def decline(he, chen, case):
    cases.decline(by=chen, case=case, ground=DeclineGround.BEYOND_DUTY, answer=WHY, at=now())


def test_while_the_follower_talks_answers_are_free(wechat, chen):
    report(wechat)
    decline(None, chen, Case.objects.get())
    work(now())
    last = wechat.control("screens")["o-wang"][-1]
    assert last["by"] == "custom"
    assert WHY in last["text"]


def test_later_a_notice_goes_out_for_each_consent(wechat, template, chen, monkeypatch):
    report(wechat)
    wechat.control("allow", {"openid": "o-wang", "template": template})
    assert Quota.objects.get().left == 1
    wechat.control("ahead", {"seconds": 49 * 3600})
    decline(None, chen, Case.objects.get())
    work(now())
    last = wechat.control("screens")["o-wang"][-1]
    assert last["by"] == "notice"
    assert Case.objects.get().number in last["text"]
    assert Quota.objects.get().left == 0


@pytest.mark.parametrize("taken_back", [False, True])
def test_without_consent_a_text_message_goes_out(wechat, gateway, template, chen, taken_back):
    wechat.control("say", {"text": "13800000001"})
    report(wechat)
    if taken_back:
        wechat.control("allow", {"openid": "o-wang", "template": template})
        Follower.objects.update(spoke_at=now() - timedelta(days=3))
        wechat.control("allow", {"openid": "o-wang", "template": template, "accept": False})
        Quota.objects.update(left=1)  # WeChat's word on it did not reach us
    wechat.control("ahead", {"seconds": 49 * 3600})
    decline(None, chen, Case.objects.get())
    work(now())
    [message] = gateway.control("messages").values()
    assert message["to"] == "13800000001"
    assert WHY in message["text"]
    assert set(Answer.objects.values_list("state", flat=True)) == {Delivery.SENT}
    assert not Quota.objects.filter(left__gt=0).exists()


def test_whoever_cannot_be_reached_at_all_waits_for_a_person(wechat, chen):
    report(wechat)
    wechat.control("ahead", {"seconds": 49 * 3600})
    decline(None, chen, Case.objects.get())
    for hours in range(12):
        work(now() + timedelta(hours=hours))
    answer = Answer.objects.get()
    assert answer.state == Delivery.DEAD
    assert "no way to reach the follower" in answer.last_error


@shows(Way.WECHAT, Fault.AWAY)
def test_wechat_away_for_a_day_and_a_token_that_ended(wechat, chen):
    report(wechat)
    wechat.control("mood", {"mood": "down"})
    decline(None, chen, Case.objects.get())
    for hours in range(24):
        work(now() + timedelta(hours=hours))
    assert Answer.objects.get().state == Delivery.OWED
    wechat.control("mood", {"mood": "well"})
    wechat.control("end_tokens", {})
    work(now() + timedelta(hours=26))
    assert WHY in screen(wechat)[-1]
    assert Answer.objects.get().state == Delivery.SENT


# ── menus ─────────────────────────────────────────────────────────────────────


def through_wechat(live_server, to="mine", client=None):
    """What a browser inside WeChat does when a menu is tapped; gives (client, last answer)."""
    import urllib.request

    client = client or Client()
    start = client.get(f"/wechat/go/{to}/")
    assert start.status_code == 302

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args, **_kwargs):
            return None

    try:
        urllib.request.build_opener(Stay).open(start["Location"], timeout=10)
    except urllib.error.HTTPError as error:
        with error:
            back = error.headers["Location"]
    return client, client.get(re.sub("^https?://[^/]+", "", back))


def test_a_menu_shows_the_follower_what_they_reported(wechat, live_server):
    report(wechat)
    client, entered = through_wechat(live_server)
    assert (entered.status_code, entered["Location"]) == (302, "/mine/")
    assert Case.objects.get().number in client.get("/mine/").content.decode()
    stranger = Client().get("/mine/").content.decode()
    assert Case.objects.get().number not in stranger


def test_a_bound_resident_is_signed_in_and_staff_never(wechat, live_server, wang, chen, as_):
    client, _entered = through_wechat(live_server, client=as_(wang))
    assert "绑定" in client.get("/wechat/bind/").content.decode()
    assert client.post("/wechat/bind/").status_code == 302
    fresh, _entered = through_wechat(live_server)
    assert fresh.session["_auth_user_id"] == str(wang.pk)
    desk, _entered = through_wechat(live_server, client=as_(chen))
    assert desk.post("/wechat/bind/").status_code == 409


def test_a_resident_undoes_the_binding_and_nobody_else(wechat, live_server, wang, chen, NOON):
    client = Client()
    client.force_login(wang)
    client, _entered = through_wechat(live_server, client=client)
    bound = client.post("/wechat/bind/", follow=True).content.decode()
    assert "微信已绑定" in bound
    with pytest.raises(NotPossible):
        actions.unbind(by=chen, follower=Follower.objects.get(), at=NOON)
    assert "解除绑定" in client.get("/wechat/bind/").content.decode()
    assert "已解除绑定" in client.post("/wechat/bind/", {"undo": "1"}, follow=True).content.decode()
    assert Follower.objects.get().person is None
    assert Event.objects.get(name="wechat.unbound").by == wang
    assert client.post("/wechat/bind/", {"undo": "1"}).status_code == 409
    fresh, _entered = through_wechat(live_server)
    assert "_auth_user_id" not in fresh.session


def test_a_sign_in_that_nobody_asked_for_is_refused(wechat, live_server):
    client, _entered = through_wechat(live_server)
    for query in ("", "?code=abc", "?code=abc&state=guessed"):
        assert client.get(f"/wechat/enter/{query}").status_code == 409
    client.get("/wechat/go/mine/")
    state = client.session["wechat_state"]["state"]
    assert client.get(f"/wechat/enter/?code=wrong&state={state}").status_code == 409


def test_the_menu_is_put_into_the_account(wechat, settings):
    settings.PUBLIC_URL = "https://wanghu.example.cn"
    call_command("wechat_menu")
    menu = wechat.control("menu")
    assert menu[0] == {
        "type": "view", "name": "随手拍", "url": "https://wanghu.example.cn/wechat/go/report/",
    }  # fmt: skip


def test_without_an_account_the_door_is_shut(client, world):
    assert client.post("/wechat/", "x", content_type="text/xml").status_code == 404
    assert client.get("/wechat/go/mine/").status_code == 404


def test_following_and_leaving(wechat):
    assert "望湖区共治平台" in wechat.control("say", {"event": "subscribe"})["text"]
    wechat.control("say", {"event": "unsubscribe"})
    assert not Follower.objects.get().follows
    assert not Picture.objects.exists()
    assert not Entry.objects.exists()
