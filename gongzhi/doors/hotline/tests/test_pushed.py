"""Orders pushed by the city: each becomes one case, and whatever is wrong with one is said."""

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.models import Entry, Nonce, TurnedAway
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.turned_away import forget_some
from gongzhi.doors.words import Door
from gongzhi.messages.models import Message
from gongzhi.places.models import Building, Estate

pytestmark = pytest.mark.django_db


def test_an_order_becomes_a_case_with_everything_it_says(world, push, order):
    said = order(deadline="2026-03-20 18:00:00")
    answer = push(said)
    assert answer.status_code == 200
    case = Case.objects.get()
    assert answer.json() == {
        "code": 0,
        "message": "成功",
        "data": {"order_no": said["order_no"], "case_no": case.number, "created": True},
    }
    assert (case.source, case.item.code, case.area.level) == ("hotline", "02001", "grid")
    assert case.contact_phone == "10012345678"
    assert case.text.startswith("路灯不亮\n市民来电反映")
    # sent in GCJ-02, kept in WGS-84
    assert case.lng == pytest.approx(117.3063, abs=0.0005)
    entry = case.entries.get()
    assert (entry.door, entry.external_id) == (Door.HOTLINE, said["order_no"])
    assert entry.order.due_at.isoformat() == "2026-03-20T10:00:00+00:00"
    assert entry.order.kind == "投诉"


def test_what_the_city_says_the_caller_wants_is_kept(world, push, order):
    for kind, nature in (("投诉", "complaint"), ("咨询", "inquiry"), ("报修", "report")):
        said = order(appeal_type=kind)
        push(said)
        entry = Entry.objects.get(external_id=said["order_no"])
        assert entry.case.nature == nature


def test_the_same_order_again_is_the_same_case(world, push, order):
    said = order()
    first, second = (
        push(said).json()["data"],
        push({**said, "content": "改了几个字"}).json()["data"],
    )
    assert first["case_no"] == second["case_no"]
    assert (first["created"], second["created"]) == (True, False)
    assert Case.objects.count() == Entry.objects.count() == 1


def test_the_same_caller_is_the_same_person_and_no_number_is_kept_open(world, push, order):
    push(order())
    push(order(content="垃圾没人扫"))
    push(order(content="井盖破了", caller={"name": "李某", "phone": "10087654321"}))
    refs = list(Case.objects.order_by("pk").values_list("reporter_ref", flat=True))
    assert refs[0] == refs[1] != refs[2]
    assert "10012345678" not in "".join(refs)


def test_a_masked_number_is_no_reason_to_refuse(world, push, order):
    answer = push(order(caller={"name": "张", "phone": "138****5678"}))
    assert answer.status_code == 200
    assert Case.objects.get().contact_phone == ""


def test_a_caller_who_wants_to_stay_unknown_does(world, push, order):
    push(order(caller={"name": "张某某", "phone": "10012345678", "confidential": "是"}))
    case = Case.objects.get()
    assert (case.contact_name, case.contact_phone) == ("", "")


@shows(Way.PUSH, Fault.HTML)
def test_mark_up_becomes_words(world, push, order):
    push(order(title="", content="<p>路灯不亮<script>alert(1)</script></p><p>三天了</p>"))
    assert Case.objects.get().text == "路灯不亮\n三天了"


class TestTheCommunityGetsItAtOnce:
    """直派社区，抄送上级."""

    @pytest.fixture
    def estate(self, community):
        estate = Estate.objects.create(
            area=community, name="望湖花园", kind="residential", lng=117.3055, lat=31.7915
        )
        Building.objects.create(estate=estate, name="3栋", floors=6, lng=117.3061, lat=31.7921)
        return estate

    def test_an_address_in_words_finds_the_building(self, world, push, order, estate, grid_1):
        push(order(lng=None, lat=None, address="望湖花园3栋2单元楼下"))
        case = Case.objects.get()
        assert (case.lng, case.lat, case.area) == (117.3061, 31.7921, grid_1)

    def test_a_division_code_finds_the_community(self, world, push, order, community):
        push(order(lng=None, lat=None, address="菜市场门口", division_code=community.code))
        assert Case.objects.get().area == community

    def test_its_workers_are_told_and_the_levels_above_get_copies(
        self, world, push, order, work, estate, sun, chen, he, gu
    ):
        push(order(lng=None, lat=None, address="望湖花园3栋"))
        work(now())
        told = {(m.to.username, m.template) for m in Message.objects.select_related("to")}
        assert told == {
            ("sun", "cases/new_case"),
            ("chen", "doors/hotline_copy"),
            ("he", "doors/hotline_copy"),
        }

    def test_the_messages_are_worded_and_lead_to_the_case(
        self, world, push, order, work, estate, sun, chen, as_
    ):
        push(order(lng=None, lat=None, address="望湖花园3栋"))
        work(now())
        page = as_(chen).get("/desk/messages/").content.decode()
        assert "已直派望湖社区" in page
        assert f"/desk/cases/{Case.objects.get().pk}/" in page


@shows(Way.PUSH, Fault.MALFORMED, Fault.OVERSIZED, Fault.CODE, Fault.PLACE)
@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"order_no": None}, "not_understood", "order_no"),
        ({"order_no": "长" * 121}, "not_understood", "太长"),
        ({"order_no": {"a": 1}}, "not_understood", "文字或数字"),
        ({"content": None}, "not_understood", "content"),
        ({"content": "长" * 2001, "title": ""}, "not_understood", "2000"),
        ({"content": "。", "title": ""}, "not_understood", "两个字"),
        ({"category_code": "999999"}, "unknown_code", "999999"),
        ({"lng": None, "lat": None, "address": None}, "no_place", "没有地点"),
        ({"lng": None, "lat": None, "address": "<p></p>"}, "no_place", "没有地点"),
        ({"lng": "东经"}, "not_understood", "不是数字"),
        ({"lng": 2.35, "lat": 48.85}, "not_understood", "本区以外"),
        ({"lng": 31.79, "lat": 117.31}, "not_understood", "写反"),
        ({"deadline": "下周三"}, "not_understood", "不是时间"),
        ({"created_at": "2026-13-45"}, "not_understood", "不是时间"),
    ],
)
def test_what_is_wrong_with_an_order_is_said_in_the_hotlines_form(
    world, push, order, changes, error, words
):
    answer = push(order(**changes))
    said = answer.json()
    assert answer.status_code == said["code"] == 422
    assert said["error"] == error
    assert words in said["message"]
    assert said["data"] is None
    assert not Case.objects.exists()
    assert not Nonce.objects.exists()  # mended, the same call may be sent again
    assert TurnedAway.objects.get().code == error


@shows(Way.PUSH, Fault.MALFORMED, Fault.OVERSIZED, Fault.SIGNATURE, Fault.OLD, Fault.ENCODING)
@pytest.mark.parametrize(
    ("spoilt", "status", "error"),
    [
        ({"body": b"{"}, 422, "not_understood"),
        ({"body": b"[]"}, 422, "not_understood"),
        ({"body": b""}, 422, "not_understood"),
        ({"body": b'{"order_no": NaN}'}, 422, "not_understood"),
        ({"body": b"[" * 100_000}, 422, "not_understood"),
        ({"body": b'{"n": ' + b"9" * 5000 + b"}"}, 422, "not_understood"),
        ({"body": '{"content": "路灯"}'.encode("gb18030")}, 422, "not_understood"),
        ({"body": b" " * (256 * 1024 + 1)}, 413, "too_large"),
        ({"signature": "0" * 64}, 401, "not_authentic"),
        ({"signature": ""}, 401, "not_authentic"),
        ({"signature": "签名"}, 401, "not_authentic"),
        ({"key": "another"}, 401, "not_authentic"),
        ({"stamp": 1_000_000_000}, 401, "out_of_time"),
        ({"stamp": 99_999_999_999}, 401, "out_of_time"),
        ({"nonce": "short"}, 422, "not_understood"),
        ({"nonce": "x" * 65}, 422, "not_understood"),
    ],
)
def test_a_call_that_is_none_is_refused(world, push, order, spoilt, status, error):
    if "signature" in spoilt and not spoilt["signature"].isascii():
        spoilt = {"signature": spoilt["signature"].encode().decode("latin-1")}
    answer = push(order(), **spoilt)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"]
    assert not Case.objects.exists()


@shows(Way.PUSH, Fault.REPLAYED)
def test_a_call_played_again_is_refused_and_says_how_to_send_again(world, push, order):
    said = order()
    assert push(said, nonce="n" * 20).status_code == 200
    again = push(order(), nonce="n" * 20)
    assert (again.status_code, again.json()["error"]) == (409, "played_again")
    assert Case.objects.count() == 1
    assert push(said, nonce="m" * 20).json()["data"]["created"] is False


def test_characters_no_database_takes_are_left_out(world, push, order):
    body = json.dumps(order(content="路灯\u0000不亮\ud800了"))
    assert push(body=body.encode()).status_code == 200
    assert "路灯不亮了" in Case.objects.get().text


def test_a_stranger_learns_nothing(world, city, signed, order):
    unknown = signed("/hooks/hotline/orders", order(), partner="nobody")
    wrong = signed("/hooks/hotline/orders", order(), partner="hotline", key="guess")
    assert unknown.json() == wrong.json()
    assert unknown.status_code == wrong.status_code == 401


def test_a_partner_of_another_door_or_shut_out_may_not_push(world, city, signed, order, NOON):
    actions.admit(by=None, name="城管", code="other", key="k2", door=Door.WEBHOOK, at=NOON)
    other = signed("/hooks/hotline/orders", order(), partner="other", key="k2")
    actions.shut_out(by=None, partner=city, at=NOON)
    shut = signed("/hooks/hotline/orders", order(), partner="hotline", key=KEY)
    assert other.status_code == shut.status_code == 401


def test_only_post_is_taken(client, city):
    answer = client.get("/hooks/hotline/orders")
    assert (answer.status_code, answer.json()["error"]) == (405, "wrong_method")


def test_a_flood_is_held_back_and_nothing_is_lost_when_it_is_sent_again(world, push, city, order):
    city.per_minute = 20
    city.save()
    flood = [order() for _ in range(60)]
    statuses = [push(said).status_code for said in flood]
    assert statuses == [200] * 20 + [429] * 40
    held = push(flood[-1])
    assert held["Retry-After"] == "60"
    assert "再试" in held.json()["message"]
    city.per_minute = 1000
    city.save()
    assert {push(said).status_code for said in flood} == {200}
    assert Case.objects.count() == 60
    assert TurnedAway.objects.count() <= 60


def test_spent_nonces_and_old_refusals_are_forgotten(world, push, order):
    push(order())
    push(order(category_code="9"))
    assert not forget_some(now())
    assert forget_some(now() + timedelta(minutes=16))
    assert not Nonce.objects.exists()
    assert TurnedAway.objects.exists()
    assert forget_some(now() + timedelta(days=31))
    assert not TurnedAway.objects.exists()
