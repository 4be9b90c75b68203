"""One matter, many claimants: merged, undone, and every one of them answered."""

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.tests.conftest import DONE, WHY
from gongzhi.cases.words import DeclineGround
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def same(report, zhou):
    """Two more reports of the same lamp, one by zhou, one by a stranger."""
    return [report(text="3栋路灯坏了", by=zhou), report(text="楼下的灯不亮了")]


def test_solving_the_parent_ends_every_merged_case_and_answers_each(
    stage, same, li, chen, he, after_photo, told
):
    parent = stage("accepted")
    actions.merge(by=chen, parent=parent, cases=same, at=NOON)
    assert {case.status for case in same} == {"merged"}
    actions.handle(by=li, case=parent, note=DONE, files=[after_photo], at=NOON)
    actions.approve(by=he, case=parent, at=NOON)
    told()
    actions.close(by=he, case=parent, at=NOON)
    assert {c.status for c in Case.objects.filter(parent=parent)} == {"closed"}
    assert told() >= {("wang", "cases/news"), ("zhou", "cases/news")}


def test_declining_the_parent_declines_what_was_merged_into_it(stage, same, chen):
    parent = stage("reported")
    actions.merge(by=chen, parent=parent, cases=same, at=NOON)
    actions.decline(by=chen, case=parent, ground=DeclineGround.BEYOND_DUTY, answer=WHY, at=NOON)
    assert {c.status for c in Case.objects.filter(parent=parent)} == {"declined"}


def test_a_merge_can_be_undone(stage, same, chen):
    parent = stage("reported")
    actions.merge(by=chen, parent=parent, cases=same, at=NOON)
    actions.split(by=chen, case=same[0], at=NOON)
    assert (same[0].status, same[0].parent) == ("reported", None)
    assert list(parent.merged.all()) == [same[1]]


def test_what_hung_on_a_case_hangs_on_its_new_parent(stage, same, chen):
    top = stage("reported")
    actions.merge(by=chen, parent=same[0], cases=[same[1]], at=NOON)
    actions.merge(by=chen, parent=top, cases=[same[0]], at=NOON)
    assert set(top.merged.all()) == set(same)


def test_merging_again_changes_nothing(stage, same, chen):
    parent = stage("reported")
    actions.merge(by=chen, parent=parent, cases=same, at=NOON)
    before = list(Case.objects.order_by("pk").values_list("version", flat=True))
    again = list(Case.objects.filter(parent=parent))
    actions.merge(by=chen, parent=parent, cases=again, at=NOON)
    assert list(Case.objects.order_by("pk").values_list("version", flat=True)) == before


def test_all_are_merged_or_none(stage, same, chen):
    parent, done = stage("reported"), stage("closed")
    with pytest.raises(NotPossible):
        actions.merge(by=chen, parent=parent, cases=[same[0], done], at=NOON)
    assert not Case.objects.filter(parent=parent).exists()


def test_a_case_somebody_just_changed_is_not_merged_blindly(stage, same, chen, li):
    parent = stage("reported")
    seen_before = Case.objects.get(pk=same[0].pk)
    actions.dispatch(by=chen, case=same[0], to=li, at=NOON)
    with pytest.raises(Overtaken):
        actions.merge(by=chen, parent=parent, cases=[seen_before], at=NOON)


def test_neither_itself_nor_a_merged_or_ended_parent_will_do(stage, same, chen):
    parent = stage("reported")
    with pytest.raises(NotPossible, match="并入自己"):
        actions.merge(by=chen, parent=parent, cases=[parent], at=NOON)
    actions.merge(by=chen, parent=parent, cases=[same[0]], at=NOON)
    for wrong in (same[0], stage("closed")):
        with pytest.raises(NotPossible, match="主案"):
            actions.merge(by=chen, parent=wrong, cases=[same[1]], at=NOON)


@pytest.mark.parametrize("who", ["wang", "li", "gu", "wu", "qian"])
def test_who_may_not_dispatch_may_not_merge(request, stage, same, who):
    with pytest.raises(NotAllowed):
        actions.merge(
            by=request.getfixturevalue(who), parent=stage("reported"), cases=same, at=NOON
        )
