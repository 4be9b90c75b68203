"""Answers from the months in the lake, by DuckDB: any span, any line, medians, repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from gongzhi.insight import lake
from gongzhi.insight.models import Month
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.rules import Counts, Took, month_of, months
from gongzhi.insight.words import By

REPEAT_DAYS, REPEATS_FROM, REPEATS_MOST = 14, 3, 10
LONGEST_OPEN = timedelta(days=3 * 366)  # closed later than this after its report: not in a span
TOTAL = None  # the key of everything together
_TOOK = "date_diff('second', reported_at, handled_at)"
_SUMS = (
    "count(*), count(*) FILTER (status = 'declined'), count(*) FILTER (status = 'closed'),"
    " count(handled_at),"
    " count(*) FILTER (handled_at > due_at OR (handled_at IS NOT NULL AND overdue)),"
    f" coalesce(sum({_TOOK} // 60) FILTER (handled_at IS NOT NULL), 0),"
    " count(stars), count(*) FILTER (stars >= 4),"
    f" median({_TOOK}), quantile_cont({_TOOK}, 0.9)"
)
_KEYS = {
    By.ITEM_CLASS: "item_class",
    By.ITEM: "item",
    By.UNIT: "CAST(unit AS VARCHAR)",
    By.MONTH: "strftime(day, '%Y-%m')",
}


@dataclass(frozen=True)
class Figure:
    """What is counted and how long it took."""

    counts: Counts
    took: Took


@dataclass(frozen=True)
class Repeat:
    """The same matter again and again in one grid."""

    area: str  # code
    item: str  # code
    count: int
    last: date


NOTHING = Figure(Counts(), Took(None, None))


def figures(question: Question) -> dict[str | None, Figure]:
    """Each line of the table, and everything together under TOTAL; `ended` is left at nought."""
    where, values = _where(question)
    sql = (
        f"SELECT {_key(question)} AS key, {_SUMS}, grouping(key) FROM cases"  # noqa: S608 - columns from a fixed list; values are parameters
        f" WHERE {where} GROUP BY GROUPING SETS ((key), ())"
    )
    rows = lake.ask(sql, months(question.first, question.last), values)
    return {
        TOTAL if is_total else str(key): Figure(
            Counts(*map(int, sums)), Took(_span(half), _span(most))
        )
        for key, *sums, half, most, is_total in rows
    }


def by_day(question: Question) -> dict[date, Counts]:
    """Reported by day, and closed by day of closing; for the trend, so nothing else is counted."""
    where, values = _where(question)
    came = lake.ask(
        f"SELECT day, count(*) FROM cases WHERE {where} GROUP BY day",  # noqa: S608 - columns from a fixed list; values are parameters
        months(question.first, question.last),
        values,
    )
    found = {day: Counts(reported=int(count)) for day, count in came}
    for key, count in _ended("CAST(ended_at AS DATE)", question):
        found[key] = found.get(key, Counts()).plus(Counts(ended=int(count)))
    return found


def ended_by(question: Question) -> dict[str, int]:
    """Closed in the span, by line of the table; whenever it was reported."""
    by = _key(question) if question.by != By.MONTH else "strftime(ended_at, '%Y-%m')"
    return {str(key): int(count) for key, count in _ended(by, question)}


def _ended(key: str, question: Question) -> list[tuple[date, int]]:
    where, values = _where(question, day="CAST(ended_at AS DATE)")
    sql = (
        f"SELECT {key} AS key, count(*) FROM cases"  # noqa: S608 - columns from a fixed list; values are parameters
        f" WHERE status = 'closed' AND {where} GROUP BY key"
    )
    return lake.ask(sql, months(question.first - LONGEST_OPEN, question.last), values)


def repeats(question: Question) -> list[Repeat]:
    """What came again and again in one grid in the last fourteen days of the span, most first."""
    short = question.over(
        max(question.first, question.last - timedelta(days=REPEAT_DAYS - 1)), question.last
    )
    where, values = _where(short)
    sql = (
        "SELECT area, item, count(*) AS n, max(day) FROM cases"  # noqa: S608 - columns from a fixed list; values are parameters
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


def _where(question: Question, *, day: str = "day") -> tuple[str, Sequence[object]]:
    parts: list[str] = [f"{day} BETWEEN ? AND ?", "starts_with(path, ?)"]
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
