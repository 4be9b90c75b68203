"""From an alert to somebody on the doorstep: raise, call, answer, accept, arrive, close."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import Alert, Contact, Elder, Step
from gongzhi.care.rules import ladder
from gongzhi.care.voice import line
from gongzhi.care.words import Call, CloseCode, Ground, Outcome
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

STEPS_AT_ONCE = 200
SPOKEN = frozenset({Call.ELDER, Call.CONTACT, Call.ALL_CONTACTS})


@action
def raise_alert(
    *,
    by: Person | None,
    elder: Elder,
    ground: Ground,
    at: datetime,
    is_notice: bool = False,
    since: datetime | None = None,
    basis: Mapping[str, object] | None = None,
    testing: bool = False,
) -> Alert | None:
    """Raise an alert with its ladder; None when one is open on this ground or nobody may be called.

    Absence holds back everything but fire, gas, water, the button and an opened door; a test flag
    holds back everything.
    """
    testing = testing or (elder.testing_until is not None and elder.testing_until > at)
    absent = elder.absences.filter(begins_at__lte=at, ends_at__gt=at).exists()
    kind = _rules_ground(ground)
    if elder.withdrawn_at is not None:
        return None
    if kind is not None and ladder.held_back(kind, absent=absent, testing=testing):
        return None
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                elder=elder,
                ground=ground,
                is_notice=is_notice,
                raised_at=at,
                since=since,
                basis=dict(basis or {}),
            )
    except IntegrityError:
        return None  # one is open already
    if kind is not None and not is_notice:
        _set_up_ladder(alert, kind)
    record(
        "care.notice_raised" if is_notice else "care.alert_raised",
        about=alert,
        by=by,
        at=at,
        area_path=elder.home.area.path,
        ground=ground.value,
        elder=elder.pk,
        **dict(basis or {}),
    )
    return alert


def _rules_ground(ground: Ground) -> ladder.Ground | None:
    return ladder.Ground(ground.value) if ground != Ground.BLIND else None


def _set_up_ladder(alert: Alert, ground: ladder.Ground) -> None:
    first = ladder.first_call(ground, localtime(alert.raised_at), notice=False)
    rungs = ladder.LADDER.get(ground, ladder.LADDER[ladder.Ground.SILENCE])
    Step.objects.bulk_create(
        Step(
            alert=alert,
            call=rung.call.value,
            order=rung.order,
            due_at=first + timedelta(minutes=rung.after),
        )
        for rung in rungs
    )


def due_steps(*, at: datetime, of: Alert | None = None) -> list[Step]:
    """Rungs of open alerts (or of one) whose time has come, the first due first."""
    waiting = Step.objects.filter(outcome=Outcome.WAITING, due_at__lte=at, alert__closed_at=None)
    if of is not None:
        waiting = waiting.filter(alert=of)
    ordered = waiting.select_related("alert__elder__home__area").order_by("due_at", "pk")
    return list(ordered[:STEPS_AT_ONCE])


@action
def take_step(*, by: Person | None, step: Step, at: datetime) -> Step | None:
    """Take a rung, once however many workers look at it; None when another was faster.

    When the line refuses the call nothing is kept and the rung stays due.
    """
    alert = step.alert
    outcome = Outcome.CALLING if step.call in SPOKEN else Outcome.ASKED
    if step.call == Call.NEXT_WORKER and alert.accepted_at is not None:
        outcome = Outcome.SKIPPED
    claimed = Step.objects.filter(pk=step.pk, outcome=Outcome.WAITING).update(
        outcome=outcome, taken_at=at
    )
    if not claimed:
        return None
    if outcome == Outcome.CALLING:
        for phone in _phones(step):
            line().call(phone=phone, words=_words(alert), step=step.pk)
    record(
        "care.step_taken",
        about=alert,
        by=by,
        at=at,
        area_path=alert.elder.home.area.path,
        step=step.pk,
        call=step.call,
        outcome=outcome.value,
    )
    step.refresh_from_db()
    return step


def _phones(step: Step) -> list[str]:
    elder = step.alert.elder
    if step.call == Call.ELDER:
        return [elder.phone] if elder.phone else []
    contacts = Contact.objects.filter(elder=elder)
    if step.call == Call.CONTACT:
        contacts = contacts.filter(order=step.order)
    return [contact.phone for contact in contacts]


def _words(alert: Alert) -> str:
    return _("共治平台提醒：%(ground)s。平安请按1，需要帮助请按2。") % {
        "ground": Ground(alert.ground).label
    }


@action
def answer(*, by: Person | None, step: Step, outcome: Outcome, at: datetime) -> Step:
    """What came of a call: safe (key 1), somebody is coming, or nobody answered."""
    if outcome not in {Outcome.SAFE, Outcome.COMING, Outcome.NO_ANSWER}:
        raise NotUnderstood(_("请选择这通电话的结果。"))
    alert = step.alert
    told = Step.objects.filter(pk=step.pk, outcome=Outcome.CALLING).update(
        outcome=outcome, answered_at=at
    )
    if not told:
        raise Overtaken(_("这通电话的结果已经记录过了。"))
    step.refresh_from_db()
    record(
        "care.step_answered",
        about=alert,
        by=by,
        at=at,
        area_path=alert.elder.home.area.path,
        step=step.pk,
        outcome=outcome.value,
    )
    if outcome == Outcome.SAFE and alert.ground not in ladder.PASS_THROUGH:
        _close(alert, by=by, code=CloseCode.FALSE_NORMAL, at=at)
    return step


@action
def accept(*, by: Person, alert: Alert, at: datetime) -> Alert:
    """A grid worker takes it on and goes; the next one is not sent any more."""
    require(by, Can.WORK_CASES, within=alert.elder.home.area)
    taken = Alert.objects.filter(pk=alert.pk, worker=None, closed_at=None).update(
        worker=by, accepted_at=at
    )
    if not taken:
        raise Overtaken(_("已有人接单前往，或告警已经结束。"))
    return _told(alert, "care.accepted", by, at)


@action
def arrive(*, by: Person, alert: Alert, at: datetime) -> Alert:
    """The grid worker stands on the doorstep."""
    require(by, Can.WORK_CASES, within=alert.elder.home.area)
    if not Alert.objects.filter(pk=alert.pk, worker=by, arrived_at=None, closed_at=None).update(
        arrived_at=at
    ):
        raise NotPossible(_("请先接单；已到达的无需重复登记。"))
    return _told(alert, "care.arrived", by, at)


@action
def close(*, by: Person, alert: Alert, code: CloseCode, at: datetime) -> Alert:
    """Say what it was. Only a false alarm of a normal life makes the guard more patient."""
    require(by, Can.GUARD_ELDERS, within=alert.elder.home.area)
    if code == CloseCode.LATE_DATA:
        raise NotUnderstood(_("“数据迟到”由系统判定，请选择其他结果。"), field="code")
    return _close(alert, by=by, code=code, at=at)


@action
def hear_again(
    *, by: Person | None, alert: Alert, heard_at: datetime, late: bool, at: datetime
) -> Alert:
    """A human event came: silence ends by itself, as normal life or, if it was buffered, late data.

    Once somebody has accepted to go, they look all the same and say themselves what it was.
    """
    Alert.objects.filter(pk=alert.pk, heard_at=None).update(heard_at=heard_at)
    alert.refresh_from_db()
    if alert.closed_at is not None or alert.accepted_at is not None:
        return alert
    code = CloseCode.LATE_DATA if late else CloseCode.FALSE_NORMAL
    return _close(alert, by=by, code=code, at=at)


def _close(alert: Alert, *, by: Person | None, code: CloseCode, at: datetime) -> Alert:
    if not Alert.objects.filter(pk=alert.pk, closed_at=None).update(
        closed_at=at, closed_by=by, close_code=code
    ):
        raise Overtaken(_("告警刚刚已由他人结束，请刷新查看结果。"))
    Step.objects.filter(alert=alert, outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED)
    return _told(alert, "care.closed", by, at, code=code.value)


def _told(alert: Alert, event: str, by: Person | None, at: datetime, **facts: object) -> Alert:
    alert.refresh_from_db()
    path = alert.elder.home.area.path
    record(event, about=alert, by=by, at=at, area_path=path, elder=alert.elder_id, **facts)
    return alert
