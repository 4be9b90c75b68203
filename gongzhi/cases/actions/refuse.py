"""Refusing at the first word: answered and counted, without the whole form and without a case."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import REMARK_MOST, require_words
from gongzhi.cases.dangers import Danger
from gongzhi.cases.models import Case, TurnedAway
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import reads as places
from gongzhi.places.models import Area

WHAT_MOST = 200


@action
def turn_away(
    *,
    by: Person,
    ground: DeclineGround,
    what: str,
    answer: str,
    source: Source,
    at: datetime,
    area: Area | None = None,
    case: Case | None = None,
) -> TurnedAway:
    """Refuse what somebody calls or comes about, on one of six grounds, with the answer given.

    `case` is where the same matter was answered before, which a repetition must name.
    """
    area = area or _desk_of(by)
    require(by, Can.DISPATCH_CASES, within=area)
    require_words(what, _("请用一句话写明是什么事。"))
    require_words(answer, _("请写明怎样答复的。"))
    if len(what) > WHAT_MOST or len(answer) > REMARK_MOST:
        raise NotUnderstood(_("写得太长了，请删减。"), field="text")
    if ground == DeclineGround.REPEATED and case is None:
        raise NotUnderstood(_("请填写已经答复过的案件编号。"), field="number")
    row = TurnedAway.objects.create(
        ground=ground,
        source=source,
        area=area,
        what=rules.clean(what),
        answer=rules.clean(answer),
        case=case,
        by=by,
        at=at,
    )
    _record(row, by, at)
    return row


@action
def stopped_by_danger(
    *, by: Person | None, danger: Danger, source: Source, at: datetime, area: Area | None = None
) -> TurnedAway:
    """Count that a form was stopped because somebody was in danger; their words are not kept."""
    row = TurnedAway.objects.create(
        ground=DeclineGround.EMERGENCY,
        source=source,
        area=area or _district(),
        answer=danger.notice,
        call=danger.call,
        by=by,
        at=at,
    )
    _record(row, by, at)
    return row


def _district() -> Area:
    area = places.district()
    if area is None:
        raise NotUnderstood(_("还没有设置本区，请联系管理员。"))
    return area


def _desk_of(by: Person) -> Area:
    desks = (p.area for p in by.held if Can.DISPATCH_CASES in ALLOWED[Role(p.role)])
    return next(desks, None) or _district()


def _record(row: TurnedAway, by: Person | None, at: datetime) -> None:
    record(
        "cases.turned_away",
        about=row,
        by=by,
        at=at,
        area_path=row.area.path,
        ground=row.ground,
        source=row.source,
    )
