"""The desk's pages: for whom they open, what they show, and that what people wrote stays text."""

import re

import pytest
from django.urls import reverse

from conftest import NOON
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.cases import actions
from gongzhi.cases.models import Presence
from gongzhi.cases.words import Status
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FAR = {"lng": 117.316, "lat": 31.794}
PAGES = ["inbox", "figures", "points", "grids", "items"]
ATTACK = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7*7 }}'


@pytest.fixture
def case(report, wang):
    return report(by=wang)


@pytest.fixture
def person_of(somebody, world, lighting):
    """`person_of(Role.LEADER)`: somebody of the district in that role."""

    def make(role):
        unit = lighting if role == Role.UNIT_STAFF else None
        return somebody(f"a-{role}", role, world, unit=unit)

    return make


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", Role.values)
def test_the_desk_opens_for_those_who_may_see_cases(person_of, as_, role, name):
    response = as_(person_of(role)).get(reverse(f"staff:{name}"))
    assert response.status_code == (200 if Can.SEE_CASES in ALLOWED[Role(role)] else 403)


@pytest.mark.parametrize("name", [*PAGES, "register"])
def test_strangers_are_sent_to_the_sign_in_page(db, as_, name):
    url = reverse(f"staff:{name}")
    response = as_(None).get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=/desk/")
    fragment = as_(None).get(url, headers=HTMX)
    assert fragment.status_code == 401
    assert fragment["HX-Redirect"].startswith("/login/")


def test_a_foreign_case_is_not_there(report, chen, as_):
    there = report(**FAR)
    for headers in ({}, HTMX):
        assert as_(chen).get(f"/desk/cases/{there.pk}/", headers=headers).status_code == 404
    assert as_(chen).get("/desk/cases/999999/").status_code == 404


@pytest.mark.parametrize(
    "verb",
    ["dispatch", "classify", "decline", "place", "approve", "finish", "rework", "close", "reveal"],
)
def test_nothing_can_be_done_to_a_foreign_case(report, chen, as_, verb):
    there = report(**FAR)
    response = as_(chen).post(f"/desk/cases/{there.pk}/{verb}/", {"seen": 1}, headers=HTMX)
    assert response.status_code == 404
    there.refresh_from_db()
    assert there.version == 1


def test_a_unit_does_not_reach_the_desk_even_for_its_own_case(stage, lighting, wu, as_):
    case = stage("dispatched", to=lighting)
    assert as_(wu).get(f"/desk/cases/{case.pk}/").status_code == 403
    assert as_(wu).post(f"/desk/cases/{case.pk}/approve/", {"seen": 2}).status_code == 403


def test_the_inbox_is_whole_without_script_and_a_part_for_htmx(case, chen, as_):
    whole = as_(chen).get("/desk/").content.decode()
    part = as_(chen).get("/desk/", headers=HTMX).content.decode()
    assert "<html" in whole
    assert f'id="row-{case.pk}"' in whole
    assert f'data-case="{case.pk}"' in whole, "the first case of the list is marked"
    assert f'hx-get="/desk/cases/{case.pk}/?glance=1"' in whole, "and fetched where it has room"
    assert f'href="/desk/cases/{case.pk}/"' in whole, "and opened by hand without script"
    assert "/dispatch/" not in whole
    assert "<html" not in part
    assert f'id="row-{case.pk}"' in part


def test_a_case_shown_beside_the_list_without_being_chosen_is_nobodys_to_know(case, chen, as_):
    path = f"/desk/cases/{case.pk}/"
    pane = as_(chen).get(path, {"glance": "1"}, headers=HTMX).content.decode()
    assert "/dispatch/" in pane
    assert not Presence.objects.exists()
    as_(chen).get(path, headers=HTMX)
    assert Presence.objects.get().person == chen


def test_htmx_going_back_in_history_gets_a_whole_page(case, chen, as_):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    assert "<html" in as_(chen).get("/desk/", headers=headers).content.decode()


def test_filtering_puts_the_filters_into_the_address_and_refreshing_does_not(case, chen, as_):
    response = as_(chen).get("/desk/?tab=late&q=&area=&page=1", headers=HTMX)
    assert response["HX-Push-Url"] == "/desk/?tab=late"
    again = as_(chen).get("/desk/?tab=late", headers={**HTMX, "X-Refresh": "1"})
    assert "HX-Push-Url" not in again


def test_the_desk_is_never_kept_by_a_browser(case, chen, as_):
    response = as_(chen).get("/desk/")
    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]


def test_a_case_named_in_the_address_stands_open_but_a_foreign_one_does_not(report, chen, as_):
    first, second, there = report("楼道里有燃气味"), report(), report(**FAR)
    assert f'data-case="{second.pk}"' in as_(chen).get(f"/desk/?case={second.pk}").content.decode()
    for foreign in (there.pk, "x", 10**20):
        page = as_(chen).get(f"/desk/?case={foreign}").content.decode()
        assert f'data-case="{first.pk}"' in page


def test_what_people_wrote_is_shown_as_text_everywhere(report, chen, as_):
    case = report(ATTACK, address=ATTACK, contact_name='"><b>王')
    browser = as_(chen)
    pages = [
        browser.get("/desk/"),
        browser.get(f"/desk/cases/{case.pk}/"),
        browser.get(f"/desk/?q={ATTACK}"),
        browser.post("/desk/register/", {"text": ATTACK, "contact_phone": ATTACK, "key": case.key}),
        browser.post("/desk/register/suggest/", {"text": ATTACK}),
    ]
    for page in pages:
        content = page.content.decode()
        assert "<script>alert" not in content
        assert "<img src=x" not in content
        assert ">49<" not in content


def test_pages_carry_no_inline_script_and_no_style_attribute(report, chen, as_):
    case = report()
    for url in ("/desk/", f"/desk/cases/{case.pk}/", "/desk/register/"):
        content = as_(chen).get(url).content.decode()
        assert not re.search(r"<script(?![^>]*\ssrc=)", content)
        assert not re.search(r"\sstyle=|\son[a-z]+=", content)


@pytest.mark.parametrize("status", Status.values)
def test_a_case_opens_at_every_stage_for_everyone_who_may_see_it(
    stage, chen, sun, qian, shen, as_, status
):
    case = stage(status)
    for person in (chen, sun, qian, shen):
        response = as_(person).get(f"/desk/cases/{case.pk}/")
        assert response.status_code == 200
        assert case.number in response.content.decode()


def test_only_what_the_person_may_do_is_offered(stage, chen, qian, as_):
    reported, handled = stage("reported"), stage("handled")
    dispatch = f'action="/desk/cases/{reported.pk}/dispatch/"'
    finish = f'action="/desk/cases/{handled.pk}/finish/"'
    assert dispatch in as_(chen).get(f"/desk/cases/{reported.pk}/").content.decode()
    assert finish in as_(chen).get(f"/desk/cases/{handled.pk}/").content.decode()
    for case in (reported, handled):
        leaders = as_(qian).get(f"/desk/cases/{case.pk}/").content.decode()
        assert f"/desk/cases/{case.pk}/dispatch/" not in leaders
        assert f"/desk/cases/{case.pk}/finish/" not in leaders
        assert f"/desk/cases/{case.pk}/reveal/" not in leaders


def test_one_does_not_see_a_button_for_checking_ones_own_work(stage, sun, as_, item):
    case = stage("accepted", to=sun, text="楼道里有燃气味")
    actions.handle(by=sun, case=case, note="已关阀通风，复测正常。", at=NOON)
    assert case.item.check_by_other
    page = as_(sun).get(f"/desk/cases/{case.pk}/").content.decode()
    assert f"/desk/cases/{case.pk}/finish/" not in page


# ── the reporter ──────────────────────────────────────────────────────────


@pytest.fixture
def call(report):
    """A case whose reporter left a name and a number."""
    return report(contact_name="冯春兰", contact_phone="10012345678")


def test_name_and_number_are_masked(call, chen, qian, as_):
    page = as_(chen).get(f"/desk/cases/{call.pk}/").content.decode()
    assert "冯**" in page
    assert "100****5678" in page
    assert "冯春兰" not in page
    assert "10012345678" not in page
    leaders = as_(qian).get(f"/desk/cases/{call.pk}/").content.decode()
    assert "冯**" not in leaders
    assert "5678" not in leaders


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_number_is_shown_for_a_reason_and_that_is_on_record(call, chen, as_, headers):
    browser = as_(chen)
    url = f"/desk/cases/{call.pk}/reveal/"
    answer = browser.post(url, {"ground": "answer"}, headers=headers)
    assert "10012345678" in answer.content.decode()
    event = Event.objects.get(name="cases.contact_revealed")
    assert (event.by, event.subject_id, event.facts) == (chen, call.pk, {"ground": "answer"})
    again = browser.get(f"/desk/cases/{call.pk}/").content.decode()
    assert "10012345678" not in again


def test_without_a_reason_it_stays_masked(call, chen, as_):
    response = as_(chen).post(f"/desk/cases/{call.pk}/reveal/", {}, headers=HTMX)
    assert response.status_code == 422
    assert "10012345678" not in response.content.decode()
    assert not Event.objects.filter(name="cases.contact_revealed").exists()


def test_a_leader_cannot_have_the_number_shown(call, qian, as_):
    response = as_(qian).post(f"/desk/cases/{call.pk}/reveal/", {"ground": "verify"})
    assert response.status_code == 403
    assert "10012345678" not in response.content.decode()


# ── the map ───────────────────────────────────────────────────────────────


def test_the_map_shows_open_cases_of_the_scope_as_lng_and_lat(report, stage, chen, as_):
    here = report()
    report(**FAR)
    stage("closed")
    report(lng=None, lat=None)
    found = as_(chen).get("/desk/points.json").json()["features"]
    assert [f["id"] for f in found] == [here.pk]
    assert found[0]["geometry"]["coordinates"] == [117.306, 31.792]
    assert found[0]["properties"]["c"] == "new"


def test_the_map_follows_the_filters(report, chen, as_):
    gas, _lamp = report("楼道里有燃气味"), report()
    found = as_(chen).get("/desk/points.json?q=燃气&tab=done").json()["features"]
    assert [f["id"] for f in found] == [gas.pk]


def test_the_map_outlines_the_grids_of_the_scope(world, chen, as_):
    found = as_(chen).get("/desk/grids.json").json()["features"]
    assert [f["properties"]["name"] for f in found] == ["第01网格", "第02网格", "第01网格"]
