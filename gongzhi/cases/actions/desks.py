"""Up and down the ladder: community, sub-district, district, each desk with a clock of its own."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import move, remark, require_words
from gongzhi.cases.models import Case
from gongzhi.cases.words import RemarkKind
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible
from gongzhi.places.models import Area
from gongzhi.places.words import Level


@action
def send_up(*, by: Person, case: Case, reason: str, at: datetime, seen: int | None = None) -> Case:
    """Pass the case to the desk above, because this level cannot solve it; one level at a time.

    The desk that has it may, and the grid worker or unit that was given it.
    """
    if case.handler_id != by.pk and not may(by, Can.DISPATCH_CASES, within=case.desk):
        raise NotAllowed(_("只有现在的调度台或承办人可以上报。"))
    require_words(reason, _("请写明本级为什么解决不了，上级要据此处理。"))
    above = case.desk.parent
    if above is None or above.level not in {Level.TOWNSHIP, Level.DISTRICT}:
        raise NotPossible(_("已经在最高一级，不能再上报。"))
    return _to_desk("send_up", case, above, by=by, at=at, seen=seen, why=reason)


@action
def send_down(
    *,
    by: Person,
    case: Case,
    to: Area,
    reason: str,
    at: datetime,
    seen: int | None = None,
) -> Case:
    """Hand the case to a desk below, with what is expected of it."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    require_words(reason, _("请写明交办的要求。"))
    if to.pk == case.desk_id or not case.desk.holds(to):
        raise NotPossible(_("只能下派给本级下面的街道或社区。"))
    if not to.holds(case.area) and not case.area.holds(to):
        raise NotPossible(_("案件不在这个区域里，不能下派给它。"))
    if to.level not in {Level.TOWNSHIP, Level.COMMUNITY}:
        raise NotPossible(_("只能下派给街道或社区。"))
    return _to_desk("send_down", case, to, by=by, at=at, seen=seen, why=reason)


def _to_desk(
    verb: str, case: Case, desk: Area, *, by: Person, at: datetime, seen: int | None, why: str
) -> Case:
    changes: dict[str, object] = {
        "desk": desk,
        "desk_since": at,
        "handler": None,
        "unit": None,
    }
    facts = {"from_desk": case.desk.code, "desk": desk.code}
    event = move(verb, case, by=by, at=at, seen=seen, changes=changes, **facts)
    remark(event, case, RemarkKind.LEVEL, why)
    return case
