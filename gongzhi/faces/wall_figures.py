"""The wall's figures in words: values with units, how they changed, and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.cases.reads.numbers import RANKED_FROM, Numbers, Pair
from gongzhi.cases.words import Source
from gongzhi.faces import wall_charts

GOOD, BAD, SAME = "good", "bad", "same"
SLICES = 6  # of a ring, as many as there are colours and lines beside it


@dataclass(frozen=True)
class Figure:
    """One large figure: `meaning` says how it is counted, `tone` whether the note is good news."""

    key: str
    label: str
    value: str
    unit: str
    note: str
    tone: str
    meaning: str


@dataclass(frozen=True)
class Bar:
    """A class with its count, and the longest bar to compare it with."""

    name: str
    count: int
    most: int


@dataclass(frozen=True)
class Column:
    """One day of the line chart."""

    name: str
    reported: int
    closed: int


@dataclass(frozen=True)
class Days:
    """The line chart: a column each day, two lines and the marks of their scale."""

    columns: list[Column]
    ticks: list[int]
    reported: wall_charts.Line
    closed: wall_charts.Line


@dataclass(frozen=True)
class Doors:
    """By which door cases came, as two rings and as rows (name, today, seven days)."""

    rows: list[tuple[str, int, int]]
    today: list[wall_charts.Slice]
    week: list[wall_charts.Slice]
    total_today: int
    total_week: int


def figures(n: Numbers) -> list[Figure]:
    """The six figures on top."""
    return [
        Figure(
            "reported",
            _("今日上报"),
            _thousands(n.reported.now),
            _("件"),
            _than_yesterday(n.reported),
            SAME,
            _("今天零点以来上报的事件；与昨天同一时刻比较。"),
        ),
        Figure(
            "closed",
            _("今日办结"),
            _thousands(n.closed.now),
            _("件"),
            _than_yesterday(n.closed),
            GOOD if n.closed.now > n.closed.before else SAME,
            _("今天零点以来结案的事件，不论何时上报；与昨天同一时刻比较。"),
        ),
        _rate(n.rate),
        _took(n.took),
        Figure(
            "open",
            _("正在办理"),
            _thousands(n.open),
            _("件"),
            _("其中紧急 %(count)s 件") % {"count": n.urgent} if n.urgent else _("没有紧急事件"),
            BAD if n.urgent else GOOD,
            _("所有还没有结案的事件；紧急只数还没有处置的。"),
        ),
        Figure(
            "late",
            _("超时未办"),
            _thousands(n.late.now),
            _("件"),
            _difference(n.late.now - n.late.before),
            _tone(n.late.before - n.late.now),
            _("过了办结时限还没有处置的事件；与昨天同一时刻比较。"),
        ),
    ]


def bars(n: Numbers) -> list[Bar]:
    """Classes of seven days, the most frequent first."""
    most = max((share.count for share in n.classes), default=0)
    return [Bar(share.name or _("待分类"), share.count, most) for share in n.classes]


def days(n: Numbers) -> Days:
    """What was reported and what was closed on each of seven days."""
    columns = [
        Column(_("%(day)s日") % {"day": day.day.day}, day.reported, day.closed) for day in n.days
    ]
    ticks = wall_charts.ticks(max(max(column.reported, column.closed) for column in columns))
    return Days(
        columns,
        ticks,
        wall_charts.line([column.reported for column in columns], ticks[0]),
        wall_charts.line([column.closed for column in columns], ticks[0]),
    )


def doors(n: Numbers) -> Doors:
    """Where cases came from; doors nobody used for a week are left out."""
    rows = [
        (str(Source(door.source).label), door.today, door.week) for door in n.doors if door.week
    ]
    return Doors(
        rows,
        today=wall_charts.ring(foremost([(name, today) for name, today, _week in rows])),
        week=wall_charts.ring(foremost([(name, week) for name, _today, week in rows])),
        total_today=sum(today for _name, today, _week in rows),
        total_week=sum(week for _name, _today, week in rows),
    )


def foremost(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The most used first; the least used together, so that each has a colour and fits its card."""
    ranked = sorted(rows, key=lambda row: -row[1])
    few, rest = ranked[: SLICES - 1], ranked[SLICES - 1 :]
    if len(rest) < 2:
        return ranked
    return [*few, (_("其他"), sum(count for _name, count in rest))]


def ranking(n: Numbers, *, with_community: bool) -> list[dict[str, Any]]:
    """Grids by this month's closing rate; `with_community` where names alone would be twins."""
    return [
        {
            "code": grid.code,
            "name": grid.community + grid.name if with_community else grid.name,
            "rate": f"{grid.rate:.1f}",
            "cases": _("%(closed)s/%(counted)s 件")
            % {"closed": grid.closed, "counted": grid.counted},
        }
        for grid in n.grids
    ]


def ranking_meaning() -> str:
    """How the ranking is counted."""
    return _(
        "办结率 = 已办结 ÷（上报 − 不予受理），只算本月上报的事件；不足 %(least)s 件的网格不排名。"
    ) % {"least": RANKED_FROM}


def _rate(rate: Pair[float | None]) -> Figure:
    note, tone = "", SAME
    if rate.now is not None and rate.before is not None:
        points = round(rate.now, 1) - round(rate.before, 1)
        note, tone = _("较昨日 %(points)+.1f 个百分点") % {"points": points}, _tone(points)
    return Figure(
        "rate",
        _("近 30 日办结率"),
        "—" if rate.now is None else f"{rate.now:.1f}",
        "" if rate.now is None else "%",
        note,
        tone,
        _("办结率 = 已办结 ÷（上报 − 不予受理），只算近 30 日上报的事件；与昨天此时比较。"),
    )


def _took(took: Pair[timedelta | None]) -> Figure:
    value, unit = _duration(took.now)
    note, tone = "", SAME
    if took.now is not None and took.before is not None:
        amount, in_unit = _duration(abs(took.now - took.before))
        shorter = took.now <= took.before
        words = (
            _("较昨日缩短 %(amount)s %(unit)s") if shorter else _("较昨日延长 %(amount)s %(unit)s")
        )
        note, tone = words % {"amount": amount, "unit": in_unit}, GOOD if shorter else BAD
    return Figure(
        "took",
        _("平均办理"),
        value,
        unit,
        note or _("今天还没有办结"),
        tone,
        _("今天结案的事件从上报到结案平均用了多久；与昨天全天结案的比较。"),
    )


def _duration(length: timedelta | None) -> tuple[str, str]:
    if length is None:
        return "—", ""
    hours = length.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f}", _("分钟")
    return (f"{hours:.1f}", _("小时")) if hours < 48 else (f"{hours / 24:.1f}", _("天"))


def _than_yesterday(pair: Pair[int]) -> str:
    if not pair.before:
        return _("昨日此时 0 件")
    if pair.now == pair.before:
        return _("与昨日此时持平")
    percent = round(100 * (pair.now - pair.before) / pair.before)
    return _("较昨日此时 %(percent)+d%%") % {"percent": percent}


def _difference(cases: int) -> str:
    return _("较昨日 %(cases)+d 件") % {"cases": cases} if cases else _("与昨日持平")


def _tone(better: float) -> str:
    if not round(better, 6):
        return SAME
    return GOOD if better > 0 else BAD


def _thousands(count: int) -> str:
    return f"{count:,}"
