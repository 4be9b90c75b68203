"""From an alert to somebody on the doorstep: raise, accept, arrive, close; calls are in `calls`."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.actions.views import require_sent
from gongzhi.care.models import Alert, Elder, Ring, Step
from gongzhi.care.rules import ladder
from gongzhi.care.words import SAID, Call, CloseCode, Ground, Outcome
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

NOTE_MOST = 500
NEEDS_NOTE = frozenset({CloseCode.TRUE_HELP})


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
    elder = Elder.objects.select_related("home__area").get(pk=elder.pk)  # as it is now
    testing = testing or (elder.testing_until is not None and elder.testing_until > at)
    absent = elder.absences.filter(begins_at__lte=at, ends_at__gt=at).exists()
    kind = ladder.Ground(ground.value)
    if elder.withdrawn_at is not None:
        return None
    if ladder.held_back(kind, absent=absent, testing=testing):
        _held_back(elder, ground, by=by, at=at, is_notice=is_notice, testing=testing)
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
    if not is_notice or kind == ladder.Ground.BLIND:
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


def _held_back(
    elder: Elder, ground: Ground, *, by: Person | None, at: datetime, is_notice: bool, testing: bool
) -> None:
    """Keep what a home on trial would have raised: the report of shadow mode counts it."""
    if testing and ground != Ground.BLIND:  # which is raised again and again while it lasts
        record(
            "care.held_back",
            about=elder,
            by=by,
            at=at,
            area_path=elder.home.area.path,
            ground=ground.value,
            notice=is_notice,
        )


def _set_up_ladder(alert: Alert, ground: ladder.Ground) -> None:
    first = ladder.first_call(ground, localtime(alert.raised_at), notice=alert.is_notice)
    rungs = ladder.LADDER.get(ground, ladder.LADDER[ladder.Ground.SILENCE])
    Step.objects.bulk_create(
        Step(
            alert=alert,
            call=rung.call.value,
            order=rung.order,
            due_at=first + timedelta(seconds=rung.after * settings.LADDER_MINUTE),
        )
        for rung in rungs
    )


@action
def accept(*, by: Person, alert: Alert, at: datetime) -> Alert:
    """A grid worker takes it on and goes; the next one is not sent any more.

    Whoever goes before being sent settles the rung that would have sent them.
    """
    require_sent(by, Can.WORK_CASES, alert)
    taken = Alert.objects.filter(pk=alert.pk, worker=None, closed_at=None).update(
        worker=by, accepted_at=at
    )
    if not taken:
        raise Overtaken(_("已有人接单前往，或告警已经结束。"))
    alert = _told(alert, "care.accepted", by, at)
    waiting = Step.objects.filter(call=Call.GRID_WORKER, outcome=Outcome.WAITING)
    for step in waiting.filter(alert=alert).select_related("alert__elder__home__area"):
        _settle(step, by=by, at=at)
    return alert


def _settle(step: Step, *, by: Person, at: datetime) -> None:
    """The rung is taken by whoever comes, unless the guard was faster and has sent somebody."""
    waiting = Step.objects.filter(pk=step.pk, outcome=Outcome.WAITING)
    if waiting.update(outcome=Outcome.COMING, taken_at=at, answered_at=at):
        record_step(step, "care.step_taken", Outcome.COMING, by=by, at=at, call=step.call)


@action
def arrive(*, by: Person, alert: Alert, at: datetime) -> Alert:
    """The grid worker stands on the doorstep."""
    require_sent(by, Can.WORK_CASES, alert)
    if not Alert.objects.filter(pk=alert.pk, worker=by, arrived_at=None, closed_at=None).update(
        arrived_at=at
    ):
        raise NotPossible(_("请先接单；已到达的无需重复登记。"))
    return _told(alert, "care.arrived", by, at)


@action
def close(*, by: Person, alert: Alert, code: CloseCode, at: datetime, note: str = "") -> Alert:
    """Say what it was. Only a false alarm of a normal life makes the guard more patient.

    After true help it must be said what was found.
    """
    require_sent(by, Can.GUARD_ELDERS, alert)
    note = note.strip()
    if code not in SAID:
        raise NotUnderstood(
            _("“%(code)s”由系统判定，请选择其他结果。") % {"code": code.label}, field="code"
        )
    if len(note) > NOTE_MOST:
        raise NotUnderstood(_("说明最多%(most)d字，请删减。") % {"most": NOTE_MOST}, field="note")
    if code in NEEDS_NOTE and len(note) < 4:
        raise NotUnderstood(_("确需帮助的，请写明看到什么、怎样处置，至少四个字。"), field="note")
    return end_alert(alert, by=by, code=code, at=at, note=note)


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
    return end_alert(alert, by=by, code=code, at=at)


def end_alert(
    alert: Alert, *, by: Person | None, code: CloseCode, at: datetime, note: str = ""
) -> Alert:
    """Part of a verb: close it once, stop the ladder and what still rings. Overtaken if closed."""
    if not Alert.objects.filter(pk=alert.pk, closed_at=None).update(
        closed_at=at, closed_by=by, close_code=code, note=note
    ):
        raise Overtaken(_("告警刚刚已由他人结束，请刷新查看结果。"))
    Step.objects.filter(alert=alert, outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED)
    Ring.objects.filter(step__alert=alert, outcome=Outcome.CALLING).update(outcome=Outcome.SKIPPED)
    return _told(alert, "care.closed", by, at, code=code.value)


def _told(alert: Alert, event: str, by: Person | None, at: datetime, **facts: object) -> Alert:
    alert.refresh_from_db()
    path = alert.elder.home.area.path
    record(event, about=alert, by=by, at=at, area_path=path, elder=alert.elder_id, **facts)
    return alert


def record_step(
    step: Step,
    event: str,
    outcome: Outcome,
    *,
    by: Person | None,
    at: datetime,
    **facts: object,
) -> None:
    """What became of a rung, in the record of its alert."""
    alert = step.alert
    path = alert.elder.home.area.path
    more = {"step": step.pk, **facts, "outcome": outcome.value}
    record(event, about=alert, by=by, at=at, area_path=path, **more)
