"""Up and down the ladder: community, sub-district, district, each desk with a clock of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.cases.actions.moves import ability, move, remark, require_words
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.reads.desks import desks_above, is_one_step
from gongzhi.cases.words import FileMoment, RemarkKind
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.journal.models import Event
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible
from gongzhi.places.models import Area
from gongzhi.places.words import Level


@action
def send_up(
    *,
    by: Person,
    case: Case,
    reason: str,
    at: datetime,
    files: Sequence[StoredFile] = (),
    to: Area | None = None,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Pass the case to the desk above, because this level cannot solve it, and show why.

    The desk that has it may, and the grid worker or unit that was given it. One level at a time;
    `to` names a desk further up, which only an item that the catalogue lets skip levels may reach.
    """
    if case.handler_id != by.pk and not may(by, ability("send_up", case), within=case.desk):
        raise NotAllowed(_("只有现在的调度台或承办人可以上报。"))
    require_words(reason, _("请写明本级为什么解决不了，上级要据此处理。"))
    above = desks_above(case)
    if not above:
        raise NotPossible(_("已经在最高一级，不能再上报。"))
    if to is not None and to not in above:
        raise NotPossible(_("只能逐级上报；目录里注明可以越级的事项除外。"))
    given = {"reason": reason, "evidence": bool(files) or case.files.exists()}
    event = _to_desk(
        "send_up",
        case,
        to or above[0],
        by=by,
        at=at,
        seen=seen,
        why=reason,
        given=given,
        answers=answers,
    )
    Attachment.objects.bulk_create(
        Attachment(case=case, moment=FileMoment.BEFORE, by=by, at=event.at, **f.as_fields())
        for f in files
    )
    return case


@action
def send_down(
    *,
    by: Person,
    case: Case,
    to: Area,
    reason: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Hand the case to a desk below, with what is expected of it; one level at a time.

    An item that the catalogue lets skip levels may go straight to a community.
    """
    require(by, ability("send_down", case), within=case.desk)
    require_words(reason, _("请写明交办的要求。"))
    if to.pk == case.desk_id or not case.desk.holds(to):
        raise NotPossible(_("只能下派给本级下面的街道或社区。"))
    if not to.holds(case.area) and not case.area.holds(to):
        raise NotPossible(_("案件不在这个区域里，不能下派给它。"))
    if to.level not in {Level.TOWNSHIP, Level.COMMUNITY}:
        raise NotPossible(_("只能下派给街道或社区。"))
    if not is_one_step(case, to):
        raise NotPossible(_("只能逐级下派：请先下派给街道；目录里注明可以越级的事项除外。"))
    given = {"reason": reason}
    _to_desk(
        "send_down", case, to, by=by, at=at, seen=seen, why=reason, given=given, answers=answers
    )
    return case


def _to_desk(
    verb: str,
    case: Case,
    desk: Area,
    *,
    by: Person,
    at: datetime,
    seen: int | None,
    why: str,
    given: Mapping[str, object],
    answers: Answers,
) -> Event:
    changes: dict[str, object] = {
        "desk": desk,
        "desk_since": at,
        "handler": None,
        "unit": None,
    }
    facts = {"from_desk": case.desk.code, "desk": desk.code}
    event = move(
        verb,
        case,
        by=by,
        at=at,
        seen=seen,
        changes=changes,
        given=given,
        answers=answers,
        **facts,
    )
    remark(event, case, RemarkKind.LEVEL, why)
    return event
