"""A day of cases as it is counted; one query for what was reported and one for what was closed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.utils.timezone import get_default_timezone, localtime

from gongzhi.cases.models import Case
from gongzhi.insight.rules import CLOSED, Day, Seen, day_of
from gongzhi.places.models import Area
from gongzhi.places.words import Level

_FIELDS = (
    "area_id", "item__item_class__code", "unit_id", "status", "reported_at", "due_at",
    "handled_at", "overdue_at", "stars",
)  # fmt: skip


def communities() -> dict[int, int]:
    """Where the cases of each area are counted: grids in their community, the rest as they are."""
    rows = Area.objects.values_list("pk", "parent_id", "level")
    return {pk: parent if level == Level.GRID and parent else pk for pk, parent, level in rows}


def count_day(day: date, counted_in: Mapping[int, int]) -> Day:
    """The cells of a (local) day, as the cases stand now."""
    begin, end = bounds(day, day)
    reported = Case.objects.filter(reported_at__gte=begin, reported_at__lt=end)
    ended = Case.objects.filter(ended_at__gte=begin, ended_at__lt=end, status=CLOSED)
    return day_of(
        _seen(reported.values_list(*_FIELDS).iterator(chunk_size=5000), counted_in),
        _seen(ended.values_list(*_FIELDS).iterator(chunk_size=5000), counted_in),
    )


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments between which the (local) days lie, the second one excluded."""
    zone = get_default_timezone()
    after = last + timedelta(days=1)
    return (
        datetime(first.year, first.month, first.day, tzinfo=zone),
        datetime(after.year, after.month, after.day, tzinfo=zone),
    )


def _seen(rows: Iterable[tuple[object, ...]], counted_in: Mapping[int, int]) -> Iterator[Seen]:
    for area, item_class, unit, status, *times, stars in rows:
        reported_at, due_at, handled_at, overdue_at = (_local(at) for at in times)
        if reported_at is None or due_at is None:
            continue  # both are never empty in the database
        yield Seen(
            area=counted_in.get(int(str(area)), int(str(area))),
            item_class=str(item_class or ""),
            unit=int(str(unit or 0)),
            status=str(status),
            reported_at=reported_at,
            due_at=due_at,
            handled_at=handled_at,
            overdue_at=overdue_at,
            stars=int(str(stars)) if stars is not None else None,
        )


def _local(at: object) -> datetime | None:
    return localtime(at) if isinstance(at, datetime) else None
