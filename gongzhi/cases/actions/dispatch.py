"""What a dispatcher does: place, class, dispatch, decline."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can, Role
from gongzhi.cases.actions.matters import settle_merged
from gongzhi.cases.actions.moves import (
    ability,
    move,
    overtaken,
    remark,
    require_words,
    write,
)
from gongzhi.cases.actions.timing import promise
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround, RemarkKind
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Grade
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible
from gongzhi.places.models import Area


@action
def classify(
    *,
    by: Person,
    case: Case,
    item: Item | None,
    grade: Grade,
    at: datetime,
    seen: int | None = None,
) -> Case:
    """Decide what a case is and how grave; the deadline follows, counted from the report."""
    require(by, Can.DISPATCH_CASES, within=case.area)
    _still_seen(case, seen)
    if not case.is_open:
        raise NotPossible(_("已结束的案件不能再改分类。"))
    if (case.item_id, case.grade) == (item.pk if item else None, grade):
        return case
    before = {
        "item": case.item and case.item.code,
        "grade": case.grade,
        "due_at": case.due_at.isoformat(),  # a new limit must not wipe out that it was overdue
    }
    case.item, case.grade = item, grade.value
    # From the record alone: what was paused and granted still counts, and an overdue mark stays.
    write(case, item=item, grade=grade, **promise(case, at))
    record(
        "cases.classified",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        before=before,
        item=item and item.code,
        grade=grade,
    )
    return case


@action
def place(*, by: Person, case: Case, area: Area, at: datetime, seen: int | None = None) -> Case:
    """Put a case that came without a position into its grid or community."""
    require(by, Can.DISPATCH_CASES, within=case.area)
    require(by, Can.DISPATCH_CASES, within=area)
    _still_seen(case, seen)
    if not case.is_open:
        raise NotPossible(_("已结束的案件不能再改位置。"))
    if case.area_id == area.pk:
        return case
    before = case.area.code
    write(case, area=area)
    record(
        "cases.placed",
        about=case,
        by=by,
        at=at,
        area_path=area.path,
        before=before,
        area=area.code,
    )
    return case


@action
def dispatch(
    *,
    by: Person,
    case: Case,
    to: Person | Unit,
    at: datetime,
    opinion: str = "",
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Give the case to a grid worker or a unit, who answers for it from now on.

    A case with its handler not yet at work may be given to somebody else; who had it is told.
    """
    require(by, ability("dispatch", case), within=case.desk)
    if isinstance(to, Person):
        _can_be_given_to(to, case)
        changes: dict[str, object] = {"handler": to, "unit": _unit_of(to, case)}
        facts = {"handler": to.pk}
    else:
        require_fit(to, case)
        changes = {"handler": None, "unit": to}
        facts = {"unit": to.pk}
    if case.handler_id and case.handler_id != facts.get("handler"):
        facts["taken_from"] = case.handler_id
    event = move(
        "dispatch",
        case,
        by=by,
        at=at,
        seen=seen,
        changes={**changes, "dispatched_at": at},
        given={"reason": opinion},
        answers=answers,
        **facts,
    )
    remark(event, case, RemarkKind.OPINION, opinion)
    return case


@action
def decline(
    *,
    by: Person,
    case: Case,
    ground: DeclineGround,
    answer: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Refuse the matter on a ground from the list, with an answer the reporter will read."""
    require(by, ability("decline", case), within=case.area)
    require_words(answer, _("请写明不予受理的理由，反映人会看到。"))
    event = move("decline", case, by=by, at=at, seen=seen, answers=answers, ground=ground.value)
    remark(event, case, RemarkKind.DECLINE, answer, ground=ground.value)
    settle_merged("decline_merged", case, by=by, at=at)
    return case


@action
def name_complained_of(
    *, by: Person, case: Case, unit: Unit | None, at: datetime, seen: int | None = None
) -> Case:
    """Name the unit a complaint is about: it never handles the case, nor learns who spoke up."""
    require(by, Can.DISPATCH_CASES, within=case.area)
    _still_seen(case, seen)
    if unit is not None and unit.pk == case.unit_id:
        raise NotPossible(_("案件正由这个单位办理，请先改派，再标记它为被投诉单位。"))
    if case.complained_of_id == (unit.pk if unit else None):
        return case
    write(case, complained_of=unit)
    record(
        "cases.recused",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        recused=unit.pk if unit else None,
    )
    return case


def require_fit(unit: Unit, case: Case) -> None:
    """NotPossible unless the unit answers for the place and is not complained of itself."""
    if unit.pk == case.complained_of_id:
        raise NotPossible(_("这个单位是被投诉对象，按规定回避，不能承办。"))
    if not (unit.area.holds(case.area) or case.area.holds(unit.area)):
        raise NotPossible(_("这个单位不负责该区域，请另选承办单位。"))


def _still_seen(case: Case, seen: int | None) -> None:
    if seen is not None and seen != case.version:
        raise overtaken()


def _can_be_given_to(to: Person, case: Case) -> None:
    if case.complained_of_id and case.complained_of_id in {post.unit_id for post in to.held}:
        raise NotPossible(_("此人在被投诉的单位任职，按规定回避，不能承办。"))
    in_unit_there = any(
        post.role == Role.UNIT_STAFF and (post.area.holds(case.area) or case.area.holds(post.area))
        for post in to.held
    )
    if not (to.is_active and (may(to, Can.WORK_CASES, within=case.area) or in_unit_there)):
        raise NotPossible(_("此人不在该区域任职，不能派给他。请另选承办人。"))


def _unit_of(to: Person, case: Case) -> Unit | None:
    """The unit for which the person takes the case, if they hold a post in one."""
    return next((post.unit for post in to.held if post.unit and post.area.holds(case.area)), None)
