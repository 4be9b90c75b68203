"""Whatever is wrong with a posted request is said in GeoReport's own form, XML and JSON alike."""

import json
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client

from gongzhi.cases.models import Case, Remark
from gongzhi.doors.models import Entry, TurnedAway
from gongzhi.doors.open311.tests.conftest import KEY, ROOT
from gongzhi.doors.tests.faults import Fault, Way, shows

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def said(place, some_code):
    return {"api_key": KEY, "service_code": some_code, "description": "灯坏了三盏", **place}


def post(client, said, suffix="json", body=None, kind=FORM, **headers):
    body = urlencode(said).encode() if body is None else body
    return client.post(f"{ROOT}/requests.{suffix}", body, content_type=kind, headers=headers)


def error_of(answer, suffix):
    if suffix == "json":
        [error] = json.loads(answer.content)
        return error["code"], error["description"]
    error = ElementTree.fromstring(answer.content)
    assert error.tag == "errors"
    return error.findtext("error/code"), error.findtext("error/description")


BAD = {  # what is changed or sent instead, the status, words of the sentence
    Fault.MALFORMED: [
        ({"body": b'{"api_key": "x"}', "kind": "application/json"}, 400, "表单"),
        ({"body": b"--x\r\nbroken", "kind": "multipart/form-data; boundary=x"}, 403, "api_key"),
        ({"body": b"--x", "kind": "multipart/form-data"}, 400, "表单"),
        ({"lat": "north"}, 400, "lat"),
        ({"lat": "31.792", "long": ""}, 400, "lat"),
        ({"service_code": ""}, 400, "service_code"),
    ],
    Fault.OVERSIZED: [
        ({"body": b"api_key=" + b"x" * (2 * 1024 * 1024 + 1)}, 400, "太大"),
        ({"body": b"&".join(b"a%d=1" % n for n in range(300))}, 400, "太大"),
        ({"description": "长" * 4001}, 400, "4000"),
        ({"address_string": "长" * 300, "lat": "", "long": ""}, 400, "200"),
    ],
    Fault.SIGNATURE: [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "guess"}, 403, "api_key"),
    ],
    Fault.CODE: [({"service_code": "99999"}, 400, "service_code")],
    Fault.ENCODING: [
        ({"body": urlencode({"api_key": KEY, "description": "灯"}, encoding="gb18030").encode()},
         400, "UTF-8"),
        ({"body": b"api_key=x", "kind": FORM + "; charset=gb18030"}, 400, "UTF-8"),
    ],
    Fault.PLACE: [
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": "48.85", "long": "2.35"}, 400, "本区以外"),
        ({"lat": "117.306", "long": "31.792"}, 400, "写反"),
        ({"lat": "", "long": "", "address_string": "<p></p>"}, 400, "address_string"),
    ],
}  # fmt: skip


@shows(Way.OPEN311, *BAD)
@pytest.mark.parametrize("suffix", ["json", "xml"])
@pytest.mark.parametrize("spoilt", [case for cases in BAD.values() for case in cases], ids=str)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    client,
    world,
    partner,
    said,
    spoilt,
    suffix,
):
    changes, status, words = spoilt
    if "body" in changes:
        answer = post(client, {}, suffix, **changes)
    else:
        answer = post(client, {**said, **changes}, suffix)
    code, sentence = error_of(answer, suffix)
    assert (answer.status_code, code) == (status, str(status)), sentence
    assert words in sentence
    assert not Case.objects.exists()
    assert TurnedAway.objects.get().sentence == sentence


@shows(Way.OPEN311, Fault.REPLAYED)
def test_with_an_idempotency_key_sending_again_is_the_same_request(client, world, partner, said):
    first = post(client, said, idempotency_key="app-7-2026")
    again = post(client, {**said, "description": "别的话"}, idempotency_key="app-7-2026")
    other = post(client, said, idempotency_key="app-7-2027")
    without = [post(client, said), post(client, said)]
    assert first.content == again.content
    numbers = {json.loads(a.content)[0]["service_request_id"] for a in (first, other, *without)}
    assert len(numbers) == Case.objects.count() == Entry.objects.count() == 4
    wrong = post(client, said, idempotency_key="路" * 3)
    assert wrong.status_code == 400


@shows(Way.OPEN311, Fault.HTML)
def test_mark_up_becomes_words_and_nothing_is_run(client, world, partner, said):
    text = "<p>路灯<b>不亮</b></p><script>alert(1)</script>"
    assert post(client, {**said, "description": text}).status_code == 200
    assert Case.objects.get().text == "路灯不亮"


def test_all_of_a_long_description_is_kept(client, world, partner, said):
    text = "".join(f"第{n}盏灯不亮。" for n in range(1000))[:4000]
    assert post(client, {**said, "description": text}, idempotency_key="k").status_code == 200
    assert post(client, {**said, "description": text}, idempotency_key="k").status_code == 200
    case = Case.objects.get()
    head, tail = case.text.split("\n（描述较长")
    rest = Remark.objects.filter(case=case, kind="supplement").order_by("pk")
    assert head + "".join(remark.text for remark in rest) == text
    assert "其余见补充" in tail


def test_a_foreign_telephone_is_no_reason_to_refuse(client, world, partner, said):
    more = {"phone": "no number", "first_name": "Ann", "last_name": "Li", "email": "a@b.example"}
    assert post(client, {**said, **more}).status_code == 200
    case = Case.objects.get()
    assert (case.contact_name, case.contact_phone) == ("Ann Li", "")


def test_an_address_id_that_we_gave_out_is_understood(client, world, partner, said, community):
    place = {"lat": "", "long": "", "address_id": community.code}
    assert post(client, {**said, **place}).status_code == 200
    case = Case.objects.get()
    assert (case.area, case.address) == (community, community.full_name)


def test_what_is_quoted_back_can_always_be_read(client, world):
    answer = client.get(f"{ROOT}/requests.xml", {"status": "a\x00\x0b<&>"})
    assert "<&>" in ElementTree.fromstring(answer.content).findtext("error/description")
    for wrong in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        answer = client.get(f"{ROOT}/requests.xml", {"start_date": wrong})
        assert answer.status_code == 400


@pytest.mark.parametrize("path", ["nothing.json", "services.json/more", "tokens"])
def test_posting_where_nothing_is_says_so_in_the_interface_s_own_form(db, path):
    """A program has no cookie of ours, so no page about forged requests may come between."""
    answer = Client(enforce_csrf_checks=True).post(f"{ROOT}/{path}", {"api_key": "x"})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) in {
        (404, "application/json"),
        (404, "text/xml"),
    }
    assert "404" in answer.content.decode()


def test_other_methods_are_refused_and_a_browser_may_ask_first(client, world):
    wrong = client.delete(f"{ROOT}/requests.json")
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    asked = client.options(f"{ROOT}/requests.json")
    assert (asked.status_code, asked.content) == (200, b"")
    assert "POST" in asked["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"attribute[SINCE]": "years"}, "没有 years"),
        ({"attribute[SINCE][]": ["days", "weeks"]}, "只能有一个"),
        ({"attribute[DETAIL]": "长" * 501}, "500"),
    ],
)
def test_answers_to_attributes_must_fit(client, world, partner, place, edition, changes, words):
    code = edition.items.filter(item_class__code="02").first().code
    said = {"api_key": KEY, "service_code": code, "description": "灯坏了", **place, **changes}
    answer = client.post(f"{ROOT}/requests.json", said)
    assert answer.status_code == 400
    assert words in json.loads(answer.content)[0]["description"]
    assert not Case.objects.exists()


def test_a_flood_is_held_back_and_nothing_is_lost_when_it_is_sent_again(
    client,
    world,
    partner,
    said,
):
    partner.per_minute = 5
    partner.save()
    flood = [f"flood-{n}" for n in range(12)]
    first = [post(client, said, idempotency_key=key) for key in flood]
    assert [a.status_code for a in first] == [200] * 5 + [429] * 7
    assert first[-1]["Retry-After"] == "60"
    partner.per_minute = 1000
    partner.save()
    assert {post(client, said, idempotency_key=key).status_code for key in flood} == {200}
    assert Case.objects.count() == 12
