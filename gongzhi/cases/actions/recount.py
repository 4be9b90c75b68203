"""Holding open cases against a changed calendar: from the record alone, a slice at a time."""

from datetime import datetime

from django.db.models import F, Max
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import write
from gongzhi.cases.actions.timing import promise
from gongzhi.cases.models import Assist, Case, Recount, Supervision
from gongzhi.cases.reads.clocks import assist_limit
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import Overtaken

SLICE = 100  # cases in one transaction, so that nobody waits for the whole of it


@action
def begin_recount(*, by: Person | None, cause: Event, at: datetime) -> Recount:
    """Owe a recount of all open cases to a change of the calendar; asked twice it is owed once.

    One still running for an earlier change is finished by this one: it sees the newest calendar.
    """
    known = Recount.objects.filter(cause=cause).first()
    if known is not None:
        return known
    Recount.objects.filter(finished_at=None).update(finished_at=at)
    open_ = Case.objects.open()
    return Recount.objects.create(
        cause=cause,
        begun_at=at,
        upto=open_.aggregate(top=Max("pk"))["top"] or 0,
        total=open_.count(),
    )


@action
def recount_some(*, by: Person | None, recount: Recount, at: datetime) -> int:
    """Recompute the next hundred open cases; how many it looked at, 0 when all are done.

    Two workers may do it together: whoever comes second to a slice leaves it to the first.
    """
    calendars.forget()  # another process changed it; what this one remembers may be the old one
    rows = Case.objects.open().filter(pk__gt=recount.last, pk__lte=recount.upto)
    cases = list(rows.select_related("area", "desk", "item").order_by("pk")[:SLICE])
    last = cases[-1].pk if cases else recount.upto
    changes: dict[str, object] = {"last": last, "looked": F("looked") + len(cases)}
    if not cases:
        changes["finished_at"] = at
    claimed = Recount.objects.filter(pk=recount.pk, last=recount.last, finished_at=None)
    if not claimed.update(**changes):
        return len(cases)
    moved = sum(_recounted(case, at) for case in cases)
    Recount.objects.filter(pk=recount.pk).update(moved=F("moved") + moved)
    return len(cases)


def _recounted(case: Case, at: datetime) -> bool:
    """Write the due time that follows from the record if it is another; a line says what it was."""
    for _attempt in range(3):
        promised = promise(case, at)
        beside = _beside(case)
        if promised["due_at"] == case.due_at and not beside:
            return False
        before, marked = case.due_at, "overdue_at" in promised
        try:
            write(case, **(promised if promised["due_at"] != case.due_at else {}))
        except Overtaken:  # somebody is at it this very moment: look at what they left
            case.refresh_from_db()
            continue
        record(
            "cases.recounted",
            about=case,
            by=None,
            at=at,
            area_path=case.area.path,
            due_before=localtime(before).isoformat(),
            due_at=localtime(case.due_at).isoformat(),
            marked_overdue=marked,
            beside=beside,
        )
        return True
    raise Overtaken(f"case {case.pk} kept changing")


def _beside(case: Case) -> int:
    """Bring the clocks of assists and of pressing up to date; how many moved."""
    calendar, moved = calendars.in_force(), 0
    for assist in case.assists.filter(answered_at=None, withdrawn_at=None):
        due = calendar_rules.due(localtime(assist.asked_at), *assist_limit(case), calendar)
        if due != assist.due_at:
            moved += Assist.objects.filter(pk=assist.pk).update(due_at=due)
    for pressed in case.supervisions.filter(answered_at=None):
        limit = rules.SUPERVISION_LIMITS[pressed.kind]
        due = calendar_rules.due(localtime(pressed.at), *limit, calendar)
        if due != pressed.due_at:
            moved += Supervision.objects.filter(pk=pressed.pk).update(due_at=due)
    return moved
