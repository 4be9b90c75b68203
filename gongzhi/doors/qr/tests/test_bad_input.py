"""Whatever a telephone sends after scanning: a kind page, what is wrong beside it, nothing lost."""

from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.utils.timezone import now

from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry
from gongzhi.doors.qr import actions
from gongzhi.doors.qr.actions import Spot
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.tests.faults import Fault, Way, shows

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def code(world, sun, NOON):
    spot = Spot(Kind.LAMP_POST, "路灯WH-0777", 117.306, 31.792)
    [made] = actions.make_codes(by=sun, spots=[spot], item_code="02001", at=NOON)
    return made


@pytest.fixture
def typed(client, code):
    """What the form sends after a scan, when somebody writes one sentence."""
    asked = parse_qs(urlsplit(client.get(f"/q/{code.token}/")["Location"]).query)
    fixed = {name: value[0] for name, value in asked.items()}
    return {**fixed, "key": str(uuid4()), "text": "坏了两天了", "sure": "1"}


ADDRESSES = ["/q/<script>/", "/q/%00/", f"/q/{'a' * 3000}/", "/q/%ff%fe/", "/q/a/b/"]


@shows(Way.QR, Fault.MALFORMED, Fault.OVERSIZED, Fault.ENCODING)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_torn_or_forged_code_leads_to_a_kind_page(client, world, address):
    answer = client.get(address)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "<script>/" not in page
    assert 'href="/' in page


BAD = {
    Fault.MALFORMED: ({"key": "no key", "text": ""}, "发生了什么"),
    Fault.OVERSIZED: ({"text": "长" * 2001}, "2000"),
    Fault.PLACE: ({"lng": "", "lat": "", "address": "", "via": ""}, "地点"),
    Fault.CODE: ({"lng": "2.35", "lat": "48.85"}, "本区以外"),
}


@shows(Way.QR, *BAD)
@pytest.mark.parametrize("fault", BAD)
def test_what_is_wrong_is_said_on_the_form_and_nothing_is_made(client, typed, fault):
    changes, words = BAD[fault]
    answer = client.post("/report/", {**typed, **changes})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert typed["text"] in page or "text" in changes
    assert not Case.objects.exists()


@shows(Way.QR, Fault.CODE)
def test_an_item_or_code_there_is_not_does_not_stop_the_report(client, typed, work):
    said = {**typed, "item": "99999", "via": "forged"}
    assert client.post("/report/", said).status_code == 302
    work(now())
    assert Case.objects.count() == 1
    assert not Entry.objects.exists()


@shows(Way.QR, Fault.REPLAYED)
def test_sent_twice_it_is_one_case_and_one_entry(client, typed, work):
    assert client.post("/report/", typed).status_code == 302
    assert client.post("/report/", {**typed, "text": "再按一次"}).status_code == 302
    work(now())
    work(now())
    assert Case.objects.count() == Entry.objects.count() == 1


@shows(Way.QR, Fault.HTML)
def test_mark_up_is_shown_as_words(client, typed):
    said = {**typed, "text": "<script>alert(1)</script>路灯坏了", "address": "<img src=x>"}
    done = client.post("/report/", said, follow=True)
    assert done.status_code == 200
    number = Case.objects.get().number
    for page in (done, client.get(f"/track/{number}/")):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x>" not in page.content.decode()


@shows(Way.QR, Fault.ENCODING)
def test_a_form_in_another_encoding_is_refused_or_read_and_never_an_error(client, typed):
    body = urlencode(typed, encoding="gb18030").encode()
    answer = client.post("/report/", body, content_type=FORM)
    assert answer.status_code in {302, 400, 422}
    declared = client.post("/report/", body, content_type=f"{FORM}; charset=gb18030")
    assert declared.status_code == 400
