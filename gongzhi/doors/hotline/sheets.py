"""Tables of orders, XLSX or CSV, as clerks save them: read in bounds, row by row, as text.

No Django models, no database: a file becomes rows under the file's own headings.
"""

import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import NotUnderstood, TooLarge
from gongzhi.sheets.reading import HEADING_WITHIN, open_source
from gongzhi.sheets.rules import is_rounded, text_of

BYTES_MOST = 10 * 1024 * 1024

Cells = list[str]


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, and its cells under their headings."""

    number: int
    cells: dict[str, str]


def read_table(content: bytes, *, known: Collection[str], most: int) -> list[Row]:
    """The rows of a file whose headings are among `known`; empty rows are left out.

    NotUnderstood (422) for what is no table or has no known headings, TooLarge (413) beyond 10 MB
    or `most` rows.
    """
    if len(content) > BYTES_MOST:
        raise TooLarge(
            _("文件太大了，最多%(most)sMB，请分成几个。") % {"most": BYTES_MOST // 1024**2}
        )
    return _rows(_texts(content), known, most)


def _texts(content: bytes) -> Iterator[Cells]:
    """The lines of the first sheet; the last computed value of a formula, never the formula."""
    for line in open_source(content).lines:
        if rounded := next((cell for cell in line.cells if is_rounded(cell)), None):
            raise NotUnderstood(
                _("表格里有一列长数字已被 Excel 改动（%(number)s），请把该列设为“文本”后重新导出。")
                % {"number": str(rounded)[:20]},
                field="file",
            )
        yield [text_of(cell) for cell in line.cells]


def _rows(lines: Iterator[Cells], known: Collection[str], most: int) -> list[Row]:
    numbered = enumerate(lines, start=1)
    headings: Cells = []
    for _number, cells in islice(numbered, HEADING_WITHIN):
        if len(set(cells) & set(known)) >= 2:
            headings = cells
            break
    if not headings:
        raise NotUnderstood(
            _("没有找到表头。第一行应写列名，例如：%(names)s。")
            % {"names": "、".join(list(known)[:4])},
            field="file",
        )
    if twice := {h for h in headings if h and headings.count(h) > 1 and h in known}:
        raise NotUnderstood(
            _("表头里“%(name)s”出现了两次，请删掉一列。") % {"name": min(twice)}, field="file"
        )
    rows = []
    for number, cells in numbered:
        named = {h: c for h, c in zip(headings, cells, strict=False) if h and c}
        if named:
            rows.append(Row(number, named))
        if len(rows) > most:
            raise TooLarge(_("一个文件最多%(most)s行，请分成几个。") % {"most": most})
    return rows


def template(headings: Iterable[str], example: Iterable[str]) -> bytes:
    """An XLSX with headings and an example row, all columns as text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(list(headings))
    sheet.append(list(example))
    for column in sheet.columns:
        whole = sheet.column_dimensions[column[0].column_letter]
        whole.width, whole.number_format = 20, "@"  # else Excel rounds 16 digits to fifteen
        for cell in column:
            cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
