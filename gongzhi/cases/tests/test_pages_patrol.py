"""The rounds: what is in hand, accept, return, handle, report, the reporter's number."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localtime, now

from conftest import NOON, RUBBISH
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.reads import rounds
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.cases.words import FileMoment, Source, Status
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db


def said(response):
    """The page as text."""
    return response.content.decode()


@pytest.fixture
def given(report, wang, chen, li):
    """A case of 王秀英 that was given to 李强."""
    case = report("路灯不亮，晚上看不见路", by=wang, contact_phone="10012345678")
    return actions.dispatch(by=chen, case=case, to=li, at=NOON, opinion="请尽快")


def url(case, tail=""):
    """The patrol page of a case."""
    return f"/patrol/cases/{case.pk}/{tail}"


def test_only_those_who_work_cases_come_in(as_, li, wu, chen, wang, guan):
    assert as_(None).get("/patrol/").status_code == 302
    assert {as_(p).get("/patrol/").status_code for p in (li, wu)} == {200}
    assert {as_(p).get("/patrol/").status_code for p in (chen, wang, guan)} == {403}


@pytest.mark.parametrize("page", ["", "done/", "map/"])
def test_every_page_opens_with_nothing_in_hand(as_, li, world, page):
    assert as_(li).get(f"/patrol/{page}").status_code == 200


def test_in_hand_is_what_was_given_to_me_or_to_my_unit_due_first(
    report, chen, li, wu, he, lighting
):
    mine = actions.dispatch(by=chen, case=report("路灯不亮"), to=li, at=NOON)
    urgent = actions.dispatch(by=chen, case=report("井盖没了"), to=li, at=NOON)
    units = actions.dispatch(by=he, case=report("没有路灯"), to=lighting, at=NOON)
    report("垃圾没人扫")
    assert list(rounds.in_hand(li)) == [urgent, mine]
    assert list(rounds.in_hand(wu)) == [units]


def test_the_three_counts(report, chen, li):
    at = localtime(now()).replace(hour=12)
    cases = [report(f"路灯不亮{n}", at=at) for n in range(3)]
    for case in cases:
        actions.dispatch(by=chen, case=case, to=li, at=at)
    actions.accept(by=li, case=cases[0], at=at)
    Case.objects.filter(pk=cases[0].pk).update(due_at=at - timedelta(days=2))
    Case.objects.filter(pk=cases[1].pk).update(due_at=at + timedelta(hours=3))
    Case.objects.filter(pk=cases[2].pk).update(due_at=at + timedelta(days=3))
    assert rounds.figures(li, at) == rounds.Figures(waiting=2, doing=1, today=2)
    assert list(rounds.narrowed(rounds.in_hand(li), rounds.TODAY, at)) == cases[:2]


def test_a_case_of_another_grid_is_not_there(as_, zhao, given):
    assert as_(zhao).get(url(given)).status_code == 404
    assert as_(zhao).post(url(given, "accept/"), {"seen": given.version}).status_code == 404


def test_a_colleague_who_sees_the_case_may_not_take_it(as_, sun, given):
    assert as_(sun).get(url(given)).status_code == 200
    assert "接单</button>" not in said(as_(sun).get(url(given)))
    assert as_(sun).post(url(given, "accept/"), {"seen": given.version}).status_code == 403


def test_accept_then_handle_with_a_photo(as_, li, given):
    browser = as_(li)
    browser.post(url(given, "accept/"), {"seen": given.version})
    given.refresh_from_db()
    assert given.status == Status.ACCEPTED
    done = {"seen": given.version, "note": "已换灯泡，灯亮了。", "photos": [upload(photo())]}
    page = browser.post(url(given, "handle/"), done, follow=True)
    given.refresh_from_db()
    assert given.status == Status.HANDLED
    assert given.files.get().moment == FileMoment.AFTER
    assert "已换灯泡，灯亮了。" in said(page)
    assert given.number in said(browser.get(url(given)))
    assert "路灯不亮" in said(browser.get("/patrol/done/"))


def test_pressed_twice_by_two_the_second_is_told(as_, wu, somebody, district, lighting, he, report):
    other = somebody("wei", "unit_staff", district, unit=lighting, name="魏明")
    case = actions.dispatch(by=he, case=report("没有路灯"), to=lighting, at=NOON)
    first = as_(wu).post(url(case, "accept/"), {"seen": case.version})
    second = as_(other).post(url(case, "accept/"), {"seen": case.version})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "先一步处理了" in said(second)
    case.refresh_from_db()
    assert case.handler == wu


@pytest.fixture
def accepted(given, li):
    """The same case with 李强 at work."""
    return actions.accept(by=li, case=given, at=NOON)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"note": ""}, "请写明做了什么"),
        ({"note": "好"}, "请写明做了什么"),
        ({"note": "长" * 1001}, "说明最多 1000 字"),
        ({"note": "已换灯泡，灯亮了。", "photos": []}, "要有处置后的照片"),
    ],
)
def test_a_result_that_is_not_enough_is_said_and_the_words_stay(as_, li, accepted, wrong, sentence):
    form = {"seen": accepted.version, "photos": [upload(photo())], **wrong}
    answer = as_(li).post(url(accepted, "handle/"), form)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert wrong["note"][:20] in said(answer)
    accepted.refresh_from_db()
    assert accepted.status == Status.ACCEPTED
    assert not accepted.files.exists()


def test_return_needs_a_ground_and_a_reason(as_, li, accepted):
    type(accepted).objects.filter(pk=accepted.pk).update(dispatched_at=now())
    browser, seen = as_(li), {"seen": accepted.version}
    no_ground = browser.post(url(accepted, "return/"), {**seen, "text": "灯杆归路灯所管"})
    assert (no_ground.status_code, "请选择退回的原因" in said(no_ground)) == (422, True)
    assert "灯杆归路灯所管" in said(no_ground)
    no_reason = browser.post(url(accepted, "return/"), {**seen, "ground": "not_our_duty"})
    assert (no_reason.status_code, "请写明退回的理由" in said(no_reason)) == (422, True)
    good = {**seen, "ground": "not_our_duty", "text": "灯杆归路灯所管"}
    assert browser.post(url(accepted, "return/"), good).status_code == 302
    accepted.refresh_from_db()
    assert accepted.status == Status.RETURNED


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 12, "1.0"])
def test_a_form_without_the_version_seen_changes_nothing(as_, li, given, seen):
    assert as_(li).post(url(given, "accept/"), {"seen": seen}).status_code == 422
    given.refresh_from_db()
    assert given.status == Status.DISPATCHED


def test_the_reporters_number_is_masked_until_a_reason_is_given_and_the_look_recorded(
    as_, li, given
):
    browser = as_(li)
    page = said(browser.get(url(given)))
    assert "100****5678" in page
    assert "10012345678" not in page
    assert "王秀英" not in page
    assert browser.post(url(given, "contact/"), {}).status_code == 422
    assert "10012345678" in said(browser.post(url(given, "contact/"), {"ground": "verify"}))
    looked = Event.objects.get(name="cases.contact_revealed")
    assert (looked.by, looked.facts["ground"]) == (li, "verify")


def test_units_see_the_masked_number_only(as_, wu, he, lighting, report, wang):
    case = report("没有路灯", by=wang, contact_phone="10012345678")
    actions.dispatch(by=he, case=case, to=lighting, at=NOON)
    page = said(as_(wu).get(url(case)))
    assert "100****5678" in page
    assert "查看完整电话" not in page
    assert as_(wu).post(url(case, "contact/"), {"ground": "verify"}).status_code == 403


def test_what_is_seen_on_the_round_is_reported_at_once(as_, li, world):
    form = {
        "key": str(uuid4()),
        "text": "垃圾没人扫",
        "lng": "117.306",
        "lat": "31.792",
        "photos": [upload(photo())],
    }
    browser = as_(li)
    page = browser.post("/patrol/report/", form, follow=True)
    case = Case.objects.get()
    assert case.number in said(page)
    assert (case.source, case.reported_by, case.item.code) == (Source.PATROL, li, RUBBISH)
    assert case.files.count() == 1
    browser.post("/patrol/report/", form)
    assert Case.objects.count() == 1


def test_a_quick_report_that_cannot_be_taken_keeps_its_words(as_, li, world):
    answer = as_(li).post("/patrol/report/", {"text": "垃圾没人扫", "photos": [upload(photo())]})
    assert answer.status_code == 422
    assert "垃圾没人扫" in said(answer)
    assert "请写明地点" in said(answer)
    assert "已经收到，不用再选" in said(answer)
