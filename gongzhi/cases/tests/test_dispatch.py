"""Giving a case to somebody who can answer for it."""

import pytest

from conftest import NOON
from gongzhi.access.models import Post, Unit
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Remark
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(report, wang):
    return report(by=wang)


def test_dispatching_gives_the_case_to_a_grid_worker(case, chen, li):
    actions.dispatch(by=chen, case=case, to=li, at=NOON, opinion="请今天去看看")
    case.refresh_from_db()
    assert (case.status, case.handler, case.unit) == ("dispatched", li, None)
    assert (case.dispatched_at, case.version) == (NOON, 2)


def test_it_is_on_record_with_what_the_dispatcher_wrote(case, chen, li):
    actions.dispatch(by=chen, case=case, to=li, at=NOON, opinion="请今天去看看")
    event = Event.objects.get(name="cases.dispatched")
    assert (event.by, event.at, event.subject_id) == (chen, NOON, case.pk)
    assert event.facts == {"before": "reported", "handler": li.pk}
    assert Remark.objects.get().text == "请今天去看看"
    assert "请今天去看看" not in str(event.facts), "words can be erased, the record cannot"


def test_the_handler_and_the_reporter_are_told(case, chen, li, told):
    told()
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    assert told() == {("li", "cases/for_you"), ("wang", "cases/news")}


def test_a_unit_gets_it_as_a_whole_and_all_its_people_are_told(
    case, chen, lighting, wu, somebody, district, told
):
    somebody("feng", "unit_staff", district, unit=lighting)
    told()
    actions.dispatch(by=chen, case=case, to=lighting, at=NOON)
    assert (case.unit, case.handler) == (lighting, None)
    assert told() == {
        ("wu", "cases/for_you"),
        ("feng", "cases/for_you"),
        ("wang", "cases/news"),
    }


def test_one_of_a_unit_takes_it_for_the_unit(case, chen, wu, lighting):
    actions.dispatch(by=chen, case=case, to=wu, at=NOON)
    assert (case.handler, case.unit) == (wu, lighting)


# ── who may ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["sun", "chen", "he"])
def test_desks_above_the_case_may_dispatch(request, case, li, who):
    actions.dispatch(by=request.getfixturevalue(who), case=case, to=li, at=NOON)
    assert case.status == "dispatched"


@pytest.mark.parametrize("who", ["wang", "zhou", "li", "zhao", "gu", "wu", "qian", "shen", "guan"])
def test_nobody_else_may_dispatch(request, case, li, who):
    with pytest.raises(NotAllowed, match="派遣"):
        actions.dispatch(by=request.getfixturevalue(who), case=case, to=li, at=NOON)
    assert Case.objects.get().status == "reported"


def test_a_dispatcher_without_an_active_account_may_not(case, chen, li):
    chen.is_active = False
    with pytest.raises(NotAllowed):
        actions.dispatch(by=chen, case=case, to=li, at=NOON)


@pytest.mark.parametrize("to", ["zhao", "wang", "zhou", "chen", "qian", "shen", "guan"])
def test_it_goes_only_to_somebody_who_works_there(request, case, chen, to):
    with pytest.raises(NotPossible, match="不在该区域任职"):
        actions.dispatch(by=chen, case=case, to=request.getfixturevalue(to), at=NOON)


def test_it_does_not_go_to_somebody_who_left(case, chen, li):
    li.is_active = False
    with pytest.raises(NotPossible, match="不在该区域任职"):
        actions.dispatch(by=chen, case=case, to=li, at=NOON)


def test_a_unit_of_another_place_cannot_get_it(case, chen, other_township):
    theirs = Unit.objects.create(kind="property", name="云岭物业", area=other_township)
    with pytest.raises(NotPossible, match="不负责该区域"):
        actions.dispatch(by=chen, case=case, to=theirs, at=NOON)


def test_a_post_given_after_the_person_was_read_counts_at_the_next_reading(
    case, chen, zhao, grid_1
):
    assert zhao.held, "read and remembered"
    Post.objects.create(person=zhao, role="grid_worker", area=grid_1)
    with pytest.raises(NotPossible):
        actions.dispatch(by=chen, case=case, to=zhao, at=NOON)
    actions.dispatch(by=chen, case=case, to=type(zhao).objects.get(pk=zhao.pk), at=NOON)
    assert case.handler == zhao


# ── giving it to somebody else ────────────────────────────────────────────


def test_before_work_begins_it_may_be_given_to_somebody_else_and_the_first_is_told(
    case, chen, li, sun, told
):
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    told()
    actions.dispatch(by=chen, case=case, to=sun, at=NOON)
    assert case.handler == sun
    assert told() == {
        ("sun", "cases/for_you"),
        ("li", "cases/taken_from_you"),
        ("wang", "cases/news"),
    }


def test_from_a_person_to_a_unit(case, chen, li, lighting, wu, told):
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    told()
    actions.dispatch(by=chen, case=case, to=lighting, at=NOON)
    assert (case.handler, case.unit) == (None, lighting)
    assert ("li", "cases/taken_from_you") in told()


@pytest.mark.parametrize("status", ["accepted", "handled", "checked", "closed", "declined"])
def test_once_at_work_or_ended_it_cannot_be_dispatched(stage, chen, li, status):
    case = stage(status)
    with pytest.raises(NotPossible, match="请刷新页面"):
        actions.dispatch(by=chen, case=case, to=li, at=NOON)


def test_a_returned_case_can_be_dispatched_again(stage, chen, sun):
    case = stage("returned")
    actions.dispatch(by=chen, case=case, to=sun, at=NOON)
    assert (case.status, case.handler) == ("dispatched", sun)


# ── the race, and the words ───────────────────────────────────────────────


def test_of_two_dispatchers_the_second_is_told_and_changes_nothing(case, chen, he, li, sun):
    seen_by_he = Case.objects.get(pk=case.pk)
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    with pytest.raises(Overtaken, match="先一步"):
        actions.dispatch(by=he, case=seen_by_he, to=sun, at=NOON)
    assert Case.objects.get().handler == li
    assert Event.objects.filter(name="cases.dispatched").count() == 1


def test_a_form_from_before_somebody_elses_change_is_refused(case, chen, he, li, sun):
    """The page is loaded anew from the database, but the person acted on what they saw."""
    seen = case.version
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    fresh = Case.objects.get(pk=case.pk)
    with pytest.raises(Overtaken):
        actions.dispatch(by=he, case=fresh, to=sun, at=NOON, seen=seen)
    actions.dispatch(by=he, case=fresh, to=sun, at=NOON, seen=fresh.version)
    assert fresh.handler == sun


def test_an_opinion_beyond_a_thousand_characters_is_refused_and_nothing_moves(case, chen, li):
    with pytest.raises(NotUnderstood, match="最多 1000 字"):
        actions.dispatch(by=chen, case=case, to=li, at=NOON, opinion="长" * 1001)
    assert Case.objects.get().status == "reported"
    assert not Event.objects.filter(name="cases.dispatched").exists()
