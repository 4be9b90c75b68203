"""Pauses and extensions move the promise by exactly what they took; late stays late."""

from datetime import timedelta

import pytest

from conftest import GAS, NOON, RUBBISH
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Extension
from gongzhi.cases.reads.clocks import clocks_of, handling_clock, stage_clocks
from gongzhi.cases.words import PauseGround
from gongzhi.catalogue.words import Grade
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

pytestmark = pytest.mark.django_db

RAIN = {"ground": PauseGround.WEATHER, "reason": "暴雨红色预警，无法登高作业。"}
PARTS = "配件要从外地调货。"


def test_a_pause_moves_the_promise_by_the_working_time_it_took(stage, chen):
    case = stage("accepted")
    before = case.due_at
    actions.pause(by=chen, case=case, at=NOON + timedelta(hours=2), **RAIN)
    assert case.paused_at
    actions.resume(by=chen, case=case, at=NOON + timedelta(hours=5))
    moved = calendar_rules.worked(
        before.astimezone(NOON.tzinfo), case.due_at.astimezone(NOON.tzinfo), calendars.in_force()
    )
    assert moved == timedelta(hours=3)
    assert case.paused_at is None


def test_the_due_time_follows_from_the_record_alone(stage, chen, item):
    case = stage("accepted")
    actions.pause(by=chen, case=case, at=NOON + timedelta(hours=2), **RAIN)
    actions.resume(by=chen, case=case, at=NOON + timedelta(hours=5))
    stored = case.due_at
    fresh = Case.objects.get(pk=case.pk)
    assert handling_clock(fresh).due(calendars.in_force(), NOON + timedelta(days=9)) == stored


def test_a_change_of_item_keeps_what_was_paused(stage, chen, item):
    case = stage("accepted")
    actions.pause(by=chen, case=case, at=NOON + timedelta(hours=2), **RAIN)
    actions.resume(by=chen, case=case, at=NOON + timedelta(hours=4))
    later = NOON + timedelta(hours=6)
    actions.classify(by=chen, case=case, item=item(RUBBISH), grade=Grade.ORDINARY, at=later)
    # 4 working hours from Wednesday 12:00 would be Thursday 9:00; two paused hours make it 11:00
    assert case.due_at == NOON.replace(day=5, hour=11)


def test_pausing_twice_or_resuming_what_runs_is_refused(stage, chen, li):
    case = stage("accepted")
    with pytest.raises(NotPossible, match="没有暂停"):
        actions.resume(by=chen, case=case, at=NOON)
    with pytest.raises(NotAllowed):
        actions.pause(by=li, case=case, at=NOON, **RAIN)
    actions.pause(by=chen, case=case, at=NOON, **RAIN)
    with pytest.raises(NotPossible, match="已经暂停"):
        actions.pause(by=chen, case=case, at=NOON, **RAIN)


def test_an_extension_is_asked_once_and_granted_by_another(stage, chen, li):
    case = stage("accepted")
    before = case.due_at
    asked = actions.ask_extension(by=li, case=case, days=3, reason=PARTS, at=NOON)
    with pytest.raises(NotPossible, match="只能延期一次"):
        actions.ask_extension(by=li, case=case, days=1, reason=PARTS, at=NOON)
    with pytest.raises(NotAllowed):
        actions.decide_extension(by=li, extension=asked, granted=True, at=NOON)
    actions.decide_extension(by=chen, extension=asked, granted=True, at=NOON)
    asked.case.refresh_from_db()
    local = before.astimezone(NOON.tzinfo)
    assert asked.case.due_at == calendar_rules.due(local, 3, "wd", calendars.in_force())
    with pytest.raises(Overtaken):
        actions.decide_extension(by=chen, extension=Extension.objects.get(), granted=False, at=NOON)


def test_a_refused_extension_may_be_asked_again(stage, chen, li):
    case = stage("accepted")
    due = case.due_at
    asked = actions.ask_extension(by=li, case=case, days=3, reason=PARTS, at=NOON)
    actions.decide_extension(by=chen, extension=asked, granted=False, at=NOON)
    case.refresh_from_db()
    assert case.due_at == due
    assert actions.ask_extension(by=li, case=case, days=2, reason=PARTS, at=NOON)


@pytest.mark.parametrize("days", [0, 11, -3])
def test_an_extension_keeps_within_its_limits(stage, li, days):
    with pytest.raises(NotUnderstood, match="1 到 10"):
        actions.ask_extension(by=li, case=stage("accepted"), days=days, reason=PARTS, at=NOON)


def test_what_is_late_cannot_be_extended(stage, li):
    case = stage("accepted")
    with pytest.raises(NotPossible, match="已经超过时限"):
        actions.ask_extension(
            by=li, case=case, days=3, reason=PARTS, at=case.due_at + timedelta(seconds=1)
        )


def test_stages_of_an_item_stand_side_by_side(report, wang):
    case = report(by=wang, item_code=GAS)
    assert [clock.name for clock in stage_clocks(case)] == ["到场"]
    assert [c.name for c in clocks_of(case)] == ["level", "先行联系", "到场", "handling"]
