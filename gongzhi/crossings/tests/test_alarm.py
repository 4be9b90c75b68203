"""An alert and the case it opened end together, whichever ends first."""

from datetime import timedelta

import pytest

from gongzhi.care import actions
from gongzhi.care.models import Alert, Ring, Step
from gongzhi.care.words import CloseCode, Ground, Outcome
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.words import DeclineGround, RemarkKind, Status
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.messages.models import Message
from gongzhi.sensing import actions as sensing

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def work(at) -> None:
    for _ in range(300):
        if not run_one(at=at):
            return
    raise AssertionError("errands without end")


@pytest.fixture
def alert(world, grid_1, li, NOON) -> Alert:
    """An elder is silent."""
    home = sensing.register_home(by=None, code="H001", area=grid_1, at=NOON)
    elder = actions.enrol(
        by=li, home=home, name="王秀英", phone="10000000001",
        consented_by="self", consent_ref="7", at=NOON,
    )  # fmt: skip
    alert = actions.raise_alert(by=None, elder=elder, ground=Ground.SILENCE, at=NOON)
    assert alert is not None
    return alert


@pytest.fixture
def knock(alert, NOON) -> tuple[Alert, Case]:
    """Nobody answers, a grid worker is asked to knock: a case is open."""
    for step in actions.due_steps(at=NOON + 26 * MINUTE):
        actions.take_step(by=None, step=step, at=NOON + 26 * MINUTE)
    work(NOON + 26 * MINUTE)
    return alert, Case.objects.get(reporter_ref=f"g:{alert.pk}")


def test_who_goes_before_being_sent_opens_the_case_and_nobody_else_is_told(alert, li, NOON):
    actions.accept(by=li, alert=alert, at=NOON + 3 * MINUTE)
    work(NOON + 3 * MINUTE)
    case = Case.objects.get(reporter_ref=f"g:{alert.pk}")
    assert not Message.objects.filter(template="care/knock").exists()
    for step in actions.due_steps(at=NOON + 26 * MINUTE):
        actions.take_step(by=None, step=step, at=NOON + 26 * MINUTE)
    work(NOON + 26 * MINUTE)
    assert not Message.objects.filter(template="care/knock").exists()
    close(alert, li, NOON + 30 * MINUTE)
    case.refresh_from_db()
    assert case.status == Status.CLOSED


def close(alert, li, at, code=CloseCode.TRUE_HELP, note="滑倒，扶起送医") -> None:
    actions.close(by=li, alert=alert, code=code, note=note, at=at)
    work(at)


def test_the_case_ends_with_the_alert_in_the_words_of_its_close_code(knock, li, NOON):
    alert, case = knock
    at = NOON + 40 * MINUTE
    close(alert, li, at)
    case.refresh_from_db()
    assert (case.status, case.ended_at) == (Status.CLOSED, at)
    remark = Remark.objects.get(case=case)
    assert remark.kind == RemarkKind.HANDLING
    assert "确需帮助" in remark.text
    assert "扶起送医" in remark.text
    event = Event.objects.get(name="cases.closed", subject_id=case.pk)
    assert (event.by, event.at, event.facts["before"]) == (li, at, "reported")


def test_also_when_it_was_dispatched_or_returned_meanwhile(knock, li, chen, NOON):
    alert, case = knock
    cases.dispatch(by=chen, case=case, to=li, at=NOON + 30 * MINUTE)
    cases.accept(by=li, case=case, at=NOON + 31 * MINUTE)
    close(alert, li, NOON + 40 * MINUTE, CloseCode.FALSE_NORMAL, "")
    case.refresh_from_db()
    assert case.status == Status.CLOSED


def test_when_the_errand_runs_twice_the_case_ends_once(knock, li, NOON):
    from gongzhi.crossings.alarm_ends_case import alarm_ends_case

    alert, case = knock
    close(alert, li, NOON + 40 * MINUTE)
    alarm_ends_case(Event.objects.get(name="care.closed", subject_id=alert.pk))
    assert Event.objects.filter(name="cases.closed", subject_id=case.pk).count() == 1
    assert Remark.objects.filter(case=case).count() == 1


def test_while_a_unit_owes_its_answer_the_dispatcher_is_told_and_ends_it(
    knock, li, chen, lighting, NOON
):
    alert, case = knock
    cases.ask_assist(
        by=chen, case=case, units=[lighting], asked="请检修单元门禁", at=NOON + 30 * MINUTE
    )
    close(alert, li, NOON + 40 * MINUTE)
    case.refresh_from_db()
    assert case.is_open
    assert "确需帮助" in Remark.objects.get(case=case).text


def test_the_alert_ends_with_its_case_and_nothing_rings_any_more(knock, chen, NOON):
    alert, case = knock
    at = NOON + 40 * MINUTE
    cases.decline(
        by=chen, case=case, ground=DeclineGround.BEYOND_DUTY, answer="老人已由家人接走", at=at
    )
    work(at)
    alert.refresh_from_db()
    assert (alert.close_code, alert.closed_by) == (CloseCode.CASE_ENDED, chen)
    assert not Step.objects.filter(alert=alert, outcome=Outcome.WAITING).exists()
    assert not Ring.objects.filter(step__alert=alert, outcome=Outcome.CALLING).exists()
    assert not Case.objects.filter(pk=case.pk, ended_at=None).exists()


def test_nobody_says_at_the_door_that_it_ended_with_the_case(knock, li, NOON):
    from gongzhi.kernel.refusals import NotUnderstood

    alert, _case = knock
    with pytest.raises(NotUnderstood):
        actions.close(by=li, alert=alert, code=CloseCode.CASE_ENDED, at=NOON + 40 * MINUTE)


def test_another_case_of_the_same_area_ends_no_alert(knock, report, chen, NOON):
    alert, _case = knock
    other = report("路灯不亮")
    cases.decline(
        by=chen, case=other, ground=DeclineGround.BEYOND_DUTY, answer="不属受理范围", at=NOON
    )
    work(NOON + 40 * MINUTE)
    alert.refresh_from_db()
    assert alert.closed_at is None
