"""Asking other units to help; the lead waits for every one of them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases.actions.dispatch import require_fit
from gongzhi.cases.actions.moves import require_words, write
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Assist, Attachment, Case
from gongzhi.cases.reads.clocks import assist_limit
from gongzhi.cases.words import FileMoment
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken


@action
def ask_assist(
    *, by: Person, case: Case, units: Sequence[Unit], asked: str, at: datetime
) -> list[Assist]:
    """Name units that assist, each with its own clock; one that assists already is left alone."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    require_words(asked, _("请写明需要协办单位做什么。"))
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不能再请求协办。"))
    for unit in units:
        require_fit(unit, case)
        if unit.pk == case.unit_id:
            raise NotPossible(_("主办单位不能同时是协办单位。"))
    there = case.assists.filter(withdrawn_at=None).values_list("unit", flat=True)
    if {unit.pk for unit in units} - set(there):
        write(case)  # whoever is about to finish it finds that help was asked for meanwhile
    due_at = calendar_rules.due(localtime(at), *assist_limit(case), calendars.in_force())
    made = []
    for unit in units:
        assist, new = Assist.objects.get_or_create(
            case=case,
            unit=unit,
            withdrawn_at=None,
            defaults={"asked": asked.strip(), "asked_at": at, "due_at": due_at},
        )
        made.append(assist)
        if new:
            _record("cases.assist_asked", assist, by, at)
    return made


@action
def answer_assist(
    *,
    by: Person,
    assist: Assist,
    answer: str,
    at: datetime,
    files: Sequence[StoredFile] = (),
) -> Assist:
    """Say what the assisting unit did or found; once, by somebody who works there."""
    if assist.unit_id not in {post.unit_id for post in by.held}:
        raise NotAllowed(_("只有协办单位的人员可以答复。"))
    require_words(answer, _("请写明协办的意见或结果。"))
    answered = Assist.objects.filter(pk=assist.pk, answered_at=None, withdrawn_at=None).update(
        answer=answer.strip(), answered_by=by, answered_at=at
    )
    if not answered:
        raise Overtaken(_("这项协办已经有人答复，或已被撤回，请刷新查看。"))
    assist.refresh_from_db()
    Attachment.objects.bulk_create(
        Attachment(case=assist.case, moment=FileMoment.AFTER, by=by, at=at, **f.as_fields())
        for f in files
    )
    _record("cases.assist_answered", assist, by, at)
    return assist


@action
def withdraw_assist(*, by: Person, assist: Assist, reason: str, at: datetime) -> Assist:
    """Do without a unit's help after all, on record."""
    require(by, Can.DISPATCH_CASES, within=assist.case.desk)
    require_words(reason, _("请写明为什么不再需要协办。"))
    if not Assist.objects.filter(pk=assist.pk, answered_at=None, withdrawn_at=None).update(
        withdrawn_at=at, answer=reason.strip()
    ):
        raise Overtaken(_("这项协办已经有人答复，或已被撤回，请刷新查看。"))
    assist.refresh_from_db()
    _record("cases.assist_withdrawn", assist, by, at)
    return assist


def require_no_assist_owed(case: Case) -> None:
    """NotPossible, naming them, while units still owe their answer to the case."""
    owed = case.assists.filter(answered_at=None, withdrawn_at=None).select_related("unit")
    if names := [assist.unit.name for assist in owed]:
        raise NotPossible(
            _("协办单位%(units)s还没有答复，不能办结。请先催办，或请调度台撤回协办。")
            % {"units": "、".join(names)}
        )


def _record(name: str, assist: Assist, by: Person, at: datetime) -> None:
    record(
        name,
        about=assist.case,
        by=by,
        at=at,
        area_path=assist.case.area.path,
        unit=assist.unit_id,
        assist=assist.pk,
    )
