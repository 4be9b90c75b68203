"""A list as PDF, drawn row by row: title, headings on each page, signature, and whose copy it is.

Chinese stands in STSong-Light, which every PDF reader substitutes, or in the TrueType file of
`settings.PRINT_FONT`, which is then part of the PDF and prints the same everywhere.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from gongzhi.sheets.rules import FIRST_WIDE, fitted
from gongzhi.sheets.writing import Row, Sheet, looked_at, printed

ROWS_MOST = 50_000  # about 1,500 pages; nobody prints more
LINES_MOST = 8  # of one cell; the rest is cut off with an ellipsis
MARGIN, GAP = 36.0, 3.0  # points
SIZE, LEADING = 8.5, 11.0
CLOSING = frozenset("，。、；：！？）》」』”’…,.;:!?)")  # never at the beginning of a line
INK, PALE, LINE, SHADE = map(HexColor, ("#14202E", "#566579", "#C9D3E0", "#EAF1FE"))
MARK = HexColor("#14202E", hasAlpha=False)


@cache
def font(path: str = "") -> str:
    """The name of the font for Chinese text, registered once per process."""
    if path:
        try:
            pdfmetrics.registerFont(TTFont("Print", path))
        except (TTFError, OSError) as error:
            raise ValueError(f"PRINT_FONT is no TrueType file that can be used: {path}") from error
        return "Print"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def wide(letter: str, name: str, size: float) -> float:
    """How wide a letter is, in points; Chinese ones are as wide as they are high."""
    if letter >= FIRST_WIDE:
        return size
    return float(pdfmetrics.stringWidth(letter, name, size))


def wrapped(text: str, width: float, name: str, size: float = SIZE) -> list[str]:
    """The text in lines that fit the width, at most LINES_MOST; the last ends with … if cut.

    No line begins with what closes a phrase, and numbers and words stay whole where they can.
    """
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        line, used = "", 0.0
        for letter in part:
            more = wide(letter, name, size)
            if used + more > width and line:
                cut = _break(line, letter)
                lines.append(line[:cut])
                line = line[cut:]
                used = sum(wide(each, name, size) for each in line)
                if len(lines) > LINES_MOST:
                    break
            line, used = line + letter, used + more
        lines.append(line)
        if len(lines) > LINES_MOST:
            return [*lines[: LINES_MOST - 1], lines[LINES_MOST - 1][:-1] + "…"]
    return lines


def _break(line: str, after: str) -> int:
    """Where a full line is best cut when `after` comes next: as late as may be."""
    for cut in range(len(line), 0, -1):
        before, after = line[cut - 1], line[cut] if cut < len(line) else after
        if after not in CLOSING and not (_of_a_word(before) and _of_a_word(after)):
            return cut
    return len(line)


def _of_a_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


class _Pages:
    """The pages as they are drawn, one row after the other."""

    def __init__(self, path: Path, sheet: Sheet, wanted: Sequence[float]) -> None:
        self.sheet = sheet
        self.font = font(str(getattr(settings, "PRINT_FONT", "")))
        self.width, self.height = landscape(A4) if sheet.landscape else A4
        self.canvas = Canvas(str(path), pagesize=(self.width, self.height), pageCompression=1)
        self.canvas.setTitle(sheet.title)
        self.canvas.setAuthor(sheet.mark)
        inside = [ems * SIZE + 2 * GAP + 1 for ems in wanted]
        self.widths = fitted(inside, self.width - 2 * MARGIN, sheet.breaks)
        self.page = 0
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a page: mark across it, title on the first, headings, foot."""
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self._mark()
        self.y = self.height - MARGIN
        if self.page == 1:
            self.canvas.setFillColor(INK)
            self.canvas.setFont(self.font, 15)
            self.canvas.drawCentredString(self.width / 2, self.y - 12, self.sheet.title)
            self.y -= 26
            if self.sheet.header:
                self.canvas.setFont(self.font, 9)
                self.canvas.drawCentredString(self.width / 2, self.y - 6, self.sheet.header)
                self.y -= 16
        self._foot()
        self.row([column.title for column in self.sheet.columns], heading=True)

    def _mark(self) -> None:
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(MARK, alpha=0.07)
        canvas.setFont(self.font, 17)
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(28)
        for across in (-360, 0, 360):
            for up in (-210, -70, 70, 210):
                canvas.drawCentredString(across, up, self.sheet.mark)
        canvas.restoreState()

    def _foot(self) -> None:
        canvas = self.canvas
        canvas.setFillColor(PALE)
        canvas.setFont(self.font, 8)
        canvas.drawString(MARGIN, MARGIN - 16, self.sheet.footer)
        canvas.drawCentredString(self.width / 2, MARGIN - 16, self.sheet.mark)
        page = _("第 %(page)s 页") % {"page": self.page}
        canvas.drawRightString(self.width - MARGIN, MARGIN - 16, page)

    def row(self, texts: Sequence[str], *, heading: bool = False) -> None:
        """One row; a new page first when it does not fit any more."""
        cells = [
            wrapped(text, width - 2 * GAP, self.font)
            for text, width in zip(texts, self.widths, strict=True)
        ]
        tall = max(len(lines) for lines in cells) * LEADING + 2 * GAP
        if self.y - tall < MARGIN and not heading:
            self.turn()
        canvas = self.canvas
        top, x = self.y, MARGIN
        self.y -= tall
        if heading:
            canvas.setFillColor(SHADE)
            canvas.rect(MARGIN, self.y, sum(self.widths), tall, stroke=0, fill=1)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN, self.y, MARGIN + sum(self.widths), self.y)
        canvas.setFillColor(INK)
        canvas.setFont(self.font, SIZE)
        for lines, width in zip(cells, self.widths, strict=True):
            for n, line in enumerate(lines):
                canvas.drawString(x + GAP, top - GAP - SIZE - n * LEADING + 0.5, line)
            x += width

    def end(self) -> None:
        """The signature line, and the file is written."""
        if self.sheet.signature:
            if self.y - 40 < MARGIN:
                self.turn()
            self.canvas.setFillColor(INK)
            self.canvas.setFont(self.font, 10)
            self.canvas.drawString(MARGIN, self.y - 30, self.sheet.signature)
        self.canvas.save()


def write_pdf(path: Path, sheet: Sheet, rows: Iterable[Row]) -> None:
    """The list as PDF on A4."""
    wanted, every = looked_at(sheet, rows)
    pages = _Pages(path, sheet, wanted)
    for row in every:
        pages.row([printed(value) for value in row])
    pages.end()
