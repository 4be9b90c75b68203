"""When units keep passing a case on, the level above rules once and for the next time."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person, Unit
from gongzhi.cases.actions.dispatch import require_fit
from gongzhi.cases.actions.moves import ability, move, remark, require_words
from gongzhi.cases.models import Case, Precedent
from gongzhi.cases.reads.desks import arbiters_desk
from gongzhi.cases.words import RemarkKind
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.kernel.actions import action


@action
def ask_ruling(
    *,
    by: Person,
    case: Case,
    reason: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Ask the desk above to rule on a case that came back, instead of passing it on once more."""
    require(by, ability("ask_ruling", case), within=case.desk)
    require_words(reason, _("请写明各单位为什么都不承办、争议在哪里。"))
    changes: dict[str, object] = {"desk": arbiters_desk(case), "desk_since": at}
    event = move("ask_ruling", case, by=by, at=at, seen=seen, changes=changes, answers=answers)
    remark(event, case, RemarkKind.LEVEL, reason)
    return case


@action
def arbitrate(
    *,
    by: Person,
    case: Case,
    to: Unit,
    ruling: str,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int | None = None,
) -> Case:
    """Name the unit that leads; it cannot return the case, and the ruling becomes a precedent."""
    require(by, ability("arbitrate", case), within=case.desk)
    require_words(ruling, _("请写明裁定的依据，今后同类案件会参照。"))
    require_fit(to, case)
    changes: dict[str, object] = {
        "unit": to,
        "handler": None,
        "is_bound": True,
        "dispatched_at": at,
    }
    event = move(
        "arbitrate", case, by=by, at=at, seen=seen, changes=changes, answers=answers, unit=to.pk
    )
    remark(event, case, RemarkKind.RULING, ruling)
    Precedent.objects.create(
        case=case,
        item_code=case.item.code if case.item else "",
        area=case.desk,
        unit=to,
        ruling=ruling.strip(),
        by=by,
        at=at,
    )
    return case
