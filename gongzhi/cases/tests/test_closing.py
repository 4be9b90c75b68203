"""Closing means fixed: asked back, redone, appealed, asked again; each round by itself."""

from datetime import timedelta

import pytest

from conftest import GAS, LAMP, NOON
from gongzhi.cases import actions, rules
from gongzhi.cases.chores import ask_one_again
from gongzhi.cases.models import Appeal, Case, FollowUp
from gongzhi.cases.tests.conftest import DONE, WHY
from gongzhi.cases.words import FollowUpKind, Nature
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CALLED = {"source": "hotline", "contact_name": "王秀英", "contact_phone": "10012345678"}
STILL_DARK = "晚上还是不亮，请再来看看"


@pytest.fixture
def owed(stage):
    """A closed hotline case and the return visit it asks for."""
    case = stage("closed", **CALLED)
    return case.followups.get()


def visit(owed, by, **answers):
    said = {"reached": True, "contacted": True, "solved": True, "satisfied": True, "text": ""}
    return actions.visit(by=by, followup=owed, at=NOON + DAY, **{**said, **answers})


def rate(case, person, stars):
    ref = f"p:{person.pk}"
    return actions.rate(by=person, case=case, reporter_ref=ref, stars=stars, text="", at=NOON)


# ── who is asked ──────────────────────────────────────────────────────────────


def test_who_called_is_called_back_within_three_working_days(owed):
    assert owed.kind == FollowUpKind.VISIT
    assert owed.due_at > NOON + 3 * DAY - timedelta(hours=12)
    assert owed.is_owed


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, 0),  # by the app, with an account: asked to rate there
        ({"contact_phone": "10012345678"}, 0),
        ({"contact_phone": "10012345678", "source": "visit"}, 1),
        ({"source": "hotline"}, 0),  # nobody to call
    ],
)
def test_others_are_asked_when_there_is_cause_and_a_number(stage, given, asked):
    assert stage("closed", **given).followups.count() == asked


def test_who_complained_is_called_back_by_whatever_door_they_came(stage, chen, he):
    case = stage("checked", contact_phone="10012345678")
    Case.objects.filter(pk=case.pk).update(nature=Nature.COMPLAINT)
    case.refresh_from_db()
    actions.close(by=he, case=case, at=NOON)
    assert case.followups.get().kind == FollowUpKind.VISIT


def test_each_claimant_of_one_matter_is_asked(stage, report, chen, he):
    parent, other = stage("checked", **CALLED), report(text="路灯坏了", **CALLED)
    actions.merge(by=chen, parent=stage("reported"), cases=[other], at=NOON)
    Case.objects.filter(pk=other.pk).update(parent=parent)
    actions.close(by=he, case=parent, at=NOON)
    assert {f.case_id for f in FollowUp.objects.all()} == {parent.pk, other.pk}


# ── what they say ─────────────────────────────────────────────────────────────


def test_a_good_answer_is_kept_and_nothing_else_changes(owed, chen):
    visit(owed, chen)
    assert (owed.solved, owed.satisfied, owed.by) == (True, True, chen)
    assert owed.case.status == "closed"


def test_not_solved_means_it_is_redone_by_whoever_had_it_with_a_new_clock(owed, chen, li, told):
    told()
    before = owed.case.due_at
    visit(owed, chen, solved=False, satisfied=False, text=STILL_DARK)
    case = Case.objects.get(pk=owed.case_id)
    assert (case.status, case.handler, case.reopened) == ("dispatched", li, 1)
    assert case.due_at > before
    assert (case.handled_at, case.ended_at, case.stars) == (None, None, None)
    assert {("li", "cases/redo"), ("wang", "cases/news")} <= told()


def test_what_was_shown_before_shows_nothing_after_a_redo(owed, chen, li, after_photo):
    visit(owed, chen, solved=False, satisfied=False, text=STILL_DARK)
    case = Case.objects.get(pk=owed.case_id)
    later = NOON + 2 * DAY
    actions.accept(by=li, case=case, at=later)
    with pytest.raises(NotUnderstood, match="照片"):
        actions.handle(by=li, case=case, note=DONE, at=later)
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=later)
    assert case.status == "handled"


def test_a_redone_case_is_closed_and_asked_about_again(owed, chen, he, li, after_photo):
    visit(owed, chen, solved=False, satisfied=False, text=STILL_DARK)
    case, later = Case.objects.get(pk=owed.case_id), NOON + 2 * DAY
    actions.accept(by=li, case=case, at=later)
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=later)
    actions.approve(by=he, case=case, at=later)
    actions.close(by=he, case=case, at=later)
    assert list(case.followups.values_list("round", flat=True)) == [0, 1]


def test_without_its_handler_a_redo_comes_to_the_desk(owed, chen, li, told):
    li.is_active = False
    li.save()
    told()
    visit(owed, chen, solved=False, satisfied=False, text=STILL_DARK)
    case = Case.objects.get(pk=owed.case_id)
    assert (case.status, case.handler) == ("reported", None)
    assert ("chen", "cases/new_case") in told()


def test_who_could_not_be_reached_answered_nothing(owed, chen):
    visit(owed, chen, reached=False, solved=False)
    assert (owed.reached, owed.solved, owed.satisfied) == (False, None, None)
    assert Case.objects.get(pk=owed.case_id).status == "closed"


def test_two_clerks_who_ask_at_once_record_one_answer(owed, chen, he):
    other = FollowUp.objects.get(pk=owed.pk)
    visit(owed, chen)
    with pytest.raises(Overtaken):
        visit(other, he, solved=False, satisfied=False, text=STILL_DARK)
    assert Case.objects.get(pk=owed.case_id).status == "closed"


@pytest.mark.parametrize("who", ["wang", "li", "gu", "wu", "qian"])
def test_who_may_not_check_may_not_ask_back(request, owed, who):
    with pytest.raises(NotAllowed):
        visit(owed, request.getfixturevalue(who))


def test_a_no_must_say_what_is_wrong_and_a_yes_must_answer(owed, chen):
    with pytest.raises(NotUnderstood, match="还有什么问题"):
        visit(owed, chen, solved=False, satisfied=False)
    with pytest.raises(NotUnderstood, match="是否解决"):
        visit(owed, chen, solved=None)
    owed.refresh_from_db()
    assert owed.is_owed


def test_who_rated_in_the_app_need_not_be_called(owed, wang):
    case = Case.objects.get(pk=owed.case_id)
    rate(case, wang, 5)
    owed.refresh_from_db()
    assert (owed.is_owed, owed.satisfied, owed.by) == (False, True, None)


# ── asked again ───────────────────────────────────────────────────────────────


@pytest.fixture
def asked_again(stage, item, told):
    """A closed case of an item that is asked about again after seven days."""
    lamp = item(LAMP)
    lamp.ask_again = 7
    lamp.save()
    case = stage("closed")
    assert case.item == lamp
    return case


def test_after_so_many_days_the_reporter_is_asked_once(asked_again, told):
    assert not ask_one_again(NOON + 6 * DAY)
    told()
    assert ask_one_again(NOON + 7 * DAY)
    assert not ask_one_again(NOON + 7 * DAY)
    assert ("wang", "cases/reporter") in told()


def test_a_no_reopens_it_and_a_yes_does_not(asked_again, wang):
    at, ref = NOON + 8 * DAY, f"p:{wang.pk}"
    actions.answer_followup(
        by=wang, case=asked_again, reporter_ref=ref, fixed=False, text=STILL_DARK, at=at
    )
    assert Case.objects.get(pk=asked_again.pk).status == "dispatched"
    with pytest.raises(NotPossible, match="回答过"):
        actions.answer_followup(by=wang, case=asked_again, reporter_ref=ref, fixed=True, at=at)


def test_nobody_else_answers(asked_again, zhou):
    with pytest.raises(NotAllowed):
        actions.answer_followup(
            by=zhou, case=asked_again, reporter_ref=f"p:{zhou.pk}", fixed=True, at=NOON + 8 * DAY
        )


def test_items_not_chosen_are_not_asked_about_again(stage):
    stage("closed")
    assert not ask_one_again(NOON + 90 * DAY)


# ── a word of one's own, and the level above ──────────────────────────────────


def test_a_dissatisfied_reporter_has_it_redone_once(stage, wang):
    case, ref = stage("closed"), f"p:{wang.pk}"
    with pytest.raises(NotPossible, match="先评价"):
        actions.ask_redo(by=wang, case=case, reporter_ref=ref, text=STILL_DARK, at=NOON)
    rate(case, wang, 1)
    actions.ask_redo(by=wang, case=case, reporter_ref=ref, text=STILL_DARK, at=NOON)
    assert (case.status, case.reopened) == ("dispatched", 1)
    with pytest.raises(NotPossible, match="办结以后"):
        actions.ask_redo(by=wang, case=case, reporter_ref=ref, text=STILL_DARK, at=NOON)


@pytest.fixture
def appealed(stage, wang):
    """An appeal of wang against the result of a case of 望湖社区's desk."""
    case = stage("closed")
    rate(case, wang, 2)
    return actions.appeal(by=wang, case=case, reporter_ref=f"p:{wang.pk}", text=STILL_DARK, at=NOON)


def test_an_appeal_goes_to_the_level_above_with_a_clock_and_is_told(appealed, told, township):
    assert appealed.desk == township
    assert appealed.due_at > NOON + 5 * DAY - timedelta(hours=12)
    assert ("chen", "cases/appealed") in told()


def test_upheld_it_is_redone_and_the_reporter_hears_of_it(appealed, chen, told):
    actions.decide_appeal(by=chen, appeal=appealed, upheld=True, answer="核实确未修好", at=NOON)
    told_now = told()
    assert Case.objects.get(pk=appealed.case_id).status == "dispatched"
    assert {("wang", "cases/reporter"), ("li", "cases/redo")} <= told_now


def test_refused_it_stays_closed_and_a_second_appeal_is_not_taken(appealed, chen, wang):
    actions.decide_appeal(by=chen, appeal=appealed, upheld=False, answer="现场已恢复", at=NOON)
    assert Case.objects.get(pk=appealed.case_id).status == "closed"
    with pytest.raises(NotPossible, match="已经申诉过"):
        actions.appeal(
            by=wang,
            case=Case.objects.get(pk=appealed.case_id),
            reporter_ref=f"p:{wang.pk}",
            text=STILL_DARK,
            at=NOON,
        )


@pytest.mark.parametrize("who", ["he", "sun", "li", "gu", "wang", "wu", "shen"])
def test_only_the_level_above_decides_and_nobody_who_had_a_hand_in_it(request, appealed, who):
    """何伟 closed it, 孙丽 sits at the desk below, 李强 handled it."""
    with pytest.raises(NotAllowed):
        actions.decide_appeal(
            by=request.getfixturevalue(who), appeal=appealed, upheld=True, answer=WHY, at=NOON
        )


def test_an_appeal_is_decided_once(appealed, chen, qian):
    other = Appeal.objects.get(pk=appealed.pk)
    actions.decide_appeal(by=chen, appeal=appealed, upheld=False, answer="现场已恢复", at=NOON)
    with pytest.raises(Overtaken):
        actions.decide_appeal(by=qian, appeal=other, upheld=True, answer=WHY, at=NOON)


def test_a_refused_matter_may_be_appealed_and_comes_back_to_the_desk(stage, wang, he):
    case = stage("declined")
    one = actions.appeal(
        by=wang, case=case, reporter_ref=f"p:{wang.pk}", text="这就是你们管的", at=NOON
    )
    actions.decide_appeal(by=he, appeal=one, upheld=True, answer="应当受理", at=NOON)
    assert Case.objects.get(pk=case.pk).status == "reported"


def test_content_or_late_people_do_not_appeal(stage, wang):
    case, ref = stage("closed"), f"p:{wang.pk}"
    rate(case, wang, 4)
    with pytest.raises(NotPossible, match="一星、二星"):
        actions.appeal(by=wang, case=case, reporter_ref=ref, text=STILL_DARK, at=NOON)
    case = stage("closed")
    rate(case, wang, 1)
    late = NOON + timedelta(days=rules.OBJECTING_DAYS + 1)
    with pytest.raises(NotPossible, match="30 天"):
        actions.appeal(by=wang, case=case, reporter_ref=ref, text=STILL_DARK, at=late)


def test_a_redo_of_the_parent_opens_what_was_merged_into_it(stage, report, zhou, chen, he, li):
    parent, other = stage("checked"), report(text="路灯坏了", by=zhou)
    Case.objects.filter(pk=other.pk).update(parent=parent, status="merged")
    actions.close(by=he, case=parent, at=NOON)
    other.refresh_from_db()
    assert other.status == "closed"
    rate(other, zhou, 1)
    actions.ask_redo(by=zhou, case=other, reporter_ref=f"p:{zhou.pk}", text=STILL_DARK, at=NOON)
    assert Case.objects.get(pk=parent.pk).status == "dispatched"
    assert other.status == "merged"


def test_the_clock_of_a_redo_counts_only_what_happened_since(stage, wang, chen, item):
    from gongzhi.cases.reads.clocks import handling_clock

    case, later = stage("closed", text="楼道里有燃气味"), NOON + 3 * DAY
    assert case.item == item(GAS)
    rate(case, wang, 1)
    actions.ask_redo(by=wang, case=case, reporter_ref=f"p:{wang.pk}", text=STILL_DARK, at=later)
    clock = handling_clock(case)
    assert clock.start == later
    assert case.due_at == later + timedelta(hours=4)
