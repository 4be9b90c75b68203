"""Merging many at once does what merging one after the other does, in a few statements."""

from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.actions import matters, moves
from gongzhi.cases.actions.many import Doing, _one, do_to_each
from gongzhi.cases.models import Case, Remark
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken

pytestmark = pytest.mark.django_db
WHY = "同一处积水"


@pytest.fixture
def several(report, stage, chen, zhou):
    """At every status, one with others below it, one where chen has no say, and a parent."""
    made = [stage(status) for status in ("reported", "dispatched", "accepted", "handled", "closed")]
    below = [report(f"楼下的灯{n}", by=zhou) for n in range(2)]
    actions.merge(by=chen, parent=made[1], cases=below, at=NOON)
    elsewhere = report("路灯不亮", lng=117.316, lat=31.794)
    return [*made, *below, elsewhere, report("主案路灯")]


def everything():
    """What is kept of cases, what is on record and owed, without the numbers rows happen to get."""
    cases = list(Case.objects.order_by("pk").values())
    events = Event.objects.order_by("subject_id", "name", "pk")
    told = list(events.values("name", "kind", "subject_id", "by", "at", "area_path", "facts"))
    owed = Counter(Errand.objects.values_list("event__name", "event__subject_id", "reaction"))
    remarks = Counter(Remark.objects.values_list("case", "kind", "text", "event__name"))
    return cases, told, owed, remarks


def undone(do):
    """What the act leaves behind and says; then as if it had never been."""
    with transaction.atomic():
        said = do()
        left = everything()
        transaction.set_rollback(True)
    return left, [(o.case.pk, o.done, o.sentence) for o in said]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_many_at_once_is_one_after_the_other(several, chen, gu, data):
    chosen = data.draw(st.lists(st.integers(0, 8), unique=True))
    stale = data.draw(st.sets(st.sampled_from(chosen))) if chosen else set()
    behind = data.draw(st.sets(st.sampled_from(chosen))) if chosen else set()
    parent = several[data.draw(st.sampled_from([8, 8, 8, 0, 4, 5]))].pk
    by = data.draw(st.sampled_from([chen, chen, gu]))
    doing = Doing("merge", text=data.draw(st.sampled_from(["", WHY, "长" * 1001])), parent=parent)

    def pairs():
        for n in chosen:
            case = Case.objects.select_related("area").get(pk=several[n].pk)
            seen = case.version - (n in stale)
            if n in behind:  # changed by somebody else after it was read
                Case.objects.filter(pk=case.pk).update(version=case.version + 1)
            yield case, seen

    def together():
        return do_to_each(by=by, cases=list(pairs()), doings=[doing], at=NOON, for_real=True)

    def one_by_one():
        return [_one(by, case, seen, [doing], NOON, for_real=True) for case, seen in list(pairs())]

    assert undone(together) == undone(one_by_one)


def test_the_cases_handed_in_are_as_they_are_kept(several, chen):
    cases = several[:3]
    actions.merge_many(by=chen, parent=several[-1], cases=cases, at=NOON, why=WHY)
    for case in cases:
        kept = Case.objects.get(pk=case.pk)
        assert {f: getattr(case, f) for f in ("status", "version", "parent_id", "unit_id")} == {
            f: getattr(kept, f) for f in ("status", "version", "parent_id", "unit_id")
        }
    facts = Event.objects.get(name="cases.merged", subject_id=cases[2].pk).facts
    assert facts["before"] == "accepted"
    assert facts["handler"] is not None


def test_of_two_who_merge_one_case_the_second_is_told_and_the_others_are_merged(several, chen):
    stale = [Case.objects.get(pk=case.pk) for case in several[:3]]
    actions.merge(by=chen, parent=several[-1], cases=[several[1]], at=NOON)
    rows = actions.merge_many(by=chen, parent=several[-1], cases=stale, at=NOON)
    assert [type(row.refusal) for row in rows] == [type(None), Overtaken, type(None)]
    assert Event.objects.filter(name="cases.merged", subject_id=stale[1].pk).count() == 1


def test_who_may_not_is_told_so_for_each_case_or_for_the_parent(several, chen, gu):
    *_rest, elsewhere, parent = several
    rows = actions.merge_many(by=chen, parent=parent, cases=[elsewhere, several[0]], at=NOON)
    assert [type(row.refusal) for row in rows] == [NotAllowed, type(None)]
    with pytest.raises(NotAllowed):
        actions.merge_many(by=gu, parent=parent, cases=several[1:2], at=NOON)
    with pytest.raises(NotPossible, match="主案"):
        actions.merge_many(by=chen, parent=several[4], cases=several[:1], at=NOON)


def test_nothing_is_kept_when_the_record_cannot_be_written(several, chen, monkeypatch):
    def broken(_happenings):
        raise OSError("disk full")

    before = everything()
    monkeypatch.setattr(matters, "record_many", broken)
    with pytest.raises(OSError, match="disk full"):
        actions.merge_many(by=chen, parent=several[-1], cases=several[:3], at=NOON, why=WHY)
    assert everything() == before


def test_when_the_database_refuses_them_together_each_is_tried_by_itself(
    several, chen, monkeypatch
):
    whole = moves.write_same

    def deadlocked(cases, **changes):
        if len(cases) > 1:
            raise OperationalError("deadlock detected")
        return whole(cases, **changes)

    monkeypatch.setattr(matters, "write_same", deadlocked)
    pairs = [(case, case.version) for case in several[:4]]
    doing = Doing("merge", parent=several[-1].pk)
    said = do_to_each(by=chen, cases=pairs, doings=[doing], at=NOON, for_real=True)
    assert [o.done for o in said] == [True, True, True, False]
    assert several[-1].merged.count() == 5, "three, and two that hung on one of them"


def test_many_cost_no_more_statements_than_two(report, chen):
    cases = [report(f"路灯{n}不亮") for n in range(9)]

    def statements(some):
        with CaptureQueriesContext(connection) as asked:
            actions.merge_many(by=chen, parent=cases[0], cases=some, at=NOON, why=WHY)
        return len(asked)

    statements(cases[1:2])  # the flow is read and remembered
    assert statements(cases[2:4]) == statements(cases[4:])
