"""A step that runs out of time is warned of, pressed for, and taken to the desk above."""

from datetime import datetime

from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.rules import due as due_after
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.reads import running
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action

WARNED, LATE = 1, 2  # steps taken before the next one


def wind(dispute: Dispute, at: datetime) -> None:
    """Set when the present step is to be warned of; where no clock runs nothing is pressed for."""
    clock, calendar, local = running(dispute), calendars.in_force(), localtime(at)
    dispute.press_at, dispute.pressed = None, 0
    if clock is not None:
        warn_at, due_at = clock.reminder(calendar, local), clock.due(calendar, local)
        # A step begun so late that it can only be late is not warned of first.
        dispute.press_at, dispute.pressed = (warn_at, 0) if local < warn_at else (due_at, WARNED)
    Dispute.objects.filter(pk=dispute.pk).update(press_at=dispute.press_at, pressed=dispute.pressed)


@action
def press(*, by: Person | None, dispute: Dispute, at: datetime) -> bool:
    """Say that the step is nearly due, late, or a working day late; each once. Whether it was said.

    The clock is asked anew: a calendar that changed meanwhile moves the moment instead.
    """
    clock, calendar, local = running(dispute), calendars.in_force(), localtime(at)
    due_at = clock.due(calendar, local) if clock else None
    waiting = Dispute.objects.filter(
        pk=dispute.pk, version=dispute.version, press_at=dispute.press_at, pressed=dispute.pressed
    )
    if due_at is None:
        waiting.update(press_at=None)
        return False
    above_at = due_after(due_at, 1, "wd", calendar)
    if dispute.pressed == LATE:
        owed_at, after = above_at, None
    elif dispute.pressed == WARNED:
        owed_at, after = due_at, above_at
    else:
        owed_at, after = dispute.press_at or local, due_at
    if local < owed_at:
        waiting.update(press_at=owed_at)
        return False
    if not waiting.update(pressed=dispute.pressed + 1, press_at=after):
        return False
    name = (
        "disputes.supervised"
        if dispute.pressed == LATE
        else "disputes.overdue"
        if dispute.pressed == WARNED
        else "disputes.nearly_due"
    )
    record(name, about=dispute, by=by, at=at, area_path=dispute.area.path)
    return True
