"""Passed on three times, a case is ruled upon by the level above, once and for the next time."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.urls import reverse

from conftest import NOON
from gongzhi.access.models import Unit
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Precedent, Remark
from gongzhi.cases.tests.conftest import LOST
from gongzhi.cases.words import ReturnGround
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db

GROUND = ReturnGround.NOT_OUR_DUTY
RULING = "灯杆在市政道路红线内，由路灯管理所负责。"


@pytest.fixture
def passed_on(stage, chen, wu, lighting):
    """A case that the lighting unit returned three times."""
    case = stage("dispatched", to=lighting)
    for n in range(3):
        if n:
            actions.dispatch(by=chen, case=case, to=lighting, at=NOON)
        actions.return_to_sender(by=wu, case=case, ground=GROUND, reason=LOST, at=NOON)
    return case


def test_the_third_return_goes_to_the_level_above(passed_on, township, district):
    assert passed_on.status == "arbitration"
    assert passed_on.transfers == 3
    assert passed_on.desk.holds(township)


def test_a_ruling_binds_the_unit_and_becomes_a_precedent(passed_on, he, wu, lighting):
    actions.arbitrate(by=he, case=passed_on, to=lighting, ruling=RULING, at=NOON)
    assert (passed_on.status, passed_on.unit, passed_on.is_bound) == ("dispatched", lighting, True)
    precedent = Precedent.objects.get()
    assert (precedent.unit, precedent.ruling) == (lighting, RULING)
    with pytest.raises(NotPossible, match="已经上级裁定"):
        actions.return_to_sender(by=wu, case=passed_on, ground=GROUND, reason=LOST, at=NOON)


def test_the_desk_below_cannot_rule(passed_on, sun, lighting, li):
    for who in (sun, li):
        with pytest.raises(NotAllowed):
            actions.arbitrate(by=who, case=passed_on, to=lighting, ruling=RULING, at=NOON)


def test_a_desk_need_not_pass_it_on_three_times_to_have_it_ruled(
    stage, chen, sun, he, wu, lighting, township, district
):
    case = stage("dispatched", to=lighting)
    Case.objects.filter(pk=case.pk).update(desk=township)
    case.refresh_from_db()
    with pytest.raises(NotPossible, match="不能再变为"):
        actions.ask_ruling(by=chen, case=case, reason=LOST, at=NOON)
    actions.return_to_sender(by=wu, case=case, ground=GROUND, reason=LOST, at=NOON)
    assert (case.status, case.desk) == ("returned", township)
    with pytest.raises(NotUnderstood, match="争议在哪里"):
        actions.ask_ruling(by=chen, case=case, reason=" ", at=NOON)
    with pytest.raises(NotAllowed):
        actions.ask_ruling(by=sun, case=case, reason=LOST, at=NOON)
    actions.ask_ruling(by=chen, case=case, reason="灯管所说是物业的", at=NOON)
    assert (case.status, case.desk, case.transfers) == ("arbitration", district, 1)
    assert Remark.objects.get(text="灯管所说是物业的").kind == "level"
    while run_one(at=NOON):
        pass
    assert Message.objects.filter(to=he, template="cases/new_case").exists()
    with pytest.raises(NotAllowed):
        actions.arbitrate(by=chen, case=case, to=lighting, ruling=RULING, at=NOON)
    actions.arbitrate(by=he, case=case, to=lighting, ruling=RULING, at=NOON)
    assert case.is_bound


def test_the_district_rules_on_what_came_back_to_itself(stage, he, wu, lighting, district):
    case = stage("dispatched", to=lighting)
    actions.return_to_sender(by=wu, case=case, ground=GROUND, reason=LOST, at=NOON)
    Case.objects.filter(pk=case.pk).update(desk=district)
    case.refresh_from_db()
    actions.ask_ruling(by=he, case=case, reason=LOST, at=NOON)
    actions.arbitrate(by=he, case=case, to=lighting, ruling=RULING, at=NOON)
    assert case.is_bound


def test_a_return_must_come_within_two_working_days(stage, wu, lighting):
    case = stage("dispatched", to=lighting)
    in_time = NOON.replace(hour=17, minute=30) + timedelta(days=2)
    with pytest.raises(NotPossible, match="超过两个工作日"):
        actions.return_to_sender(
            by=wu, case=case, ground=GROUND, reason=LOST, at=in_time + timedelta(minutes=1)
        )
    actions.return_to_sender(by=wu, case=case, ground=GROUND, reason=LOST, at=in_time)


# ── recusal ───────────────────────────────────────────────────────────────


def test_who_is_complained_of_neither_handles_nor_sees_the_case(stage, chen, wu, lighting):
    case = stage("reported")
    actions.name_complained_of(by=chen, case=case, unit=lighting, at=NOON)
    assert case not in Case.objects.visible_to(wu)
    for to in (lighting, wu):
        with pytest.raises(NotPossible, match="回避"):
            actions.dispatch(by=chen, case=case, to=to, at=NOON)
    with pytest.raises(NotPossible, match="回避"):
        actions.ask_assist(by=chen, case=case, units=[lighting], asked="请说明情况", at=NOON)


def test_a_community_worker_of_the_unit_complained_of_does_not_see_it_either(
    stage, chen, somebody, community
):
    committee = Unit.objects.create(kind="community", name="望湖社区居委会", area=community)
    ma = somebody("ma", "community_worker", community, unit=committee)
    case = stage("reported")
    assert case in Case.objects.visible_to(ma)
    actions.name_complained_of(by=chen, case=case, unit=committee, at=NOON)
    assert case not in Case.objects.visible_to(ma)


def test_the_unit_at_work_must_be_relieved_first(stage, chen, lighting):
    case = stage("dispatched", to=lighting)
    with pytest.raises(NotPossible, match="先改派"):
        actions.name_complained_of(by=chen, case=case, unit=lighting, at=NOON)


def test_the_next_dispatch_shows_the_precedent_and_chooses_its_unit(
    as_, passed_on, report, he, chen, lighting, district
):
    other = Unit.objects.create(kind="parks", name="望湖区园林绿化中心", area=district)
    actions.arbitrate(by=he, case=passed_on, to=other, ruling="灯杆在公园内，由园林负责。", at=NOON)
    again = report(item_code=passed_on.item.code)
    page = as_(he).get(reverse("staff:case", args=[again.pk])).content.decode()
    assert "灯杆在公园内，由园林负责。" in page
    assert f'<option value="u:{other.pk}" selected' in page


def test_recusal_holds_on_every_page_and_list(as_, stage, chen, wu, lighting):
    """Nothing about the case, nor who spoke up, reaches the unit that is complained of."""
    case = stage(
        "reported", text="路灯所的人态度恶劣", contact_name="钱七", contact_phone="13812345678"
    )
    actions.name_complained_of(by=chen, case=case, unit=lighting, at=NOON)
    assert not Case.objects.visible_to(wu).exists()
    browser = as_(wu)
    for url in (
        reverse("staff:case", args=[case.pk]),
        reverse("patrol:case", args=[case.pk]),
        reverse("staff:inbox"),
        reverse("patrol:work"),
        reverse("patrol:map"),
        reverse("patrol:done"),
        reverse("staff:points"),
        reverse("tables:ask", args=["cases.cases"]),
        reverse("whistles_patrol:list"),
        reverse("disputes_patrol:list"),
        reverse("desk:messages"),
        reverse("wall:screen"),
    ):
        answer = browser.get(url)
        said = b"".join(answer) if answer.streaming else answer.content
        text = said.decode()
        assert case.title not in text, url
        assert case.number not in text, url
        assert "钱七" not in text, url
        assert "13812345678" not in text, url


def test_a_closed_case_is_not_ruled_upon_and_says_how_it_stands(stage, he, lighting):
    case = stage("closed")
    with pytest.raises(NotPossible, match="已办结"):
        actions.arbitrate(by=he, case=case, to=lighting, ruling=RULING, at=NOON)
    assert (Case.objects.get().status, Precedent.objects.count()) == ("closed", 0)


def test_a_unit_that_leads_a_case_cannot_be_deleted(stage, wu, lighting):
    case = stage("accepted", to=lighting, by=wu)
    with pytest.raises(ProtectedError):
        lighting.delete()
    assert Case.objects.get().unit == lighting
    assert case.is_open
