"""Closing means fixed: the reporter is asked, and what is not fixed is done again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import move, remark, require_words
from gongzhi.cases.actions.timing import promise
from gongzhi.cases.models import Case, FollowUp
from gongzhi.cases.reads.contacts import contact_of
from gongzhi.cases.words import FollowUpKind, Nature, RemarkKind, Source, Status
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

ASKED_BY_PHONE = frozenset({Source.HOTLINE, Source.VISIT})


def owe_followups(case: Case, *, at: datetime) -> None:
    """Owe what the end of the case asks for: to its reporter and to those merged into it."""
    days = case.item.ask_again if case.item else 0
    owed = []
    for one in [case, *case.merged.all()]:
        reachable = bool(contact_of(one).phone)
        # What was merged is redone with its parent: each end of that asks everybody again.
        redone = max(one.reopened, case.reopened)
        if reachable and _needs_visit(one):
            owed.append(_owed(one, FollowUpKind.VISIT, at, redone))
        if days and (reachable or one.reported_by_id):
            owed.append(_owed(one, FollowUpKind.AGAIN, at + timedelta(days=days), redone))
    FollowUp.objects.bulk_create(owed, ignore_conflicts=True)


def _needs_visit(case: Case) -> bool:
    """Who called is called back; and whoever complained, or had it redone, or was in danger."""
    pressing = case.nature == Nature.COMPLAINT or case.reopened > 0 or case.grade == "urgent"
    return pressing or case.source in ASKED_BY_PHONE


def _owed(case: Case, kind: FollowUpKind, begins: datetime, redone: int) -> FollowUp:
    due = calendar_rules.due(localtime(begins), *rules.VISIT_LIMIT, calendars.in_force())
    return FollowUp(case=case, kind=kind, round=redone, begins_at=begins, due_at=due)


@action
def visit(
    *,
    by: Person,
    followup: FollowUp,
    reached: bool,
    at: datetime,
    contacted: bool | None = None,
    solved: bool | None = None,
    satisfied: bool | None = None,
    text: str = "",
) -> FollowUp:
    """Record what the reporter said when the desk asked back; not solved means it is redone.

    Whoever handled the case does not ask about it. Overtaken when a colleague asked already.
    """
    case = followup.case
    require(by, Can.CHECK_CASES, within=case.area)
    if case.handler_id == by.pk:
        raise NotPossible(_("回访要由没有承办的人进行。"))
    if reached and (solved is None or satisfied is None):
        raise NotUnderstood(_("联系上了，请选择是否解决、是否满意。"), field="solved")
    if not reached:
        contacted = solved = satisfied = None
    if solved is False:
        require_words(text, _("没有解决的，请写明还有什么问题，承办人要据此重办。"))
    answers = {"reached": reached, "contacted": contacted, "solved": solved, "satisfied": satisfied}
    _answered(followup, by=by, at=at, **answers)
    event = record(
        "cases.visited",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        followup=followup.pk,
        **answers,
    )
    remark(event, case, RemarkKind.VISIT, text)
    if solved is False:
        order_redo(case, by=by, at=at, why=text)
    return followup


@action
def answer_followup(
    *, by: Person | None, case: Case, reporter_ref: str, fixed: bool, at: datetime, text: str = ""
) -> Case:
    """The reporter says whether it is still fixed; a “no” has it redone at once."""
    _require_own(case, reporter_ref)
    owed = case.followups.owed().filter(begins_at__lte=at).order_by("begins_at").first()
    if owed is None:
        raise NotPossible(_("这一次询问已经回答过了，谢谢。"))
    if not fixed:
        require_words(text, _("请写明还有什么问题，承办人要据此重办。"))
    _answered(owed, by=None, at=at, reached=True, solved=fixed)
    event = record(
        "cases.asked_again",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        followup=owed.pk,
        solved=fixed,
    )
    remark(event, case, RemarkKind.VISIT, text)
    if not fixed:
        order_redo(case, by=by, at=at, why=text)
    return case


@action
def ask_redo(*, by: Person | None, case: Case, reporter_ref: str, text: str, at: datetime) -> Case:
    """A reporter whom the result does not content has it done again: once, by their own word.

    After that the level above looks at it: see `appeal`.
    """
    _require_own(case, reporter_ref)
    require_words(text, _("请写明哪里没有办好，承办人要据此重办。"))
    if case.status != Status.CLOSED:
        raise NotPossible(_("案件办结以后才能要求重办。"))
    if case.stars is None or case.stars > rules.DISSATISFIED_STARS:
        raise NotPossible(_("请先评价。评一星、二星的可以要求重办。"))
    if case.reopened:
        raise NotPossible(_("已经重办过一次，还不满意可以向上一级申诉。"))
    require_in_time(case, at)
    return order_redo(case, by=by, at=at, why=text)


@action
def tell_to_look_again(*, by: Person | None, followup: FollowUp, at: datetime) -> bool:
    """Ask the reporter “is it fixed?”, once; by the clock. False when somebody was faster."""
    asked = FollowUp.objects.filter(pk=followup.pk, told_at=None, done_at=None, dropped_at=None)
    if not asked.update(told_at=at):
        return False
    case = followup.case
    record("cases.asking_again", about=case, by=by, at=at, area_path=case.area.path)
    return True


def order_redo(case: Case, *, by: Person | None, at: datetime, why: str) -> Case:
    """Open what was ended again: back to whoever had it, else to the desk, with a new clock.

    A case that was merged goes back under its parent, which is opened with it. What is open
    already stays as it is: somebody else's “no” was faster.
    """
    parent = case.parent
    if parent is not None and not parent.is_open:
        _opened(parent, by=by, at=at, why=why)
    elif parent is None and not case.is_open:
        _opened(case, by=by, at=at, why=why)
    case.refresh_from_db()
    return case


def _opened(case: Case, *, by: Person | None, at: datetime, why: str) -> None:
    again = case.status == Status.CLOSED and (case.unit_id or _still_there(case))
    verb = "redo" if again else "reopen"
    new: dict[str, object] = {
        "handled_at": None,
        "stars": None,
        "snoozed_until": None,
        "reopened_at": at,
        "reopened": F("reopened") + 1,
        "desk_since": at,
        "dispatched_at": at if again else None,
        "paused_at": None,
    }
    if not again:
        new |= {"handler": None, "unit": None}
    elif not _still_there(case):
        new |= {"handler": None}
    case.reopened_at, case.handled_at, case.ended_at = at, None, None
    new |= promise(case, at)
    facts: dict[str, Any] = (
        {"handler": case.handler_id} if again and _still_there(case) else {"unit": case.unit_id}
    )
    event = move(verb, case, by=by, at=at, seen=None, changes=new, **facts)
    remark(event, case, RemarkKind.REDO, why)
    FollowUp.objects.filter(case=case, done_at=None, dropped_at=None).update(dropped_at=at)
    for one in case.merged.filter(status__in=rules.ENDED).select_related("area"):
        changes: dict[str, object] = {"stars": None}
        move("merge_again", one, by=by, at=at, seen=None, changes=changes, parent=case.pk)
        FollowUp.objects.filter(case=one, done_at=None, dropped_at=None).update(dropped_at=at)


def _still_there(case: Case) -> bool:
    handler = case.handler
    return (
        handler is not None
        and handler.is_active
        and (case.unit_id is not None or may(handler, Can.WORK_CASES, within=case.area))
    )


def answered_by_rating(case: Case, *, stars: int, solved: bool | None, at: datetime) -> None:
    """Who rated in the app need not be called: the owed visit is answered by it."""
    owed = case.followups.owed().filter(kind=FollowUpKind.VISIT).first()
    if owed is not None:
        satisfied = stars >= rules.SATISFIED_STARS
        _answered(owed, by=None, at=at, reached=True, solved=solved, satisfied=satisfied)


def _answered(followup: FollowUp, *, by: Person | None, at: datetime, **answers: object) -> None:
    owed = FollowUp.objects.filter(pk=followup.pk, done_at=None, dropped_at=None)
    if not owed.update(done_at=at, by=by, **answers):
        raise Overtaken(_("这次回访刚刚已经有人记录了，请刷新查看。"))
    followup.refresh_from_db()


def require_in_time(case: Case, at: datetime) -> None:
    """NotPossible when the end is too long ago to object to it."""
    if case.ended_at and at > case.ended_at + timedelta(days=rules.OBJECTING_DAYS):
        raise NotPossible(
            _("办结已超过 %(days)s 天。如果问题又出现了，请重新反映。")
            % {"days": rules.OBJECTING_DAYS}
        )


def closed_by(case: Case) -> set[int]:
    """Who ended the case or found it fixed, in any round: they do not judge an appeal."""
    ends = Event.objects.filter(
        kind="case",
        subject_id=case.pk,
        name__in=("cases.closed", "cases.checked", "cases.declined"),
    )
    return set(ends.exclude(by=None).values_list("by", flat=True))


def _require_own(case: Case, reporter_ref: str) -> None:
    if case.reporter_ref != reporter_ref:
        raise NotAllowed(_("只有反映人本人可以这样做。"))
