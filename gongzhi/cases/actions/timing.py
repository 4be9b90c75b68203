"""Pausing and extending; the due time is always computed anew from the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import hold, remark, require_words, write
from gongzhi.cases.models import Case, Extension
from gongzhi.cases.reads.clocks import Record, handling_clock
from gongzhi.cases.words import PauseGround, RemarkKind, Source
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken


@dataclass(frozen=True)
class Plea:
    """More time that somebody asked for outside: how many working days, who, when and why."""

    days: int
    by: Person
    at: datetime
    reason: str


def promise(case: Case, at: datetime, known: Record | None = None) -> dict[str, Any]:
    """The due time that follows from everything on record so far, and when to warn of it.

    `known` is the record of the case, where it was read with that of others.

    What was pressed for already is forgotten with the old due time; the overdue mark is not: a case
    found late by the promise that held until now is marked before that promise is replaced.
    """
    clock, calendar, local = handling_clock(case, known), calendars.in_force(), localtime(at)
    due_at = clock.due(calendar, local)
    warn_at = max(clock.reminder(calendar, local), local)
    promised: dict[str, Any] = {
        "due_at": due_at,
        "warn_at": warn_at,
        "press_at": None,
        "pressed": 0,
    }
    if case.overdue_at is None and was_late(case, at):
        promised["overdue_at"] = case.due_at
    return promised


def was_late(case: Case, at: datetime) -> bool:
    """Whether the promise on the case was broken by then; while clocks stand still it is not."""
    return (case.handled_at or case.paused_at or at) > case.due_at


@action
def pause(
    *,
    by: Person,
    case: Case,
    ground: PauseGround,
    reason: str,
    at: datetime,
    seen: int | None = None,
) -> Case:
    """Let the clocks stand still on a ground; the desk that has the case may."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    require_words(reason, _("请写明暂停的理由。"))
    if seen is not None and seen != case.version:
        raise Overtaken(_("案件刚刚有了新的进展，请刷新后再操作。"))
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不用暂停。"))
    if case.paused_at is not None:
        raise NotPossible(_("案件的时限已经暂停了。"))
    write(case, paused_at=at)
    event = record(
        "cases.paused", about=case, by=by, at=at, area_path=case.area.path, ground=ground.value
    )
    remark(event, case, RemarkKind.PAUSE, reason, ground=ground.value)
    return case


@action
def resume(*, by: Person, case: Case, at: datetime, seen: int | None = None) -> Case:
    """Let the clocks run again; the due time moves by exactly the working time that was paused."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    if seen is not None and seen != case.version:
        raise Overtaken(_("案件刚刚有了新的进展，请刷新后再操作。"))
    if case.paused_at is None:
        raise NotPossible(_("案件的时限没有暂停。"))
    record("cases.resumed", about=case, by=by, at=at, area_path=case.area.path)
    write(case, paused_at=None, **promise(case, at))
    return case


@action
def ask_extension(*, by: Person, case: Case, days: int, reason: str, at: datetime) -> Extension:
    """Ask for up to ten working days more; once per case, before the time is over."""
    if case.handler_id != by.pk:
        raise NotAllowed(_("只有承办人可以申请延期。"))
    _require_days(days)
    require_words(reason, _("请写明需要延期的理由。"))
    _require_in_time(case, at)
    hold(case)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                case=case, days=days, reason=reason.strip(), asked_by=by, asked_at=at
            )
    except IntegrityError as error:
        raise NotPossible(_("每个案件只能延期一次，已经申请过了。")) from error
    _record("cases.extension_asked", extension, by, at)
    return extension


@action
def decide_extension(*, by: Person, extension: Extension, granted: bool, at: datetime) -> Extension:
    """Grant or refuse, by the desk and never by who asked; the due time follows."""
    case = extension.case
    require(by, Can.DISPATCH_CASES, within=case.desk)
    if by.pk == extension.asked_by_id:
        raise NotAllowed(_("不能批准自己提出的延期。"))
    if not Extension.objects.filter(pk=extension.pk, granted=None).update(
        granted=granted, decided_by=by, decided_at=at
    ):
        raise Overtaken(_("这个延期申请已经有人处理了，请刷新查看。"))
    extension.refresh_from_db()
    name = "cases.extended" if granted else "cases.extension_refused"
    _record(name, extension, by, at)
    if granted:
        write(case, **promise(case, at))
    return extension


@action
def extend_from_above(
    *, by: Person | None, case: Case, plea: Plea, granted_by: Source, text: str, at: datetime
) -> Extension | None:
    """Grant what whoever gave us the matter granted; None when the case had its extension.

    The same bounds hold as for a handler's request, and one that waits for the desk is settled by
    it. NotPossible when the case is over, or was late before more time was asked for.
    """
    _require_days(plea.days)
    _require_in_time(case, plea.at)
    granted: dict[str, Any] = {"days": plea.days, "granted": True, "decided_at": at}
    if not case.extensions.filter(granted=None).update(**granted):
        try:
            with transaction.atomic():
                Extension.objects.create(
                    case=case, reason=plea.reason, asked_by=plea.by, asked_at=plea.at, **granted
                )
        except IntegrityError:
            return None
    extension = case.extensions.get(granted=True)
    event = _record("cases.extended", extension, by, at, granted_by=granted_by.value)
    remark(event, case, RemarkKind.OPINION, text)
    write(case, **promise(case, at))
    return extension


def _require_days(days: int) -> None:
    if not 1 <= days <= rules.EXTENSION_MOST:
        raise NotUnderstood(
            _("延期为 1 到 %(most)s 个工作日。") % {"most": rules.EXTENSION_MOST}, field="days"
        )


def _require_in_time(case: Case, asked_at: datetime) -> None:
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不能再申请延期。"))
    if asked_at > case.due_at:
        raise NotPossible(_("已经超过时限，不能再申请延期。"))


def _record(
    name: str, extension: Extension, by: Person | None, at: datetime, **facts: object
) -> Event:
    case = extension.case
    return record(
        name,
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        days=extension.days,
        asked_by=extension.asked_by_id,
        **facts,
    )
