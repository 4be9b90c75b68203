"""Danger by any door: taken in as urgent, the desk told so, the answer begins with whom to call."""

import json

import pytest

from conftest import GAS, LAMP, NOON
from gongzhi.cases.models import Case
from gongzhi.cases.reads.told import worded
from gongzhi.doors import actions
from gongzhi.doors.conftest import KEY
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.sentences import news
from gongzhi.doors.wechat.wording import submitted
from gongzhi.doors.words import Door, Told
from gongzhi.journal.models import Event
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db
LEAK = "楼道里闻到煤气，很浓，可能是煤气泄漏"
CALL = "紧急情况请先打 119。"


@pytest.fixture
def told_at_once(chen, work, NOON):
    """What the dispatcher reads about the only case, after the worker's round."""

    def read():
        work(NOON)
        case = Case.objects.get()
        assert case.grade == "urgent"
        [message] = Message.objects.filter(to=chen, template="cases/new_case")
        return worded([message])[0].sentence

    return read


def by_open311(client, text, code):
    actions.admit(by=None, name="市民应用", key="app", at=NOON)
    said = {"api_key": "app", "service_code": code, "lat": "31.792", "long": "117.306"}
    answer = client.post("/open311/v2/requests.json", {**said, "description": text})
    assert answer.status_code == 200
    return json.loads(answer.content)[0]["service_notice"]


def by_hotline(signed, text):
    actions.admit(by=None, name="市热线", code="hotline", key=KEY, door=Door.HOTLINE, at=NOON)
    order = {
        "order_no": "HF1", "content": text, "category_code": "020101", "address": "望湖花园东门",
        "lng": 117.3117, "lat": 31.7899, "created_at": "2026-03-04 11:40:00",
    }  # fmt: skip
    answer = signed("/hooks/hotline/orders", order, partner="hotline")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"].get("notice", "")


def test_by_open311_the_notice_says_whom_to_call(client, world, edition, told_at_once):
    assert by_open311(client, LEAK, LAMP).startswith(CALL)
    assert told_at_once().startswith("紧急上报")


def test_the_chosen_service_is_danger_enough(client, world, edition, told_at_once):
    assert by_open311(client, "出事了，快来看看", GAS).startswith("紧急情况请先打")
    assert told_at_once().startswith("紧急上报")


def test_by_the_hotline_the_order_is_taken_and_the_answer_says_whom_to_call(
    signed, world, told_at_once
):
    assert by_hotline(signed, LEAK).startswith(CALL)
    assert told_at_once().startswith("紧急上报")


def test_without_danger_nobody_is_told_to_call(client, signed, world, chen, work, NOON):
    assert by_hotline(signed, "路灯不亮，请派人来修") == ""
    assert by_open311(client, "路灯不亮，晚上看不见路", LAMP).startswith("已收到")
    work(NOON)
    for message in Message.objects.filter(to=chen, template="cases/new_case"):
        assert worded([message])[0].sentence.startswith("新上报")


@pytest.mark.parametrize("door", [Door.MAILBOX, Door.WECHAT, Door.PHONE])
def test_letters_and_messages_begin_with_whom_to_call(report, world, door, NOON):
    case = report(LEAK)
    entry = Entry.objects.create(case=case, door=door, external_id="1", at=NOON)
    received = Answer(entry=entry, event=Event.objects.first(), told=Told.RECEIVED)
    assert news(received).startswith(CALL)
    assert submitted(case).startswith(CALL)
    assert case.number in news(received)
