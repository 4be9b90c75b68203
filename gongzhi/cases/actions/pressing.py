"""What the clock itself does: warn before the time is over, then press, louder each time."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import write
from gongzhi.cases.actions.supervise import supervise
from gongzhi.cases.models import Case
from gongzhi.cases.words import SupervisionKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def warn(*, by: Person | None, case: Case, at: datetime) -> Case:
    """Say once that four fifths of the time are gone; from now on the due time is watched."""
    write(case, warn_at=None, press_at=case.due_at)
    record("cases.nearly_due", about=case, by=by, at=at, area_path=case.area.path)
    return case


@action
def press(*, by: Person | None, case: Case, at: datetime) -> Case:
    """Mark the case overdue if it is not yet, and take the next step of pressing for it."""
    if case.due_at > at:  # it was paused or extended since: watch the new time
        write(case, press_at=case.due_at, pressed=0)
        return case
    kind, _limit = rules.PRESSING[case.pressed]
    marked = case.overdue_at or at
    write(case, overdue_at=marked, pressed=case.pressed + 1, press_at=_next(case))
    if marked == at:
        record("cases.overdue", about=case, by=by, at=at, area_path=case.area.path)
    supervise(
        by=None,
        case=case,
        kind=SupervisionKind(kind),
        text=_("已超过办结时限，请尽快办理并说明情况。"),
        at=at,
    )
    return case


def _next(case: Case) -> datetime | None:
    if case.pressed + 1 >= len(rules.PRESSING):
        return None
    _kind, limit = rules.PRESSING[case.pressed + 1]
    return calendar_rules.due(localtime(case.due_at), *limit, calendars.in_force())
