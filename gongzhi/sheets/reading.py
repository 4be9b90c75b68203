"""A table as a clerk saved it, XLSX or CSV, read in bounds and line by line; no Django models."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from gongzhi.kernel.refusals import NotUnderstood, TooLarge
from gongzhi.sheets.rules import Cell, plain_heading, text_of

BYTES_MOST = 20 * 1024 * 1024
UNPACKED_MOST = 300 * 1024 * 1024  # a small file can unpack into one that fills the memory
ROWS_MOST = 200_000
COLUMNS_MOST = 100
HEADING_WITHIN = 10  # rows: titles and notes may stand above the headings
CELL_MOST = 2000  # characters; longer ones come from a quotation mark that never ends
PIECE = 1024 * 1024
XLSX, OLD_XLS, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f]")

_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"')
Range = tuple[tuple[int, int], tuple[int, int]]  # (row, column) of both corners, from 0
Rows = Iterable[list[Cell]]


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, from 1, and its cells."""

    number: int
    cells: list[Cell]


@dataclass
class Source:
    """What a file holds: its lines from the top, and places where a cell says less than it seems.

    `merged` are ranges of merged cells, `unsolved` cells whose formula has no stored value, or an
    error for one; `about` is how many lines there are, more or less, for a bar of progress.
    """

    lines: Iterator[Line]
    sheet: str = ""
    about: int = 0
    merged: list[Range] = field(default_factory=list)
    unsolved: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Table:
    """A source whose headings were found; `lines` are those below, empty ones left out."""

    headings: list[str]
    heading_row: int
    above: list[Line]
    source: Source

    @property
    def about(self) -> int:
        """How many lines stand below the headings, more or less."""
        return max(0, self.source.about - self.heading_row)

    @property
    def lines(self) -> Iterator[Line]:
        """The lines below the headings that hold anything; can be gone through once."""
        return (line for line in self.source.lines if any(text_of(c) for c in line.cells))


def open_table(content: bytes, *, is_heading: Callable[[list[str]], bool]) -> Table:
    """The table in a file; `is_heading` says whether a line can be the headings.

    NotUnderstood (422) for what is no table or has no headings, TooLarge (413) beyond its bounds.
    """
    source = open_source(content)
    above: list[Line] = []
    for line in islice(source.lines, HEADING_WITHIN):
        texts = [text_of(cell) for cell in line.cells]
        if is_heading(texts):
            _unambiguous(texts, line.number)
            return Table(texts, line.number, above, source)
        above.append(line)
    raise NotUnderstood(
        _("前%(most)s行里没有找到表头。请在数据上方留一行列名，可以先下载模板对照。")
        % {"most": HEADING_WITHIN},
        field="file",
    )


def _unambiguous(headings: list[str], row: int) -> None:
    seen: set[str] = set()
    for heading in headings:
        plain = plain_heading(heading)
        if plain and plain in seen:
            raise NotUnderstood(
                _("第%(row)s行表头里“%(name)s”出现了两次，请删掉一列或改名。")
                % {"row": row, "name": heading},
                field="file",
            )
        seen.add(plain)


def open_source(content: bytes) -> Source:
    """The lines of a file, whatever its name says it is; errors as in `open_table`."""
    if len(content) > BYTES_MOST:
        raise TooLarge(
            _("文件太大了，最多%(most)sMB，请分成几个。") % {"most": BYTES_MOST // 1024**2}
        )
    if not content.strip():
        raise NotUnderstood(_("文件是空的。"), field="file")
    _is_no_table(content)
    return _xlsx(content) if content.startswith(XLSX) else _csv(content)


def _is_no_table(content: bytes) -> None:
    if content.startswith(OLD_XLS):
        told = _("这是旧版 Excel 文件（.xls）或加了密码的文件，请另存为不加密的 .xlsx 再上传。")
    elif content.startswith(PDF):
        told = _("这是 PDF 文件，不是表格。请上传 .xlsx 或 CSV。")
    elif content.startswith(PICTURES):
        told = _("这是图片，不是表格。请上传 .xlsx 或 CSV。")
    elif content.lstrip()[:1] == b"<":
        told = _("这是网页格式的表格，只是改了扩展名。请用 Excel 打开后另存为 .xlsx 再上传。")
    else:
        return
    raise NotUnderstood(told, field="file")


# ── XLSX ──────────────────────────────────────────────────────────────────────


def _broken() -> NotUnderstood:
    return NotUnderstood(
        _("这个 .xlsx 文件坏了或没有传完整，请重新保存或导出后再上传。"), field="file"
    )


def _xlsx(content: bytes) -> Source:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unsolved = _weighed(packed)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
    ) as error:  # fmt: skip
        raise _broken() from error
    except RuntimeError as error:  # an entry with a password
        raise NotUnderstood(_("文件加了密码，请去掉密码再上传。"), field="file") from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        merged = [_corners(one) for one in sheet.merged_cell_ranges or []]
        start = sheet.start or (0, 0)
        lines = _cells(cast(Rows, sheet.iter_rows()), start[1])
        return Source(lines, sheet.name, start[0] + sheet.height, merged, unsolved)
    except PasswordError as error:
        raise NotUnderstood(_("文件加了密码，请去掉密码再上传。"), field="file") from error
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise _broken() from error
    except BaseException as error:  # a panic of the reader, which is written in Rust
        if type(error).__name__ == "PanicException":
            raise _broken() from None
        raise


def _corners(found: Range) -> Range:
    (top, left), (bottom, right) = found
    return (top, left), (bottom, right)


def _cells(rows: Rows, left: int) -> Iterator[Line]:
    margin: list[Cell] = [""] * left
    for number, cells in enumerate(rows, start=1):
        yield Line(number, (margin + cells if left else cells)[:COLUMNS_MOST])


def _weighed(packed: zipfile.ZipFile) -> set[tuple[int, int]]:
    """Unpack all of it once, keeping nothing: bounds and check sums. Gives unsolved formulas."""
    if sum(part.file_size for part in packed.infolist()) > UNPACKED_MOST:
        raise _too_large()
    names = set(packed.namelist())
    if "xl/workbook.xml" not in names:
        raise NotUnderstood(
            _("这不是 Excel 表格（可能是 Word、WPS 文字或压缩包）。请上传 .xlsx 或 CSV。"),
            field="file",
        )
    first = _first_sheet(packed, names)
    unsolved: set[tuple[int, int]] = set()
    for part in packed.infolist():
        with packed.open(part) as opened:
            pieces = iter(lambda: opened.read(PIECE), b"")
            if part.filename == first:
                _look_through(pieces, unsolved)
            else:
                for _piece in pieces:
                    pass
    return unsolved


def _look_through(pieces: Iterable[bytes], unsolved: set[tuple[int, int]]) -> None:
    rows, kept = 0, b""
    for piece in pieces:
        kept += piece
        cut = kept.rfind(b"</row>") + 6
        if cut < 6:
            if len(kept) > 16 * PIECE:
                raise _too_large()
            continue
        whole, kept = kept[:cut], kept[cut:]
        rows += whole.count(b"<row ") + whole.count(b"<row>")
        if rows > ROWS_MOST + HEADING_WITHIN:
            raise _too_many()
        for mark, pattern in ((b"<f", _FORMULA), (b't="e"', _ERROR)):
            if mark in whole:
                unsolved.update((int(r) - 1, _number(c)) for c, r in pattern.findall(whole))


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _first_sheet(packed: zipfile.ZipFile, names: set[str]) -> str:
    """The part that holds the first sheet; the usual name where the book does not say."""
    usual = "xl/worksheets/sheet1.xml"
    with packed.open("xl/workbook.xml") as opened:
        found = re.search(rb'<sheet\b[^>]*\br:id="([^"]+)"', opened.read(PIECE))
    rels = "xl/_rels/workbook.xml.rels"
    if not found or rels not in names:
        return usual
    with packed.open(rels) as opened:
        for link in re.findall(rb"<Relationship\b[^>]*>", opened.read(PIECE)):
            target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', link)
            if b'Id="' + found[1] + b'"' in link and target:
                return "xl/" + target[1].decode("utf-8", "replace")
    return usual


def _too_large() -> TooLarge:
    return TooLarge(_("这个 .xlsx 文件展开后太大，请分成几个，或删去多余的列和格式。"))


def _too_many() -> TooLarge:
    return TooLarge(_("一个文件最多%(most)s行，请分成几个。") % {"most": f"{ROWS_MOST:,}"})


# ── CSV ───────────────────────────────────────────────────────────────────────


def decoded(content: bytes) -> str:
    """The text of a CSV: UTF-8 with or without a mark, UTF-16 with one, else GB18030."""
    encodings = ["utf-16"] if content.startswith(UTF16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if UNREADABLE.search(text):
            raise NotUnderstood(_("这不是表格文件，请上传 .xlsx 或 CSV。"), field="file")
        return text
    raise NotUnderstood(
        _("文件的文字编码认不出来，请用 Excel 另存为“CSV UTF-8”或 .xlsx。"), field="file"
    )


def _csv(content: bytes) -> Source:
    text = decoded(content)
    return Source(_csv_lines(text), about=text.count("\n") + (not text.endswith("\n")))


def _csv_lines(text: str) -> Iterator[Line]:
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    began = 1
    try:
        for count, cells in enumerate(reader, start=1):
            if count > ROWS_MOST + HEADING_WITHIN:
                raise _too_many()
            if any(len(cell) > CELL_MOST for cell in cells):
                raise _unended(began)
            yield Line(count, list(cells[:COLUMNS_MOST]))
            began = count + 1
    except csv.Error as error:
        raise _unended(began) from error


def _unended(row: int) -> NotUnderstood:
    return NotUnderstood(
        _("第%(row)s行的内容读不下去：可能有一个双引号没有配对，或一格超过%(most)s字。")
        % {"row": row, "most": CELL_MOST},
        field="file",
    )
