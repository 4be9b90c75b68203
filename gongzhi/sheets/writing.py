"""A list as XLSX or CSV, written while it is read, so that a million rows need no more memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheets

from gongzhi.sheets.rules import ems, harmless
from gongzhi.sheets.words import Sort

BOM = "\ufeff"  # without it spreadsheets take UTF-8 for something else
ROWS_OF_A_SHEET = 1_000_000  # a spreadsheet ends at 1,048,576
LOOKED_AT = 200  # rows that decide how wide columns are
WIDEST = {Sort.TEXT: 30, Sort.DATE: 18, Sort.NUMBER: 16, Sort.LONG: 44}  # in digits of Excel
BAD_IN_A_NAME = str.maketrans(dict.fromkeys(r"[]:*?/\\'", " "))

Value = str | int | float | date | None
Row = Sequence[Value]


@dataclass(frozen=True)
class Column:
    """One column as it is printed: the key of what it shows, its title and what it holds."""

    key: str
    title: str
    sort: str = Sort.TEXT


@dataclass(frozen=True)
class Sheet:
    """A table to be written: columns in their order, and what stands around them.

    `mark` says who took the list out and when; it stands on every page and sheet.
    """

    columns: Sequence[Column]
    title: str
    header: str = ""
    footer: str = ""
    signature: str = ""
    mark: str = ""
    landscape: bool = True
    rows: int = 0

    @property
    def breaks(self) -> list[bool]:
        """Which columns hold texts that may go over several lines."""
        return [column.sort == Sort.LONG for column in self.columns]


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_lines(heads: Iterable[str], rows: Iterable[Row]) -> Iterator[str]:
    """A head line and one line per row, one at a time, with the mark that spreadsheets ask for."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(list(heads))
    for row in rows:
        yield writer.writerow(plain_row(row))


def plain_value(value: Value) -> str | int | float:
    """A value as text or number, defused; moments in local time to the minute."""
    if isinstance(value, str):
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def plain_row(row: Row) -> list[Value]:
    """Each value of a row as `plain_value` makes it; it is asked only where there is any doubt."""
    return [
        v
        if (v.__class__ is str and (not v or v[0].isalnum())) or v.__class__ is int
        else plain_value(v)
        for v in row
    ]


def printed(value: Value) -> str:
    """A value as it stands on paper, where nothing is a formula."""
    if value is None:
        return ""
    return f"{localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def looked_at(sheet: Sheet, rows: Iterable[Row]) -> tuple[list[float], Iterator[Row]]:
    """How wide each column wants to be, in ems, by its title and the first rows; and all rows."""
    rest = iter(rows)
    some = list(islice(rest, LOOKED_AT))
    wanted = [
        max(ems(column.title), *(ems(printed(row[number])) for row in some), 1.0)
        for number, column in enumerate(sheet.columns)
    ]
    return wanted, chain(some, rest)


def write_csv(path: Path, sheet: Sheet, rows: Iterable[Row]) -> None:
    """The list as CSV, UTF-8 with a mark. Who took it out stands in the file's name only: a line
    more would be taken for a row by whatever reads the file next."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(BOM)
        writer = csv.writer(out)
        writer.writerow([column.title for column in sheet.columns])
        writer.writerows(map(plain_row, rows))


def write_xlsx(path: Path, sheet: Sheet, rows: Iterable[Row]) -> None:
    """The list as XLSX: title and mark above, headings kept in view and repeated on each page.

    Texts are stored as text with Excel's own quotation mark, so that none is ever a formula.
    """
    wanted, rest = looked_at(sheet, rows)
    count = max(1, -(-sheet.rows // ROWS_OF_A_SHEET))
    parts: list[tuple[str, Any]] = []
    names = [sheet_name(sheet.title, number, count) for number in range(1, count + 1)]
    for number, name in enumerate(names, start=1):
        some = islice(rest, ROWS_OF_A_SHEET)
        parts.append((name, _records(sheet, some, last=number == count)))
    above = _above(sheet)
    last = len(sheet.columns) - 1
    around: dict[str, Any] = {
        "header_row": len(above),
        "merge_ranges": [
            (n, 0, n, max(last, 1), text, style) for n, (text, style) in enumerate(above)
        ],
        "header_format": _heading_style(),
        "column_widths": [
            min(2 * ems + 2, WIDEST[Sort(column.sort)])
            for ems, column in zip(wanted, sheet.columns, strict=True)
        ],
        "column_formats": [_style(c) for c in sheet.columns],
        "freeze_panes": {"row": len(above) + 1},
        "page_setup": _page(sheet, len(above)),
    }
    every: dict[str, Any] = {
        option: {name: value for name in names} for option, value in around.items()
    }
    write_worksheets(parts, str(path), datetime_format="yyyy-mm-dd", **every)


def sheet_name(title: str, number: int = 1, count: int = 1) -> str:
    """A name that spreadsheets take: at most 31 characters, none of those they forbid."""
    name = " ".join(title.translate(BAD_IN_A_NAME).split())[:26] or _("名单")
    return name if count == 1 else f"{name} {number}"


def _records(sheet: Sheet, rows: Iterable[Row], *, last: bool) -> Iterator[dict[str, Any]]:
    titles = [column.title for column in sheet.columns]
    blank = dict.fromkeys(titles, None)
    written = False
    for row in rows:
        written = True
        yield dict(zip(titles, map(_xlsx_value, row), strict=True))
    if not written:
        yield blank
    if last and (sheet.signature or sheet.footer):
        yield blank
        for text in filter(None, (sheet.footer, sheet.signature)):
            yield {**blank, titles[0]: text}


def _xlsx_value(value: Value) -> Value:
    return f"{localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _above(sheet: Sheet) -> list[tuple[str, Any]]:
    small = Format().set_font_size(9).set_font_color("#566579")
    lines = [(sheet.title, Format().set_bold().set_font_size(14).set_align("center"))]
    lines += [(text, small) for text in (sheet.header, sheet.mark) if text]
    return lines


def _heading_style() -> Any:
    style = Format().set_bold().set_background_color("#EAF1FE").set_border("thin")
    return style.set_border_color("#7D8BA0").set_text_wrap()


def _style(column: Column) -> Any:
    style = Format().set_border("thin").set_border_color("#E2E8F0")
    if column.sort == Sort.NUMBER:
        return style
    if column.sort == Sort.DATE:
        return style.set_num_format("yyyy-mm-dd")
    style = style.set_num_format("@").set_quote_prefix()
    return style.set_text_wrap() if column.sort == Sort.LONG else style


def _page(sheet: Sheet, above: int) -> dict[str, Any]:
    def plain(text: str) -> str:
        return text.replace("&", "&&")[:100]

    return {
        "landscape": sheet.landscape,
        "paper_size": 9,  # A4
        "fit_to_pages": (1, 0),
        "repeat_rows": (above, above),
        "header": f"&L{plain(sheet.title)}&R{plain(sheet.mark)}",
        "footer": "&L{}&R{}".format(
            plain(sheet.footer), _("第 %(page)s 页，共 %(all)s 页") % {"page": "&P", "all": "&N"}
        ),
    }
