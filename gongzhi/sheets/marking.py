"""The user's own table again, with what is wrong marked where it is: red cells, notes, a column."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from gongzhi.sheets.kinds import Fault, Intake
from gongzhi.sheets.reading import Line, Table
from gongzhi.sheets.rules import Cell, text_of

RED = PatternFill("solid", fgColor="FDD9D3")
AMBER = PatternFill("solid", fgColor="FFE8C2")
BOLD = Font(bold=True)
TEXT_ROWS = 300
NOTES_MOST = 5000  # a spreadsheet with more notes takes minutes to open


class Marks:
    """Faults by line and by column, as they are written into the copy."""

    def __init__(self, intake: Intake, columns: Mapping[int, str], faults: Iterable[Fault]) -> None:
        at = {key: number for number, key in columns.items()}
        self.labels = {one.key: str(one.label) for one in intake.fields}
        self.cells: dict[int, dict[int, Fault]] = defaultdict(dict)
        self.told: dict[int, list[str]] = defaultdict(list)
        for fault in faults:
            label = self.labels.get(fault.key, "")
            self.told[fault.row].append(f"{label}：{fault.sentence}" if label else fault.sentence)
            if fault.key in at:
                self.cells[fault.row][at[fault.key]] = fault


def write_marked(path: Path, table: Table, lines: Iterable[Line], marks: Marks) -> None:
    """A copy with every line in its place, cells with faults coloured and noted, and a last column
    that says what is wrong with the line. `lines` are those below the headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("检查结果"))
    width = len(table.headings)
    sheet.freeze_panes = f"A{table.heading_row + 1}"
    last = 0
    for line in table.above:
        _fill_up(sheet, last, line.number)
        sheet.append([_cell(sheet, value) for value in line.cells])
        last = line.number
    _fill_up(sheet, last, table.heading_row)
    heads: list[Any] = [_cell(sheet, text) for text in table.headings]
    for head in heads:
        head.font = BOLD
    result = _cell(sheet, _("检查结果"))
    result.font = BOLD
    sheet.append([*heads, result])
    last, noted = table.heading_row, 0
    for line in lines:
        _fill_up(sheet, last, line.number)
        wrong = marks.cells.get(line.number, {})
        values = [*line.cells, *[None] * (width - len(line.cells))]
        cells = [_cell(sheet, value) for value in values]
        for number, fault in wrong.items():
            cells[number].fill = AMBER if fault.mild else RED
            if noted < NOTES_MOST:
                cells[number].comment = Comment(fault.sentence, _("检查"))
                noted += 1
        if told := marks.told.get(line.number):
            cells.append(_cell(sheet, "；".join(told)))
        sheet.append(cells)
        last = line.number
    book.save(path)


def _fill_up(sheet: Any, last: int, number: int) -> None:
    for _row in range(last + 1, number):
        sheet.append([])


def _cell(sheet: Any, value: Cell) -> Any:
    """A cell that is never a formula, whatever its text begins with."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    if isinstance(value, float) and value.is_integer():
        return WriteOnlyCell(sheet, value=text_of(value))
    return WriteOnlyCell(sheet, value=value)


def template(intake: Intake) -> Workbook:
    """An empty table of the kind: headings over cells of text, and a second sheet that explains.

    Examples stand on the second sheet only: one among the data would be read in one day.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = str(intake.label)[:30]
    sheet.append([str(f.label) + ("*" if f.required else "") for f in intake.fields])
    for number, one in enumerate(intake.fields, start=1):
        head = sheet.cell(1, number)
        head.font = BOLD
        sheet.column_dimensions[head.column_letter].width = max(14, len(one.example) + 6)
        for row in range(2, TEXT_ROWS + 2):  # so that long numbers typed here stay whole
            sheet.cell(row, number).number_format = "@"
        if one.note:
            head.comment = Comment(str(one.note), _("说明"))
    sheet.freeze_panes = "A2"
    told = book.create_sheet(_("填写说明"))
    told.append([_("列名"), _("必填"), _("例子"), _("说明")])
    for one in intake.fields:
        note = "、".join(one.choices) or str(one.note)
        told.append([str(one.label), _("是") if one.required else "", one.example, note])
    for letter, wide in zip("ABCD", (18, 8, 24, 60), strict=True):
        told.column_dimensions[letter].width = wide
    return book
