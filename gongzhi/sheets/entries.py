"""Lines of a table become entries: each cell read as what its field holds, or a fault that says why
it cannot be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

from gongzhi.sheets.kinds import Entry, Fault, Intake
from gongzhi.sheets.kinds import Field as IntakeField
from gongzhi.sheets.reading import Line, Table, open_table
from gongzhi.sheets.rules import Cell, column_name, date_of, guessed, is_rounded, text_of
from gongzhi.sheets.words import Sort

CHUNK = 2000


@dataclass
class Chunk:
    """Some lines of the file, what was understood of them and what is wrong with them."""

    lines: list[Line] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    spoiled: list[Entry] = field(default_factory=list)  # what is left of lines with a fault
    faults: list[Fault] = field(default_factory=list)


def table_of(content: bytes, intake: Intake) -> Table:
    """The table in a file, whose headings name at least two fields (or the only one) of the kind.

    Errors as in `reading.open_table`.
    """
    names = intake.names
    enough = min(2, len(names))
    return open_table(content, is_heading=lambda texts: len(guessed(texts, names)) >= enough)


def chunks(table: Table, intake: Intake, columns: Mapping[int, str]) -> Iterator[Chunk]:
    """The lines of a table, CHUNK at a time, read by the fields of its columns."""
    reader = _Reader(table, {n: intake.field(key) for n, key in columns.items()})
    lines = table.lines
    while some := list(islice(lines, CHUNK)):
        chunk = Chunk(some)
        for line in some:
            reader.read(line, chunk)
        yield chunk


class _Reader:
    """Knows which field each column holds, and which cells say less than they seem to."""

    def __init__(self, table: Table, fields: Mapping[int, IntakeField]) -> None:
        self.fields = fields
        self.missing = [f for f in fields.values() if f.required]
        self.unsolved = table.source.unsolved
        self.merged = {
            (row, column): f"{column_name(left)}{top + 1}:{column_name(right)}{bottom + 1}"
            for (top, left), (bottom, right) in table.source.merged
            if bottom >= table.heading_row
            for row in range(max(top, table.heading_row), min(bottom, 300_000) + 1)
            for column in range(left, min(right, 100) + 1)
        }
        self.tricky = bool(
            self.merged or self.unsolved
        )  # cells that say nothing may mean something

    def read(self, line: Line, chunk: Chunk) -> None:
        """Add the line's entry to the chunk, and its faults."""
        values: dict[str, str | date] = {}
        before, cells, width = len(chunk.faults), line.cells, len(line.cells)
        for number, one in self.fields.items():
            cell = cells[number] if number < width else None
            if not self.tricky and (cell is None or cell == ""):
                continue
            if told := self._unreadable(line.number - 1, number, cell):
                chunk.faults.append(Fault(line.number, one.key, told))
                continue
            try:
                if value := read_cell(cell, one):
                    values[one.key] = value
            except ValueError as error:
                chunk.faults.append(Fault(line.number, one.key, str(error)))
        for one in self.missing:
            if one.key in values:
                continue
            if all(fault.key != one.key for fault in chunk.faults[before:]):
                chunk.faults.append(Fault(line.number, one.key, _("这一格必填，现在是空的。")))
        sound = len(chunk.faults) == before
        (chunk.entries if sound else chunk.spoiled).append(Entry(line.number, values))

    def _unreadable(self, row: int, column: int, cell: Cell) -> str:
        if self.tricky and (merged := self.merged.get((row, column))):
            return _("这里是合并单元格（%(range)s），请取消合并，并把每一行都填上。") % {
                "range": merged
            }
        if self.tricky and (row, column) in self.unsolved:
            return _("这里是公式，文件里没有算出的结果或结果是错误值，请复制后“粘贴为数值”。")
        if is_rounded(cell):
            return _("长数字已被 Excel 改动，后几位不可靠。请把该列设为“文本”，重新填写。")
        return ""


def read_cell(cell: Cell, one: IntakeField) -> str | date:
    """What the cell says for the field; empty for an empty one. ValueError with a sentence."""
    if one.sort == Sort.DATE:
        try:
            return date_of(cell) or ""
        except ValueError as error:
            raise ValueError(
                _("“%(text)s”不是日期，请写成 1956-02-03 这样，年份写四位。")
                % {"text": text_of(cell)[:20]}
            ) from error
    text = " ".join(text_of(cell).split())
    if len(text) > one.longest:
        raise ValueError(_("超过%(most)s个字，请删减。") % {"most": one.longest})
    if text and one.choices and text not in one.choices:
        raise ValueError(
            _("“%(text)s”不在可选范围：%(choices)s。")
            % {"text": text[:20], "choices": "、".join(one.choices)}
        )
    return text
