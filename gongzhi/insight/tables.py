"""The table of the page: lines with names, and the same as CSV and XLSX."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from gongzhi.access.models import Unit
from gongzhi.catalogue.models import Item, ItemClass
from gongzhi.insight.reads import history
from gongzhi.insight.reads.asked import Question
from gongzhi.insight.reads.history import Figure
from gongzhi.insight.rules import Counts, Took
from gongzhi.insight.words import By
from gongzhi.places.models import Area
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Column, Sheet, csv_lines, write_xlsx

DASH = "—"  # where nothing was counted: neither 0 % nor a cell that looks forgotten


@dataclass(frozen=True)
class Line:
    """One line; `share` is its length beside the longest, in percent; `more` leads deeper."""

    key: str
    name: str
    counts: Counts
    took: Took
    share: float
    more: str = ""


def lines(question: Question, found: Mapping[str, Figure]) -> list[Line]:
    """The lines of the table, those with most cases first; months in their order."""
    names = names_for(question.by, list(found))
    most = max((figure.counts.reported for figure in found.values()), default=0) or 1
    made = [
        Line(
            key=key,
            name=names.get(key) or key,
            counts=figure.counts,
            took=figure.took,
            share=round(100 * figure.counts.reported / most, 1),
            more=_deeper(question, key),
        )
        for key, figure in found.items()
    ]
    if question.by == By.MONTH:
        return sorted(made, key=lambda line: line.key)
    return sorted(made, key=lambda line: (-line.counts.reported, line.key))


def _deeper(question: Question, key: str) -> str:
    """The question that this line leads to; nothing where there is nothing below."""
    if question.by == By.AREA and key != question.area.code and key.isdecimal():
        return question.query(area=key)
    if question.by == By.ITEM_CLASS and key:
        return question.query(**{"class": key, "by": By.ITEM.value})
    if question.by == By.UNIT and key != "0":
        return question.query(unit=key, by=By.ITEM_CLASS.value)
    return ""


def names_for(by: By, keys: Sequence[str]) -> dict[str, str]:
    """What the keys are called; a class or an item by its newest edition."""
    match by:
        case By.AREA:
            return dict(Area.objects.filter(code__in=keys).values_list("code", "name"))
        case By.ITEM_CLASS:
            rows = ItemClass.objects.filter(code__in=keys).order_by("edition__number")
            return {"": _("未分类"), **dict(rows.values_list("code", "name"))}
        case By.ITEM:
            items = Item.objects.filter(code__in=keys).order_by("edition__number")
            return {"": _("未定事项"), **dict(items.values_list("code", "name"))}
        case By.UNIT:
            numbers = [int(key) for key in keys if key.isdecimal()]
            units = Unit.objects.filter(pk__in=numbers).values_list("pk", "name")
            return {"0": _("网格员或尚未派出"), **{str(pk): name for pk, name in units}}
        case By.MONTH:
            return {}


def headings(by: By) -> list[str]:
    """Of the files."""
    return [
        str(by.label), _("上报"), _("不予受理"), _("办结"), _("办结率（%）"), _("已处置"),
        _("按时处置率（%）"), _("处置时长中位数（小时）"), _("九成处置时长（小时）"), _("评价"),
        _("满意率（%）"), _("当期办结"),
    ]  # fmt: skip


def cells_of(line: Line) -> list[str | int | float]:
    """A line as the files carry it; numbers as numbers, a dash for what nothing was counted of."""
    c = line.counts
    return [
        line.name, c.reported, c.declined, c.closed, _rounded(c.closing_rate), c.handled,
        _rounded(c.in_time_rate), hours(line.took.half), hours(line.took.most), c.rated,
        _rounded(c.satisfaction), c.ended,
    ]  # fmt: skip


def as_csv(by: By, found: Sequence[Line]) -> Iterator[str]:
    """Head line and lines, with the mark by which spreadsheets know UTF-8; no formula in it."""
    return csv_lines(headings(by), map(cells_of, found))


def as_xlsx(question: Question, found: Sequence[Line], *, mark: str) -> bytes:
    """One sheet; `mark` says who took it out and when."""
    first, *rest = headings(question.by)
    sheet = Sheet(
        columns=[
            Column("0", first, Sort.LONG),
            *(Column(str(n), title, Sort.NUMBER) for n, title in enumerate(rest, start=1)),
        ],
        title=_("%(area)s统计 %(first)s 至 %(last)s")
        % {"area": question.area.name, "first": question.first, "last": question.last},
        mark=mark,
        rows=len(found),
    )
    with TemporaryDirectory(prefix="gongzhi-") as scratch:
        path = Path(scratch) / "numbers.xlsx"
        write_xlsx(path, sheet, map(cells_of, found))
        return path.read_bytes()


def hours(took: timedelta | None) -> float | str:
    """Hours with one digit behind the point; a dash for none."""
    return DASH if took is None else round(took.total_seconds() / 3600, 1)


def _rounded(value: float | None) -> float | str:
    return DASH if value is None else round(value, 1)


def repeated(question: Question) -> list[Mapping[str, object]]:
    """Repeats with names in place of codes."""
    found = history.repeats(question)
    areas = {a.code: a for a in Area.objects.filter(code__in=[r.area for r in found])}
    items = names_for(By.ITEM, [r.item for r in found])
    return [
        {
            "area": areas[r.area].full_name if r.area in areas else r.area,
            "item": items.get(r.item, r.item),
            "count": r.count,
            "last": r.last,
        }
        for r in found
    ]
