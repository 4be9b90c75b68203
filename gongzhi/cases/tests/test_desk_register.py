"""Taking down a report for somebody who called or came."""

from uuid import uuid4

import pytest
from django.utils.timezone import now

from conftest import HERE, LAMP
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    """What the clerk typed."""
    return {
        "key": str(uuid4()),
        "source": "hotline",
        "contact_name": "冯春兰",
        "contact_phone": "100 1234 5678",
        "text": "小区门口路灯不亮",
        "address": "望湖花园北门",
        "lng": str(HERE[0]),
        "lat": str(HERE[1]),
    }


@pytest.fixture
def send(world, chen, as_):
    """Press the button."""
    return lambda fields, by=chen: as_(by).post("/desk/register/", fields)


def test_what_the_caller_wants_is_taken_down_and_kept_in_the_record(form, send):
    """A complaint stays a complaint; what the clerk chose counts more than how the text begins."""
    send({**form, "nature": "complaint"})
    case = Case.objects.get()
    assert case.nature == "complaint"
    assert Event.objects.get(name="cases.reported").facts["nature"] == "complaint"
    send({**form, "key": str(uuid4()), "nature": "inquiry", "text": "投诉电话是多少，想问一下"})
    assert Case.objects.latest("pk").nature == "inquiry"
    assert send({**form, "key": str(uuid4()), "nature": "nonsense"}).status_code == 422


def test_the_caller_is_the_reporter_and_the_clerk_is_on_record(form, send, chen, grid_1):
    response = send(form)
    case = Case.objects.get()
    assert response.status_code == 201
    assert case.number in response.content.decode()
    assert case.secret in response.content.decode()
    assert (case.source, case.area, case.reported_by) == ("hotline", grid_1, None)
    assert case.contact_name == "冯春兰"
    assert case.reporter_ref.startswith("c:")
    assert "1234" not in case.reporter_ref, "the number itself is nowhere in clear"
    assert Event.objects.get(name="cases.reported").by == chen


def test_the_form_sent_twice_makes_one_case(form, send):
    send(form), send(form)
    assert Case.objects.count() == 1


def test_an_address_alone_will_do(form, send, district):
    send({**form, "lng": "", "lat": ""})
    assert Case.objects.get().area == district


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "请写下发生了什么"),
        ({"text": "灯"}, "至少两个字"),
        ({"text": "长" * 2001}, "最多 2000 字"),
        ({"contact_phone": "打我手机"}, "电话只能有数字"),
        ({"lng": "", "lat": "", "address": ""}, "请写明地点"),
        ({"lng": "100", "lat": "20"}, "本区以外"),
        ({"lng": "nan", "lat": "nan"}, ""),
        ({"lng": str(HERE[0]), "lat": ""}, "位置不完整"),
        ({"source": "pocket"}, ""),
        ({"item": "99999"}, "事项不存在"),
        ({"key": "x"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(form, send, fields, sentence):
    response = send({**form, **fields})
    content = response.content.decode()
    assert response.status_code == 422
    assert sentence in content
    assert "冯春兰" in content
    assert not Case.objects.exists()


def test_the_clerks_own_choice_of_item_is_kept(form, send):
    send({**form, "text": "说不清楚的事情一件", "item": LAMP})
    assert Case.objects.get().item.code == LAMP


def test_only_dispatchers_register(form, send, qian, wu, li):
    for person in (qian, wu, li):
        assert send(form, by=person).status_code == 403
    assert not Case.objects.exists()


def test_while_typing_the_machine_suggests(form, world, chen, as_):
    page = as_(chen).post("/desk/register/suggest/", form).content.decode()
    assert f'data-pick="{LAMP}"' in page


def test_while_typing_what_is_known_near_by_is_shown(form, report, chen, as_):
    case = report("小区门口路灯不亮了", at=now())
    page = as_(chen).post("/desk/register/suggest/", form).content.decode()
    assert f"/desk/cases/{case.pk}/" in page


@pytest.mark.parametrize("fields", [{"text": "路"}, {"lng": "x"}, {"lng": "nan"}, {"lat": "1e999"}])
def test_suggesting_bears_with_half_a_form(form, world, chen, as_, fields):
    assert as_(chen).post("/desk/register/suggest/", {**form, **fields}).status_code == 200


def test_a_chosen_item_is_still_chosen_when_something_else_was_wrong(form, send):
    page = send({**form, "text": "", "item": LAMP}).content.decode()
    assert f'value="{LAMP}" selected' in page
