"""What follows from the journal for the numbers: days touched, days recounted, months written.

The journal is followed by a cursor, not by errands: every report would carry one more row for
figures that may be seconds late. Everything here may run twice and side by side: a day is counted
from the cases as they stand and its cells are replaced; a month's file is written anew.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet
from django.utils.timezone import localdate, localtime

from gongzhi.cases.models import Case
from gongzhi.insight import lake
from gongzhi.insight.counting import communities, count_day
from gongzhi.insight.models import DayCell, Follower, Month, TouchedDay
from gongzhi.insight.rules import Counts, month_of, months
from gongzhi.journal import stream
from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.journal.stream import Cursor

NAME = "cells"
PAGE = 500  # events followed at once
DAYS_AT_ONCE = 10
CLAIM = timedelta(minutes=5)
# A month's file may be so much older than what happened in it.
FRESH, SETTLED = timedelta(minutes=5), timedelta(hours=6)
ENDS = ("cases.closed", "cases.declined")
_COUNTED = list(vars(Counts()))


# ── following ────────────────────────────────────────────────────────────────


@chore("insight.follow", every=timedelta(seconds=10))
def follow(at: datetime) -> bool:
    """Touch the days that the next events bear on. True while there are more."""
    with transaction.atomic():
        row, is_new = Follower.objects.get_or_create(name=NAME)
        cursor = Cursor(row.xact, row.event)
        if is_new or cursor > (now_at := stream.now_at()):
            _start_over(row)  # a first start, or a journal brought back from elsewhere
            return False
        if cursor == now_at:
            return False
        events = stream.after(cursor, most=PAGE)
        if not events or not _advance(row, stream.place_of(events[-1])):
            return False
        touch_days(_days_of({e.subject_id for e in events if e.kind == "case"}))
    return len(events) == PAGE


def _advance(row: Follower, to: Cursor) -> bool:
    """Move the cursor unless another worker has; then that one touches the days."""
    return bool(
        Follower.objects.filter(pk=row.pk, xact=row.xact, event=row.event).update(
            xact=to.xact, event=to.id
        )
    )


def _start_over(row: Follower) -> None:
    if not _advance(row, stream.now_at()):
        return
    span = Case.objects.aggregate(
        first=Min("reported_at"), last=Max("reported_at"), ended=Max("ended_at")
    )
    if span["first"] is None:
        return
    first = localtime(span["first"]).date()
    last = localtime(max(at for at in (span["last"], span["ended"]) if at)).date()
    touch_days(first + timedelta(days=n) for n in range((last - first).days + 1))


def _days_of(cases: set[int]) -> set[date]:
    """The days on which the cases count: reported on, closed on, and once closed on."""
    rows = Case.objects.filter(pk__in=cases).values_list("reported_at", "ended_at")
    days = {localtime(at).date() for row in rows for at in row if at}
    ends = Event.objects.filter(kind="case", subject_id__in=cases, name__in=ENDS)
    return days | {localtime(at).date() for at in ends.values_list("at", flat=True)}


def touch_days(days: Iterable[date]) -> None:
    """These days, and the files of their months, are to be made anew."""
    known = sorted(set(days))
    TouchedDay.objects.bulk_create(
        [TouchedDay(day=day, touch=0) for day in known], ignore_conflicts=True, batch_size=500
    )
    for begin in range(0, len(known), 500):
        part = known[begin : begin + 500]
        TouchedDay.objects.filter(day__in=part).update(touch=F("touch") + 1)
    firsts = sorted({month_of(day) for day in known})
    Month.objects.bulk_create([Month(month=m, touch=0) for m in firsts], ignore_conflicts=True)
    Month.objects.filter(month__in=firsts).update(touch=F("touch") + 1)


# ── counting ─────────────────────────────────────────────────────────────────


@chore("insight.recount", every=timedelta(seconds=10))
def recount_by_and_by(at: datetime) -> bool:
    """Some days at a time: after years are touched at once, errands must not wait for them all."""
    recount(at)
    return False


def recount(at: datetime) -> bool:
    """Count the newest touched days anew. True while there are more."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    days = list(TouchedDay.objects.filter(free).order_by("-day")[:DAYS_AT_ONCE])
    counted_in = communities() if days else {}
    for touched in days:
        claimed = TouchedDay.objects.filter(free, pk=touched.pk).update(claimed_until=at + CLAIM)
        if claimed:
            _recount_day(touched, counted_in)
    return len(days) == DAYS_AT_ONCE


def _recount_day(touched: TouchedDay, counted_in: dict[int, int]) -> None:
    """Replace the day's cells; touched again meanwhile, the day stays on the list."""
    with transaction.atomic():
        cells = count_day(touched.day, counted_in).cells
        old = DayCell.objects.filter(day=touched.day)
        gone = [c.pk for c in old if (c.area_id, c.item_class, c.unit) not in cells]
        DayCell.objects.filter(pk__in=gone).delete()
        DayCell.objects.bulk_create(
            [
                DayCell(day=touched.day, area_id=area, item_class=item_class, unit=unit, **vars(c))
                for (area, item_class, unit), c in cells.items()
            ],
            update_conflicts=True,
            unique_fields=["day", "area", "item_class", "unit"],
            update_fields=_COUNTED,
            batch_size=100,
        )
        TouchedDay.objects.filter(pk=touched.pk, touch=touched.touch).delete()
        TouchedDay.objects.filter(pk=touched.pk).update(claimed_until=None)


# ── writing months ───────────────────────────────────────────────────────────


@chore("insight.write_months", every=timedelta(minutes=1))
def write_by_and_by(at: datetime) -> bool:
    """A month a minute, for the same reason."""
    write_one(at)
    return False


def write_one(at: datetime) -> bool:
    """Write the file of one month that is due. True when there was one."""
    month = _due_months(at).order_by("-month").first()
    return month is not None and write_month(month, at=at)


def _due_months(at: datetime) -> QuerySet[Month]:
    lately = month_of(month_of(localdate(at)) - timedelta(days=1))
    waited = Q(written_at__lte=at - FRESH, month__gte=lately) | Q(written_at__lte=at - SETTLED)
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    return Month.objects.filter(Q(written_at=None) | waited, free, touch__gt=F("written_touch"))


def write_month(month: Month, *, at: datetime) -> bool:
    """Write the month's file from the cases as they stand; False when another worker does."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    if not Month.objects.filter(free, pk=month.pk).update(claimed_until=at + CLAIM):
        return False
    written = lake.write(month.month, at=at)
    Month.objects.filter(pk=month.pk).update(
        rows=written.rows,
        size=written.size,
        digest=written.digest,
        written_at=at,
        written_touch=month.touch,
        claimed_until=None,
    )
    return True


def catch_up(at: datetime) -> None:
    """Do all of it now: for a build, a bench, a command."""
    while follow(at):
        pass
    follow(at)
    while recount(at):
        pass
    recount(at)


def months_there_are() -> list[Month]:
    """A row for each month since the first case, in order."""
    first = Case.objects.aggregate(at=Min("reported_at"))["at"]
    last = Case.objects.aggregate(at=Max("reported_at"))["at"]
    if first is None:
        return []
    known = list(months(localtime(first).date(), localtime(last).date()))
    Month.objects.bulk_create([Month(month=month) for month in known], ignore_conflicts=True)
    return list(Month.objects.filter(month__in=known).order_by("month"))
