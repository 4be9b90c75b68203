"""Tables of orders, XLSX or CSV, as clerks save them: read in bounds, row by row, as text.

No Django models, no database: a file becomes rows under the file's own headings.
"""

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gongzhi.kernel.refusals import NotUnderstood, TooLarge

BYTES_MOST = 10 * 1024 * 1024
UNPACKED_MOST = 200 * 1024 * 1024  # a small file can unpack into one that fills the memory
COLUMNS_MOST = 100
HEADING_WITHIN = 10  # rows: titles and notes may stand above the headings
EXACT_MOST = 10**15  # beyond it a spreadsheet has already rounded a number
XLSX, OLD_XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

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
    if not content.strip():
        raise NotUnderstood(_("文件是空的。"), field="file")
    if content.startswith(OLD_XLS):
        raise NotUnderstood(
            _("这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 CSV 再上传。"), field="file"
        )
    lines = _xlsx(content) if content.startswith(XLSX) else _csv(content)
    return _rows(lines, known, most)


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


def _csv(content: bytes) -> Iterator[Cells]:
    """UTF-8 with or without a mark, else GB18030, as Excel in China saves it; , ; or tab."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotUnderstood(
            _("文件的文字编码认不出来，请用 Excel 另存为“CSV UTF-8”或 .xlsx。"), field="file"
        )
    if "\x00" in text:
        raise NotUnderstood(_("这不是表格文件，请上传 .xlsx 或 CSV。"), field="file")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in cells[:COLUMNS_MOST]]
    except csv.Error as error:
        raise NotUnderstood(_("CSV 文件坏了，请重新导出。"), field="file") from error


def _xlsx(content: bytes) -> Iterator[Cells]:
    """The first sheet; the last computed value of a formula, never the formula."""
    broken = NotUnderstood(_("这个 .xlsx 文件坏了，请重新保存或导出。"), field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MOST:
                raise TooLarge(_("这个 .xlsx 文件展开后太大，请分成几个。"))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write wrong ones
            for cells in sheet.iter_rows(max_col=COLUMNS_MOST, values_only=True):
                yield [_text(cell) for cell in cells]
    except (
        zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError,
        TypeError, AttributeError, EOFError, OSError,
    ) as error:  # fmt: skip
        raise broken from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_MOST:
        return str(int(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT_MOST:
        raise NotUnderstood(
            _("表格里有一列长数字已被 Excel 改动（%(number)s），请把该列设为“文本”后重新导出。")
            % {"number": f"{cell:.6g}"},
            field="file",
        )
    return str(cell).strip()


def template(headings: Iterable[str], example: Iterable[str]) -> bytes:
    """An XLSX with headings and an example row, all columns as text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(list(headings))
    sheet.append(list(example))
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 20
        for cell in column:
            cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
