"""Pressing for a case: reminders, cards, a leader's instruction; each a clock on the case."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import hold, require_words
from gongzhi.cases.models import Case, Supervision
from gongzhi.cases.words import SupervisionKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken


@action
def supervise(
    *, by: Person | None, case: Case, kind: SupervisionKind, text: str, at: datetime
) -> Supervision:
    """Demand an answer in time from whoever has the case. `by` is None when the clock does it."""
    if by is not None:
        needs = Can.INSTRUCT if kind == SupervisionKind.INSTRUCTION else Can.SUPERVISE
        require(by, needs, within=case.area)
    require_words(text, _("请写明督办的要求。"))
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不用再督办。"))
    hold(case)
    limit = rules.SUPERVISION_LIMITS[kind.value]
    supervision = Supervision.objects.create(
        case=case,
        kind=kind,
        text=text.strip(),
        by=by,
        at=at,
        due_at=calendar_rules.due(localtime(at), *limit, calendars.in_force()),
    )
    _record("cases.supervised", supervision, by, at)
    return supervision


@action
def answer_supervision(
    *, by: Person, supervision: Supervision, answer: str, at: datetime
) -> Supervision:
    """Say what is being done about it; the handler may, or the desk that has the case."""
    case = supervision.case
    mine = case.handler_id == by.pk or (
        case.unit_id is not None and case.unit_id in {post.unit_id for post in by.held}
    )
    if not mine and not may(by, Can.DISPATCH_CASES, within=case.desk):
        raise NotAllowed(_("只有承办人或现在的调度台可以答复督办。"))
    require_words(answer, _("请写明办理情况和预计完成时间。"))
    if not Supervision.objects.filter(pk=supervision.pk, answered_at=None).update(
        answer=answer.strip(), answered_by=by, answered_at=at
    ):
        raise Overtaken(_("这条督办已经有人答复了，请刷新查看。"))
    supervision.refresh_from_db()
    _record("cases.supervision_answered", supervision, by, at)
    return supervision


def _record(name: str, supervision: Supervision, by: Person | None, at: datetime) -> None:
    case = supervision.case
    record(
        name,
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        kind=supervision.kind,
        supervision=supervision.pk,
    )
