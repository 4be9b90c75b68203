"""A reporter who is not content asks the level above."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.afterwards import closed_by, order_redo, require_in_time
from gongzhi.cases.actions.moves import remark, require_words
from gongzhi.cases.models import Appeal, Case
from gongzhi.cases.words import RemarkKind, Status
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken
from gongzhi.places.models import Area
from gongzhi.places.words import Level


@action
def appeal(*, by: Person | None, case: Case, reporter_ref: str, text: str, at: datetime) -> Appeal:
    """Object to the result, or to not being taken up, at the level above; once a round."""
    if case.reporter_ref != reporter_ref:
        raise NotAllowed(_("只有反映人本人可以申诉。"))
    require_words(text, _("请写明哪里不满意，希望怎样解决。"))
    if case.is_open:
        raise NotPossible(_("案件还在办理，有结果以后才能申诉。"))
    content = case.stars is None or case.stars > rules.DISSATISFIED_STARS
    if case.status == Status.CLOSED and content:
        raise NotPossible(_("请先评价。评一星、二星的可以申诉。"))
    require_in_time(case, at)
    due = calendar_rules.due(localtime(at), *rules.APPEAL_LIMIT, calendars.in_force())
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                case=case,
                round=case.reopened,
                desk=level_above(case),
                text=rules.clean(text)[:1000],
                at=at,
                due_at=due,
            )
    except IntegrityError as error:
        raise NotPossible(_("您已经申诉过了，上一级正在核实。")) from error
    _record("cases.appealed", made, by, at, made.text)
    return made


@action
def decide_appeal(*, by: Person, appeal: Appeal, upheld: bool, answer: str, at: datetime) -> Appeal:
    """Decide on an appeal, with an answer the reporter reads; upheld means it is redone.

    Only the desk above may, and nobody who handled, checked or closed the case.
    """
    if not may_decide(by, appeal):
        raise NotAllowed(_("申诉由上一级调度台处理，承办、核查和结案的人要回避。"))
    require_words(answer, _("请写明核实的情况和理由，反映人会看到。"))
    decided = Appeal.objects.filter(pk=appeal.pk, decided_at=None).update(
        upheld=upheld, answer=rules.clean(answer)[:1000], decided_by=by, decided_at=at
    )
    if not decided:
        raise Overtaken(_("这件申诉刚刚已经有人处理了，请刷新查看。"))
    appeal.refresh_from_db()
    name = "cases.appeal_upheld" if upheld else "cases.appeal_refused"
    _record(name, appeal, by, at, answer)
    if upheld:
        order_redo(appeal.case, by=by, at=at, why=answer)
    return appeal


def may_decide(person: Person, appeal: Appeal) -> bool:
    """Whether the person sits above the case and had no hand in it."""
    case = appeal.case
    if case.handler_id == person.pk or person.pk in closed_by(case):
        return False
    return any(may(person, can, within=appeal.desk) for can in (Can.DISPATCH_CASES, Can.INSTRUCT))


def level_above(case: Case) -> Area:
    """The desk above the one that had the case; the district's own when there is none above."""
    above = case.desk.parent
    return above if above and above.level in {Level.TOWNSHIP, Level.DISTRICT} else case.desk


def _record(name: str, appeal: Appeal, by: Person | None, at: datetime, text: str) -> None:
    case = appeal.case
    event = record(name, about=case, by=by, at=at, area_path=case.area.path, appeal=appeal.pk)
    remark(event, case, RemarkKind.APPEAL, text)
