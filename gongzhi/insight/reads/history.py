"""Answers from the months in the lake: medians, items, repeats, over any span, by DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from gongzhi.insight import lake
from gongzhi.insight.models import Month
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.rules import Counts, month_of, months
from gongzhi.insight.words import By

REPEAT_DAYS, REPEATS_FROM, REPEATS_MOST = 14, 3, 10
TOOK = "date_diff('second', reported_at, handled_at)"
_KEYS = {
    By.ITEM_CLASS: "item_class",
    By.ITEM: "item",
    By.UNIT: "CAST(unit AS VARCHAR)",
    By.MONTH: "strftime(day, '%Y-%m')",
}


@dataclass(frozen=True)
class Took:
    """How long handling took: half were faster than `half`, nine tenths faster than `most`."""

    half: timedelta | None
    most: timedelta | None


@dataclass(frozen=True)
class Repeat:
    """The same matter again and again in one grid."""

    area: str  # code
    item: str  # code
    count: int
    last: date


def took(question: Question) -> Took:
    """Median and nine tenths of everything asked for; None without any handled case."""
    return next(iter(_took("''", question).values()), Took(None, None))


def took_by(question: Question) -> dict[str, Took]:
    """The same for each line of the table."""
    return _took(_key(question), question)


def _took(key: str, question: Question) -> dict[str, Took]:
    where, values = _where(question)
    sql = (
        f"SELECT {key} AS key, median({TOOK}), quantile_cont({TOOK}, 0.9) FROM cases"  # noqa: S608
        f" WHERE handled_at IS NOT NULL AND {where} GROUP BY key"
    )
    rows = lake.ask(sql, months(question.first, question.last), values)
    return {str(key): Took(_span(half), _span(most)) for key, half, most in rows}


def counts_by_item(question: Question) -> dict[str, Counts]:
    """Counts by item, which the daily cells do not keep."""
    where, values = _where(question)
    sql = (
        "SELECT item, count(*), count(*) FILTER (status = 'declined'),"  # noqa: S608
        " count(*) FILTER (status = 'closed'), count(handled_at),"
        " count(*) FILTER (handled_at > due_at OR (handled_at IS NOT NULL AND overdue)),"
        f" coalesce(sum({TOOK} // 60) FILTER (handled_at IS NOT NULL), 0),"
        " count(stars), count(*) FILTER (stars >= 4)"
        f" FROM cases WHERE {where} GROUP BY item"
    )
    rows = lake.ask(sql, months(question.first, question.last), values)
    return {str(item): Counts(*map(int, sums)) for item, *sums in rows}


def repeats(question: Question) -> list[Repeat]:
    """What came again and again in one grid in the last fourteen days of the span, most first."""
    short = question.over(
        max(question.first, question.last - timedelta(days=REPEAT_DAYS - 1)), question.last
    )
    where, values = _where(short)
    sql = (
        "SELECT area, item, count(*) AS n, max(day) FROM cases"  # noqa: S608
        f" WHERE item <> '' AND status <> 'declined' AND {where} GROUP BY area, item"
        f" HAVING n >= {REPEATS_FROM} ORDER BY n DESC, area, item LIMIT {REPEATS_MOST}"
    )
    rows = lake.ask(sql, months(short.first, short.last), values)
    return [Repeat(str(area), str(item), int(n), last) for area, item, n, last in rows]


def as_of(question: Question) -> datetime | None:
    """Since when the oldest file of the span is as it is; None while a month was never written."""
    rows = Month.objects.filter(month__range=(month_of(question.first), question.last))
    if rows.filter(written_at=None).exists():
        return None
    at: datetime | None = rows.aggregate(at=Min("written_at"))["at"]
    return at


def _key(question: Question) -> str:
    if question.by != By.AREA:
        return _KEYS[question.by]
    # The code right below the area's path, or its own code for what lies in none of those.
    depth = question.area.path.count("/")
    own = question.area.code.replace("'", "''")
    return f"coalesce(nullif(split_part(path, '/', {depth + 1}), ''), '{own}')"


def _where(question: Question) -> tuple[str, Sequence[object]]:
    parts: list[str] = ["day BETWEEN ? AND ?", "starts_with(path, ?)"]
    values: list[object] = [question.first, question.last, question.area.path]
    if question.item_class:
        parts.append("item_class = ?")
        values.append(question.item_class)
    if question.unit:
        parts.append("unit = ?")
        values.append(question.unit)
    return " AND ".join(parts), values


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=max(float(seconds), 0.0))
