"""The number on a lamp post, by every door: the case keeps it, or the door says what is wrong."""

import json
from uuid import uuid4

import pytest

from conftest import HERE, LAMP
from gongzhi.cases.models import Case
from gongzhi.doors.conftest import KEY
from gongzhi.doors.hotline.drops import rows_of, try_rows
from gongzhi.doors.models import Partner
from gongzhi.doors.phone import actions as phone
from gongzhi.doors.phone.actions.calls import report_of
from gongzhi.doors.phone.words import Moment
from gongzhi.kernel.refusals import NotUnderstood

pytestmark = pytest.mark.django_db
UNKNOWN = "3499010104099999"


@pytest.fixture(autouse=True)
def _standing(everyone, lamp_post):
    """One lamp post is registered, every partner is admitted."""


def matter(**changes):
    """A matter as the city management platform sends it."""
    return {"taskNum": "CG1", "eventTypeCode": "0105", "eventDesc": "路灯不亮两盏", **changes}


@pytest.fixture
def tied(lamp_post):
    """Asserts that the only case is about the lamp post, and lies where that stands."""

    def check(grid):
        case = Case.objects.get()
        assert (case.component, case.area) == (lamp_post, grid)
        assert case.item.code == LAMP

    return check


# ── a program of ours, Open311 ────────────────────────────────────────────────


def by_api(client, code):
    said = {"key": str(uuid4()), "text": "坏了，请来看看", "component": code}
    return client.post(
        "/api/v1/reports", json.dumps(said), content_type="application/json",
        headers={"X-Device-Token": "a" * 40},
    )  # fmt: skip


def test_by_the_api(client, tied, lamp_post, grid_1):
    assert by_api(client, lamp_post.code).status_code == 201
    tied(grid_1)


def test_by_the_api_an_unknown_one_is_refused_with_its_field(client):
    answer = by_api(client, UNKNOWN)
    assert (answer.status_code, answer.json()["field"]) == (422, "component")
    assert UNKNOWN in answer.json()["sentence"]
    assert not Case.objects.exists()


def by_open311(client, **said):
    answer = client.post(
        "/open311/v2/requests.json", {"api_key": KEY, "service_code": LAMP, **said}
    )
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize("name", ["attribute[COMPONENT]", "attribute[COMPONENT][]", "address_id"])
@pytest.mark.parametrize("place", [{}, {"address_string": "望湖花园"}, {"lat": "31.792"}])
def test_by_open311_attribute_or_address_id(client, tied, lamp_post, grid_1, name, place):
    where = {**place, **({"long": "117.306"} if "lat" in place else {})}
    status, made = by_open311(client, **{name: lamp_post.code}, **where)
    assert status == 200, made
    tied(grid_1)
    assert lamp_post.code not in Case.objects.get().text
    found = client.get(f"/open311/v2/requests/{made[0]['service_request_id']}.json")
    assert json.loads(found.content)[0]["address_id"] == lamp_post.code


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"attribute[COMPONENT]": UNKNOWN}, UNKNOWN),
        ({"attribute[COMPONENT]": UNKNOWN, "lat": "31.792", "long": "117.306"}, UNKNOWN),
        ({"address_id": UNKNOWN}, "address_id"),
        ({"address_id": "9"}, "address_id"),
        ({"attribute[COMPONENT]": ["1", "2"]}, "不是同一个"),
        ({"attribute[COMPONENT]": "3499010104000012", "lat": "31.80", "long": "117.306"}, "米"),
    ],
)
def test_by_open311_what_is_none_is_said(client, said, words):
    status, errors = by_open311(client, **said)
    assert (status, errors[0]["code"]) == (400, "400")
    assert words in errors[0]["description"]
    assert not Case.objects.exists()


# ── partners that sign ────────────────────────────────────────────────────────


def test_by_the_hotline(signed, order, tied, lamp_post, grid_1):
    said = order(component_code=lamp_post.code, lng=None, lat=None, address=None)
    answer = signed("/hooks/hotline/orders", said, partner="hotline")
    assert answer.status_code == 200, answer.content
    tied(grid_1)


def test_by_the_hotline_an_unknown_one_is_an_unknown_code(signed, order):
    answer = signed("/hooks/hotline/orders", order(component_code=UNKNOWN), partner="hotline")
    said = answer.json()
    assert (said["code"], said["error"], said["field"]) == (422, "unknown_code", "component_code")
    assert UNKNOWN in said["message"]
    assert not Case.objects.exists()


def test_in_a_table_of_orders_the_row_says_so(lamp_post, NOON):
    table = f"工单编号,诉求内容,部件编号\nHF-1,路灯不亮,{lamp_post.code}\nHF-2,路灯不亮,{UNKNOWN}\n"
    tried = try_rows(rows_of(table.encode(), most=9), at=NOON)
    assert [reading.new.component for reading in tried.readings] == [lamp_post.code]
    assert [(fault.number, UNKNOWN in fault.sentence) for fault in tried.faults] == [("HF-2", True)]


def test_by_a_web_hook(signed, tied, lamp_post, grid_1):
    said = matter(objCode=lamp_post.code)
    answer = signed("/hooks/events", said, partner="city_management")
    assert answer.status_code == 200, answer.content
    tied(grid_1)


def test_by_a_web_hook_an_unknown_one_is_an_unknown_code(signed):
    error = signed("/hooks/events", matter(objCode=UNKNOWN), partner="city_management").json()
    assert (error["error"]["code"], error["error"]["field"]) == ("unknown_code", "objCode")
    assert not Case.objects.exists()


# ── the desk ──────────────────────────────────────────────────────────────────


def taken_down(**typed):
    return {"key": str(uuid4()), "source": "visit", "text": "坏了，请来看看", **typed}


def test_at_the_desk_the_whole_number_is_place_enough(as_, chen, tied, lamp_post, grid_1):
    answer = as_(chen).post("/desk/register/", taken_down(component="3499 0101 0400 0012"))
    assert answer.status_code == 201
    tied(grid_1)


def test_at_the_desk_its_last_digits_near_the_point_on_the_map(as_, chen, tied, grid_1):
    typed = taken_down(component="0012", lng=str(HERE[0]), lat=str(HERE[1]))
    assert as_(chen).post("/desk/register/", typed).status_code == 201
    tied(grid_1)


@pytest.mark.parametrize("code", [UNKNOWN, "0012", "灯杆"])
def test_at_the_desk_what_is_none_is_said_beside_the_field(as_, chen, code):
    page = as_(chen).post("/desk/register/", taken_down(component=code))
    assert page.status_code == 422
    assert f"没有找到编号“{code}”的设施" in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()
    assert f'value="{code}"' in page.content.decode(), "nothing typed is lost"
    assert not Case.objects.exists()


def test_at_the_desk_the_point_on_the_map_offers_what_stands_there(as_, chen, lamp_post):
    where = {"text": "", "lng": str(HERE[0]), "lat": str(HERE[1])}
    piece = as_(chen).post("/desk/register/suggest/", where).content.decode()
    assert f'data-pick="{lamp_post.code}"' in piece
    assert "9 米" in piece
    assert lamp_post.code not in as_(chen).post("/desk/register/suggest/").content.decode()


@pytest.fixture
def call(NOON):
    """A call that was answered."""
    told = phone.Told("c1", Moment.ANSWERED, NOON, "13800000001", "12319")
    exchange = Partner.objects.get(code="exchange")
    return phone.note_many(by=None, told=[told], partner=exchange, at=NOON)[0]


def test_on_the_telephone(as_, he, call, tied, grid_1):
    typed = {"text": "坏了，请来看看", "address": "3栋北门", "component": "3499010104000012"}
    assert as_(he).post(f"/desk/phone/{call.pk}/case/", typed).status_code == 302
    tied(grid_1)


def test_on_the_telephone_what_is_none_is_said(as_, he, call):
    typed = {"text": "坏了，请来看看", "address": "3栋北门", "component": UNKNOWN}
    page = as_(he).post(f"/desk/phone/{call.pk}/case/", typed)
    assert page.status_code == 422
    assert UNKNOWN in page.content.decode()
    assert not Case.objects.exists()
    with pytest.raises(NotUnderstood):
        report_of(
            call, text="坏了", address="", lng=None, lat=None, item="", name="", phone="",
            painted="12",
        )  # fmt: skip
