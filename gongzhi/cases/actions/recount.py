"""Holding open cases against a changed calendar: from the record alone, a slice at a time."""

from datetime import datetime

from django.db.models import F, Max
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import write_blindly
from gongzhi.cases.actions.timing import promise
from gongzhi.cases.models import Assist, Case, Recount, Supervision
from gongzhi.cases.reads.clocks import Record, assist_limit, records_of
from gongzhi.journal.models import Event
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import Overtaken

SLICE = 200  # cases in one transaction, so that nobody waits for the whole of it
BESIDE = ("extensions", "assists", "supervisions")


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
    """Recompute the next `SLICE` open cases; how many it looked at, 0 when all are done.

    Two workers may do it together: whoever comes second to a slice leaves it to the first. All that
    is on record of a slice is read together: its cost per case is that of the arithmetic.
    """
    calendars.forget()  # another process changed it; what this one remembers may be the old one
    rows = Case.objects.open().filter(pk__gt=recount.last, pk__lte=recount.upto)
    rows = rows.select_related("area", "desk", "item").prefetch_related(*BESIDE)
    cases = list(rows.order_by("pk")[:SLICE])
    last = cases[-1].pk if cases else recount.upto
    changes: dict[str, object] = {"last": last, "looked": F("looked") + len(cases)}
    if not cases:
        changes["finished_at"] = at
    claimed = Recount.objects.filter(pk=recount.pk, last=recount.last, finished_at=None)
    if not claimed.update(**changes):
        return len(cases)
    records = records_of(cases)
    changed = [_recounted(case, records[case.pk], at) for case in cases]
    moved = record_many(happening for happening in changed if happening)
    Recount.objects.filter(pk=recount.pk).update(moved=F("moved") + len(moved))
    return len(cases)


def _recounted(case: Case, known: Record, at: datetime) -> Happening | None:
    """Write the due time that follows from the record if it is another; the line that says so."""
    for _attempt in range(3):
        promised = promise(case, at, known)
        before, moves = case.due_at, promised["due_at"] != case.due_at
        beside = _beside(case)
        if not moves and not beside:
            return None
        try:
            write_blindly(case, **(promised if moves else {}))
        except Overtaken:  # somebody is at it this very moment: look at what they left
            case.refresh_from_db()
            known = Record(case)
            continue
        facts = {
            "due_before": localtime(before).isoformat(),
            "due_at": localtime(promised["due_at"] if moves else before).isoformat(),
            "marked_overdue": "overdue_at" in promised,
            "beside": beside,
        }
        return Happening("cases.recounted", case, None, at, case.area.path, facts)
    raise Overtaken(f"case {case.pk} kept changing")


def _beside(case: Case) -> int:
    """Bring the clocks of assists and of pressing up to date; how many moved."""
    calendar, moved = calendars.in_force(), 0
    for assist in case.assists.all():
        if assist.is_owed:
            due = calendar_rules.due(localtime(assist.asked_at), *assist_limit(case), calendar)
            moved += _moved(assist, due, answered_at=None, withdrawn_at=None)
    for pressed in case.supervisions.all():
        if pressed.answered_at is None:
            limit = rules.SUPERVISION_LIMITS[pressed.kind]
            due = calendar_rules.due(localtime(pressed.at), *limit, calendar)
            moved += _moved(pressed, due, answered_at=None)
    return moved


def _moved(clock: Assist | Supervision, due: datetime, **still: None) -> int:
    """Write the due time if it is another and the clock still runs; whether it did."""
    if due == clock.due_at:
        return 0
    return type(clock)._default_manager.filter(pk=clock.pk, **still).update(due_at=due)
