"""Changing the working calendar."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.calendars import reads
from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan
from gongzhi.calendars.rules import Calendar
from gongzhi.calendars.words import DayKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood


@action
def set_spans(
    *, by: Person | None, spans: Sequence[tuple[time, time]], at: datetime
) -> list[WorkSpan]:
    """Replace the spans of the working day; refused when they overlap or run backwards."""
    _may_change(by)
    try:
        Calendar(spans=tuple(spans))
    except ValueError as error:
        raise NotUnderstood(_("工作时段要从早到晚填写，互不重叠。")) from error
    if list(WorkSpan.objects.values_list("begins", "ends")) == list(spans):
        return list(WorkSpan.objects.all())
    WorkSpan.objects.all().delete()
    rows = WorkSpan.objects.bulk_create(WorkSpan(begins=b, ends=e) for b, e in spans)
    record("calendars.spans_set", about=rows[0], by=by, at=at)
    transaction.on_commit(reads.forget)
    return rows


@action
def publish_year(
    *,
    by: Person | None,
    year: int,
    days: Mapping[date, tuple[DayKind, str]],
    source: str,
    at: datetime,
) -> PublishedYear:
    """Replace a year's special days by its official table: {day: (kind, name)}."""
    _may_change(by)
    if wrong := [day for day in days if day.year != year]:
        raise NotUnderstood(_("%(day)s 不在 %(year)s 年内。") % {"day": wrong[0], "year": year})
    published, _new = PublishedYear.objects.update_or_create(year=year, defaults={"source": source})
    SpecialDay.objects.filter(day__year=year).delete()
    SpecialDay.objects.bulk_create(
        SpecialDay(day=day, kind=kind, name=name) for day, (kind, name) in days.items()
    )
    record("calendars.year_published", about=published, by=by, at=at, days=len(days))
    transaction.on_commit(reads.forget)
    return published


def _may_change(by: Person | None) -> None:
    """Those who keep the district's content; nobody in particular when a command loads it."""
    if by is not None:
        require(by, Can.MANAGE_CONTENT, within=None)
