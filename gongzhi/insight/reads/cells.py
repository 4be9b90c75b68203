"""Answers from the daily cells: seconds old, whatever the span."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from gongzhi.insight.models import DayCell
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.rules import Counts, month_of
from gongzhi.insight.words import By
from gongzhi.places.models import Area

_SUMS: dict[str, Any] = {name: Sum(name) for name in vars(Counts())}


def total(question: Question) -> Counts:
    """Everything that was asked for, together."""
    return _counts(_cells(question).aggregate(**_SUMS))


def by_day(question: Question) -> dict[date, Counts]:
    """Day by day; days without anything are left out."""
    rows = _cells(question).values("day").annotate(**_SUMS).order_by()
    return {row["day"]: _counts(row) for row in rows}


def grouped(question: Question) -> dict[str, Counts]:
    """By area (the one below that asked for), class, unit or month; keys are codes or numbers.

    Items are not kept in cells: nothing for By.ITEM.
    """
    match question.by:
        case By.AREA:
            return _by_area(question)
        case By.ITEM_CLASS:
            return _by(question, "item_class")
        case By.UNIT:
            return _by(question, "unit")
        case By.MONTH:
            months: dict[str, Counts] = {}
            for day, counts in by_day(question).items():
                key = f"{month_of(day):%Y-%m}"
                months[key] = months.get(key, Counts()).plus(counts)
            return months
        case By.ITEM:
            return {}


def _by(question: Question, column: str) -> dict[str, Counts]:
    rows = _cells(question).values(column).annotate(**_SUMS).order_by()
    return {str(row[column]): _counts(row) for row in rows}


def _by_area(question: Question) -> dict[str, Counts]:
    rows = _cells(question).values("area").annotate(**_SUMS).order_by()
    paths = dict(Area.objects.under(question.area).values_list("pk", "path"))
    found: dict[str, Counts] = {}
    for row in rows:
        code = child_of(question.area.path, paths[row["area"]])
        found[code] = found.get(code, Counts()).plus(_counts(row))
    return found


def child_of(top: str, path: str) -> str:
    """The code of the area right below `top` that holds `path`; that of `top` for itself."""
    below = path[len(top) :].split("/", 1)[0]
    return below or top.rstrip("/").rsplit("/", 1)[-1]


def _cells(question: Question) -> QuerySet[DayCell]:
    cells = DayCell.objects.filter(day__range=(question.first, question.last))
    if question.area.parent_id is not None:
        # By number, not by path: the planner then goes by the day, not through all areas.
        below: Iterable[int] = Area.objects.under(question.area).values_list("pk", flat=True)
        cells = cells.filter(area__in=list(below))
    if question.item_class:
        cells = cells.filter(item_class=question.item_class)
    return cells.filter(unit=question.unit) if question.unit else cells


def _counts(row: Any) -> Counts:
    return Counts(**{name: row[name] or 0 for name in _SUMS})
