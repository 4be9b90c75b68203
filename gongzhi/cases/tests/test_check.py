"""Checking what was done, sending it back, closing it."""

import pytest

from conftest import GAS, NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.kernel.tests.threads import at_once

pytestmark = pytest.mark.django_db

OUTSIDERS = ["wang", "li", "zhao", "gu", "wu", "qian", "shen", "guan"]


def test_what_meets_the_standard_is_checked_then_closed(stage, chen, told):
    case = stage("handled")
    actions.approve(by=chen, case=case, opinion="现场已核实", at=NOON)
    assert case.status == "checked"
    told()
    actions.close(by=chen, case=case, at=NOON)
    assert (case.status, case.ended_at, case.is_open) == ("closed", NOON, False)
    assert Event.objects.get(name="cases.checked").remark.text == "现场已核实"
    assert told() == {("wang", "cases/news")}


def test_what_does_not_goes_back_to_its_handler_with_the_deadline_it_had(stage, chen, li, told):
    case = stage("handled")
    was_due = case.due_at
    told()
    actions.rework(by=chen, case=case, reason="灯还是不亮", at=NOON)
    assert (case.status, case.handler, case.handled_at) == ("accepted", li, None)
    assert case.due_at == was_due
    assert Event.objects.get(name="cases.reworked").remark.text == "灯还是不亮"
    assert told() == {("li", "cases/rework")}


def test_rework_needs_a_reason(stage, chen):
    with pytest.raises(NotUnderstood, match="哪里没有办好"):
        actions.rework(by=chen, case=stage("handled"), reason="差", at=NOON)
    assert Case.objects.get().status == "handled"


@pytest.mark.parametrize("who", ["sun", "chen", "he"])
def test_desks_above_may_check_and_close(request, stage, who):
    case, by = stage("handled"), request.getfixturevalue(who)
    actions.approve(by=by, case=case, at=NOON)
    actions.close(by=by, case=case, at=NOON)
    assert case.status == "closed"


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_may(request, stage, who):
    by, handled, checked = request.getfixturevalue(who), stage("handled"), stage("checked")
    with pytest.raises(NotAllowed):
        actions.approve(by=by, case=handled, at=NOON)
    with pytest.raises(NotAllowed):
        actions.rework(by=by, case=handled, reason="灯还是不亮", at=NOON)
    with pytest.raises(NotAllowed):
        actions.close(by=by, case=checked, at=NOON)


def test_where_another_must_check_nobody_checks_their_own_work(stage, sun, chen, item):
    case = stage("handled", to=sun, text="楼道里闻到煤气")
    assert case.item == item(GAS)
    with pytest.raises(NotPossible, match="由他人核查"):
        actions.approve(by=sun, case=case, at=NOON)
    with pytest.raises(NotPossible, match="由他人核查"):
        actions.rework(by=sun, case=case, reason="想再做一次", at=NOON)
    actions.approve(by=chen, case=case, at=NOON)
    assert case.status == "checked"


def test_where_none_is_asked_for_one_may(stage, sun):
    case = stage("handled", to=sun)
    assert not case.item.check_by_other
    actions.approve(by=sun, case=case, at=NOON)
    assert case.status == "checked"


def test_a_case_nobody_classed_is_checked_by_another(stage, sun):
    case = stage("handled", to=sun, text="这件事麻烦你们来看看吧")
    with pytest.raises(NotPossible, match="由他人核查"):
        actions.approve(by=sun, case=case, at=NOON)


@pytest.mark.parametrize("status", ["reported", "dispatched", "accepted", "closed", "declined"])
def test_only_handled_work_is_checked(stage, chen, status):
    case = stage(status)
    with pytest.raises(NotPossible):
        actions.approve(by=chen, case=case, at=NOON)
    with pytest.raises(NotPossible):
        actions.rework(by=chen, case=case, reason="灯还是不亮", at=NOON)


@pytest.mark.parametrize(
    "status", ["reported", "dispatched", "accepted", "handled", "closed", "declined", "returned"]
)
def test_only_checked_work_is_closed(stage, chen, status):
    with pytest.raises(NotPossible):
        actions.close(by=chen, case=stage(status), at=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_approving_and_sending_back_at_the_same_moment_one_holds(stage, chen, he):
    case = stage("handled")
    mine, theirs = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
    answers = at_once(
        lambda: actions.approve(by=chen, case=mine, at=NOON),
        lambda: actions.rework(by=he, case=theirs, reason="灯还是不亮", at=NOON),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Case", "Overtaken"]
    happened = Event.objects.filter(name__in=["cases.checked", "cases.reworked"]).get()
    after = {"cases.checked": "checked", "cases.reworked": "accepted"}[happened.name]
    assert Case.objects.get().status == after


def test_closing_what_somebody_else_just_closed(stage, chen, he):
    case = stage("checked")
    seen_by_he = Case.objects.get(pk=case.pk)
    actions.close(by=chen, case=case, at=NOON)
    with pytest.raises(Overtaken):
        actions.close(by=he, case=seen_by_he, at=NOON)
