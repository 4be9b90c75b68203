"""Matters of other platforms: each becomes one case, and what is wrong with one is said."""

import pytest
import yaml
from django.conf import settings
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.layouts import Layout
from gongzhi.doors.models import Entry, Nonce, TurnedAway
from gongzhi.doors.tests.faults import Fault, Way, shows
from gongzhi.doors.words import Door

pytestmark = pytest.mark.django_db


def test_a_matter_becomes_a_case_by_the_fields_that_were_agreed(world, send, matter):
    said = matter()
    answer = send(said)
    case = Case.objects.get()
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "external_id": said["taskNum"], "case_no": case.number, "created": True,
            "folded": False,
        },
    )  # fmt: skip
    assert (case.item.code, case.source, case.area.level) == ("02001", "api", "grid")
    assert "https://city.example/p/1.jpg" in case.text
    entry = Entry.objects.get()
    assert (entry.door, entry.issuer, entry.external_id) == (
        Door.WEBHOOK, "city_management", said["taskNum"],
    )  # fmt: skip


def test_the_same_number_again_is_the_same_case(world, send, matter):
    said = matter()
    first, again = send(said).json(), send(said).json()
    assert first["case_no"] == again["case_no"]
    assert again["created"] is False
    assert Case.objects.count() == 1


def test_two_partners_may_use_the_same_number(world, send, look, matter, seen):
    send(matter(taskNum="1"))
    assert look(seen(event_id="1")).json()["created"] is True
    assert Case.objects.count() == 2


@shows(Way.HOOK, Fault.OVERSIZED, Fault.CODE, Fault.PLACE)
@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"taskNum": None}, "not_understood", "taskNum"),
        ({"eventDesc": None}, "not_understood", "eventDesc"),
        ({"eventTypeCode": "9999"}, "unknown_code", "9999"),
        ({"eventTypeCode": None}, "not_understood", "eventTypeCode"),
        ({"coordinateX": None, "coordinateY": None, "address": None}, "no_place", "没有地点"),
        ({"coordinateX": None}, "not_understood", "位置不完整"),
        ({"coordinateX": "x"}, "not_understood", "不是数字"),
        ({"coordinateX": 1.0, "coordinateY": 1.0}, "not_understood", "本区以外"),
        ({"eventDesc": ["a"]}, "not_understood", "文字或数字"),
        ({"eventDesc": "长" * 2001}, "not_understood", "2000"),
        ({"createTime": "早上"}, "not_understood", "不是时间"),
        ({"reporter": {"faceId": "0"}}, "biometric", "faceId"),
        ({"extra": [{"人脸特征": "…"}]}, "biometric", "生物识别"),
    ],
)
def test_what_is_wrong_with_a_matter_is_said(world, send, matter, changes, code, words):
    answer = send(matter(**changes))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, code)
    assert words in error["sentence"]
    assert not Case.objects.exists()
    assert not Nonce.objects.exists()
    assert TurnedAway.objects.get().partner.code == "city_management"


@shows(Way.HOOK, Fault.MALFORMED, Fault.OVERSIZED, Fault.SIGNATURE, Fault.OLD, Fault.ENCODING)
@pytest.mark.parametrize(
    ("spoilt", "status", "code"),
    [
        ({"body": b"{"}, 422, "not_understood"),
        ({"body": '{"a":"路"}'.encode("gbk")}, 422, "not_understood"),
        ({"body": b" " * 300_000}, 413, "too_large"),
        ({"signature": "0" * 64}, 401, "not_authentic"),
        ({"key": "another"}, 401, "not_authentic"),
        ({"stamp": 1_700_000_000}, 401, "out_of_time"),
        ({"nonce": ""}, 422, "not_understood"),
    ],
)
def test_a_call_that_is_none_is_refused(world, send, matter, spoilt, status, code):
    answer = send(matter(), **spoilt)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Case.objects.exists()


@shows(Way.HOOK, Fault.REPLAYED)
def test_a_call_played_again_is_refused(world, send, matter):
    assert send(matter(), nonce="n" * 16).status_code == 200
    again = send(matter(), nonce="n" * 16)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "played_again")


@shows(Way.HOOK, Fault.HTML)
def test_mark_up_becomes_words(world, send, matter):
    send(matter(eventTypeName="", eventDesc="<p>路灯<b>不亮</b></p><script>x()</script>"))
    assert Case.objects.get().text.startswith("路灯不亮\n图片")


def test_many_at_once_are_held_back_by_the_partners_own_limit(world, send, look, matter, seen):
    from gongzhi.doors.models import Partner

    Partner.objects.filter(code="city_management").update(per_minute=5)
    statuses = [send(matter()).status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    assert look(seen()).status_code == 200


def test_a_partner_whose_fields_were_not_agreed(world, signed, matter, NOON):
    actions.admit(by=None, name="新平台", code="new", key=KEY, door=Door.WEBHOOK, at=NOON)
    answer = signed("/hooks/events", matter(), partner="new")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_agreed")


def test_the_lag_is_known(world, send, matter):
    send(matter(createTime="2026-03-04 11:50:00"))
    assert Entry.objects.get().sent_at.isoformat() == "2026-03-04T03:50:00+00:00"
    assert Entry.objects.get().at <= now()


def test_every_code_of_the_files_is_an_item_of_the_catalogue():
    """The files of this repository agree with each other."""
    known = {
        item["code"]
        for path in (settings.CONFIG_DIR / "catalogue").glob("[0-9]*.yaml")
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
    }
    folder = settings.CONFIG_DIR / "doors"
    for path in [folder / "hotline.yaml", *(folder / "webhooks").glob("*.yaml")]:
        layout = Layout.from_file(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert set(layout.codes.get("item", {}).values()) - {""} <= known, path


@pytest.mark.parametrize(
    ("code", "said", "item"),
    [
        (
            "police",
            {"alarm_no": "J1", "diverted_at": "2026-03-04 11:50:00", "category_code": "N0401",
             "content": "路口井盖没了", "place": "望湖路口", "lng": 117.3117, "lat": 31.7899,
             "caller": {"name": "周女士", "phone": "10012345678"}},
            "02002",
        ),
        (
            "police",
            {"alarm_no": "J2", "category_code": "N9999", "content": "路灯不亮，晚上看不见路",
             "place": "望湖路口"},
            "02001",  # no code of ours for theirs: the words decide
        ),
        (
            "culture_12318",
            {"report_no": "W1", "kind_code": "C77", "content": "网吧门口的路灯不亮，晚上看不见路",
             "venue_address": "望湖路5号", "reporter": {"confidential": "1"}},
            "02001",
        ),
        (
            "construction_12319",
            {"order_no": "S1", "service_code": "S05", "content": "路灯不亮", "address": "望湖路",
             "lng": 117.306, "lat": 31.792},
            "02001",
        ),
        (
            "weibo",
            {"post_id": "4971", "posted_at": "2026-03-04T11:50:00+08:00",
             "content": "望湖路的路灯不亮，晚上看不见路", "place": "望湖路",
             "author_name": "湖边散步"},
            "02001",
        ),
    ],
)  # fmt: skip
def test_the_platforms_that_are_agreed_with_already(world, send, NOON, code, said, item):
    """A message of each, as its file reads it; sent again it is the same case."""
    actions.admit(by=None, name=code, code=code, key=KEY + "3", door=Door.WEBHOOK, at=NOON)
    first = send(said, partner=code, key=KEY + "3")
    assert first.status_code == 200, first.content.decode()
    case = Case.objects.get()
    assert case.item.code == item
    assert said["content"] in case.text
    again = send(said, partner=code, key=KEY + "3")
    assert again.json()["case_no"] == first.json()["case_no"]
    assert Case.objects.count() == 1
