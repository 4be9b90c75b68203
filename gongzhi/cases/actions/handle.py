"""What handlers and checkers do: accept, return, handle, check, close."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can, Role
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.afterwards import owe_followups
from gongzhi.cases.actions.assists import require_no_assist_owed
from gongzhi.cases.actions.evidence import (
    Papers,
    keep_shown,
    require_evidence,
    require_evidence_still,
)
from gongzhi.cases.actions.matters import settle_merged
from gongzhi.cases.actions.moves import ability, move, overtaken, remark, require_words
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reads.desks import arbiters_desk
from gongzhi.cases.words import FileKind, FileMoment, RemarkKind, ReturnGround, Status
from gongzhi.catalogue.words import Evidence
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible


@action
def accept(
    *, by: Person, case: Case, at: datetime, answers: Answers = NOTHING, seen: int | None = None
) -> Case:
    """Take the case on; in a unit, whoever accepts it first is its handler."""
    _require_in_charge("accept", by, case, seen)
    changes: dict[str, object] = {"handler": by}
    move("accept", case, by=by, at=at, seen=seen, changes=changes, answers=answers)
    return case


@action
def return_to_sender(
    *,
    by: Person,
    case: Case,
    ground: ReturnGround,
    reason: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Give the case back to the dispatcher, on a ground from the list and in own words."""
    _require_in_charge("return_to_sender", by, case, seen)
    require_words(reason, _("请写明退回的理由，方便调度员改派。"))
    if case.is_bound:
        raise NotPossible(_("这个案件已经上级裁定由您单位承办，不能再退回。"))
    given = localtime(case.dispatched_at or at)
    if localtime(at) > calendar_rules.due(given, *rules.RETURN_LIMIT, calendars.in_force()):
        raise NotPossible(_("派出超过两个工作日，不能再退回。确有困难请联系调度台。"))
    changes: dict[str, object] = {"handler": None, "unit": None, "transfers": case.transfers + 1}
    verb = "return_to_sender"
    if case.transfers + 1 >= rules.TRANSFERS_MOST:  # passed on often enough: the level above rules
        verb = "call_arbitration"
        changes |= {"desk": arbiters_desk(case), "desk_since": at}
    event = move(
        verb,
        case,
        by=by,
        at=at,
        seen=seen,
        changes=changes,
        answers=answers,
        ground=ground.value,
        unit=case.unit_id,
    )
    remark(event, case, RemarkKind.RETURN, reason, ground=ground.value)
    return case


@action
def handle(
    *,
    by: Person,
    case: Case,
    note: str,
    at: datetime,
    files: Sequence[StoredFile] = (),
    before: Sequence[StoredFile] = (),
    papers: Papers = MappingProxyType({}),
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Say that it is done, what was done, and show what the item asks to be shown.

    `files` show the place afterwards, `before` how it was, `papers` what each kind of paper says.
    """
    if case.handler_id != by.pk:
        raise NotAllowed(_("这个案件由其他人承办，您不能替他填写处置结果。"))
    require_words(note, _("请写明做了什么、结果怎样，反映人会看到。"))
    photos = [f for f in files if f.kind == FileKind.PHOTO]
    given = {Evidence.PHOTO_AFTER.value for _f in photos[:1]}
    given |= {Evidence.PHOTO_BEFORE.value for _f in before[:1]}
    given |= {code for code, some in papers.items() if some}
    require_evidence(case, given=given)
    shown = bool(photos) or _shown_after(case)
    require_no_assist_owed(case)
    said = {"note": note, "photo_after": shown}
    done: dict[str, object] = {"handled_at": at}
    event = move("handle", case, by=by, at=at, seen=seen, changes=done, given=said, answers=answers)
    remark(event, case, RemarkKind.HANDLING, note)
    keep_shown(case, by=by, at=at, after=files, before=before, papers=papers)
    _settle(case, by, at)
    return case


def _shown_after(case: Case) -> bool:
    since = case.reopened_at or case.reported_at  # what was shown before a redo shows nothing now
    shown = case.files.filter(kind=FileKind.PHOTO, moment=FileMoment.AFTER, at__gte=since)
    return shown.exists()


@action
def approve(
    *,
    by: Person,
    case: Case,
    at: datetime,
    opinion: str = "",
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Confirm that the closing standard is met; of others' work where two people are asked."""
    require(by, ability("approve", case), within=case.area)
    _not_ones_own(by, case)
    require_evidence_still(case)
    said = {"reason": opinion}
    event = move("approve", case, by=by, at=at, seen=seen, given=said, answers=answers)
    remark(event, case, RemarkKind.CHECK, opinion)
    _settle(case, by, at)
    return case


@action
def rework(
    *,
    by: Person,
    case: Case,
    reason: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Send the case back to its handler because checking found it not fixed; the deadline stays."""
    require(by, ability("rework", case), within=case.area)
    _not_ones_own(by, case)
    require_words(reason, _("请写明哪里没有办好，承办人要据此返工。"))
    undone: dict[str, object] = {"handled_at": None}
    event = move("rework", case, by=by, at=at, seen=seen, changes=undone, answers=answers)
    remark(event, case, RemarkKind.CHECK, reason)
    return case


@action
def close(
    *, by: Person, case: Case, at: datetime, answers: Answers = NOTHING, seen: int | None = None
) -> Case:
    """End a checked case; the reporter is asked for a rating."""
    require(by, ability("close", case), within=case.area)
    require_no_assist_owed(case)
    require_evidence_still(case)
    move("close", case, by=by, at=at, seen=seen, answers=answers)
    _settle(case, by, at)
    return case


def _settle(case: Case, by: Person, at: datetime) -> None:
    """Whatever step closed the case closes those merged into it, and owes asking back."""
    if case.status == Status.CLOSED:
        settle_merged("close_merged", case, by=by, at=at)
        owe_followups(case, at=at)


def in_charge(person: Person, case: Case) -> bool:
    """Whether the case was given to this person, or to a unit they work in."""
    if case.handler_id is not None:
        return case.handler_id == person.pk
    if case.unit_id is None:
        return False
    return any(
        post.unit_id == case.unit_id
        and (post.role == Role.UNIT_STAFF or may(person, Can.WORK_CASES, within=case.area))
        for post in person.held
    )


def _require_in_charge(verb: str, person: Person, case: Case, seen: int | None) -> None:
    if seen is not None and seen != case.version:
        raise overtaken()  # a colleague was faster: say so, instead of that it is not theirs
    if not person.is_active or not in_charge(person, case):
        raise NotAllowed(_("这个案件没有派给您，您不能操作。"))
    require(person, ability(verb, case), within=None)


def _not_ones_own(person: Person, case: Case) -> None:
    if case.handler_id == person.pk and (case.item is None or case.item.check_by_other):
        raise NotPossible(_("这类事项要由他人核查，不能核查自己办的案件。"))
