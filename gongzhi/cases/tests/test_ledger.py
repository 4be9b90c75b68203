"""Journal and cases agree after every verb, and every way of disagreeing is found and named."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from conftest import LAMP, MANHOLE, NOON
from gongzhi.cases import actions, ledger
from gongzhi.cases.files import take_photo
from gongzhi.cases.ledger import compare
from gongzhi.cases.models import Case
from gongzhi.cases.retelling import Line, retell
from gongzhi.cases.tests.uploads import photo, upload
from gongzhi.cases.words import Fault, PauseGround, Status
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Event
from gongzhi.journal.record import record

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def test_a_gap_between_two_steps_is_seen_without_any_row():
    told = retell(
        [
            Line("cases.reported", None, NOON, {"grade": "ordinary", "item": None}),
            Line("cases.accepted", 7, LATER, {"before": "dispatched"}),
        ],
        ledger.AFTER,
    )
    assert told.breaks == ["gap"]
    assert (told.status, told.handler) == ("accepted", 7)


def test_a_verb_nobody_told_the_check_about_makes_the_handler_unknown_not_wrong():
    told = retell(
        [
            Line("cases.reported", None, NOON, {"grade": "ordinary", "item": None}),
            Line("cases.flown_away", 7, LATER, {"before": "reported"}),
        ],
        {"cases.flown_away": "dispatched"},
    )
    assert not told.breaks
    assert not told.handler_known


@pytest.mark.parametrize("status", Status.values)
def test_at_every_status_the_record_tells_the_case(stage, status):
    stage(status)
    found = compare()
    assert found.agrees, found.found
    assert found.cases >= 1
    assert found.events >= found.cases


def test_pauses_classes_extensions_and_passing_up_and_down_are_retold(stage, report, chen, he, li):
    case = stage("accepted")
    actions.pause(by=chen, case=case, ground=PauseGround.WEATHER, reason="暴雨预警", at=NOON)
    assert compare().agrees
    actions.resume(by=chen, case=case, at=LATER + timedelta(days=3))
    asked = actions.ask_extension(by=li, case=case, days=3, reason="等待配件到货", at=LATER)
    actions.decide_extension(by=chen, extension=asked, granted=True, at=LATER)
    other = report(reporter_ref="d:other", key=uuid.uuid4())
    actions.join(by=None, case=other, reporter_ref="d:third", at=LATER)
    item = other.item.edition.items.get(code=MANHOLE)
    actions.classify(by=he, case=other, item=item, grade=Grade.SERIOUS, at=LATER)
    shown = take_photo(upload(photo()))
    actions.send_up(by=chen, case=other, reason="需要区里协调", files=[shown], at=LATER)
    found = compare()
    assert found.agrees, found.found
    assert found.stale == 0


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"status": "closed"}, Fault.STATUS),
        ({"status": "handled"}, Fault.TURN),
        ({"handler": None}, Fault.HANDLER),
        ({"due_at": NOON}, Fault.DUE),
        ({"grade": "urgent"}, Fault.GRADE),
        ({"item": None}, Fault.ITEM),
        ({"ended_at": NOON}, Fault.TIMES),
        ({"paused_at": NOON}, Fault.TIMES),
        ({"joined": 3}, Fault.COUNTS),
        ({"stars": 5}, Fault.COUNTS),
    ],
)
def test_a_row_changed_behind_the_records_back_is_named(stage, changes, fault):
    case = stage("accepted", item_code=LAMP)
    Case.objects.filter(pk=case.pk).update(**changes)
    found = compare()
    assert fault in found.faults
    assert {one.case for one in found.found} == {case.pk}


def test_half_written_cases_are_named(stage, report):
    silent, torn = stage("accepted"), report(reporter_ref="d:other", key=uuid.uuid4())
    Event.objects.filter(subject_id=silent.pk, kind="case").delete()
    gap = Event.objects.get(subject_id=torn.pk, name="cases.reported")
    Event.objects.create(name="cases.closed", kind="case", subject_id=torn.pk, at=NOON, facts={})
    with transaction.atomic():
        torn.pk = 99_999
        record("cases.accepted", about=torn, by=None, at=NOON, before="dispatched")
    found = compare()
    assert found.faults[Fault.NO_EVENTS] == 1
    assert found.faults[Fault.NO_CASE] == 1
    assert found.faults[Fault.BROKEN] == 1
    assert gap.subject_id in {one.case for one in found.found}


def test_what_was_promised_before_the_calendar_changed_is_told_apart(stage, guan):
    case = stage("reported")
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at + timedelta(days=1))
    with transaction.atomic():
        record("calendars.spans_set", about=guan, by=guan, at=NOON + timedelta(days=1))
    found = compare()
    assert found.agrees
    assert found.stale == 1


def test_the_command_says_what_is_wrong_and_ends_with_one(stage):
    case = stage("accepted")
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "日志与案件一致" in out.getvalue()
    Case.objects.filter(pk=case.pk).update(status="closed")
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("check_ledger", stdout=out)
    assert failed.value.returncode == 1
    assert f"案件 {case.pk} 状态不符：存 closed，按日志应为 accepted" in out.getvalue()


def test_many_cases_cost_two_queries_a_batch(stage, django_assert_max_num_queries, monkeypatch):
    for _number in range(4):
        stage("reported", key=uuid.uuid4())
    compare()
    with django_assert_max_num_queries(9):  # bounds, the calendar's change, items, one range
        assert compare().cases == 4
