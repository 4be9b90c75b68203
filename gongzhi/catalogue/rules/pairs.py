"""Texts with labels out of a CSV file, with every bad row told by its number."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

TEXT_NAMES = ("text", "content", "sentence", "title", "文本", "内容", "标题", "诉求")
LABEL_NAMES = ("label", "category", "class", "topic", "类别", "标签", "分类", "类型")
LONGEST_LABEL = 100


@dataclass
class Pairs:
    """What was read: texts with labels, and what is wrong with the rows left out."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class CsvError(ValueError):
    """The file as a whole cannot be read; the message says why, in Chinese."""


def decoded(raw: bytes) -> str:
    """The text of a file in UTF-8 or GB18030. CsvError tells the line that is neither."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        raise CsvError(
            f"第 {line} 行既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8 后再试"
        ) from None


def read_pairs(text: str, text_name: str = "", label_name: str = "") -> Pairs:
    """Pairs of text and label; the header names the columns (`text,label` or given names).

    Rows without text or label, or cut short, are left out and told. CsvError without the columns.
    """
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    csv.field_size_limit(2**27)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip().lower() for name in next(rows)]
    except (StopIteration, csv.Error):
        raise CsvError("文件是空的，或第 1 行不是表头") from None
    at = _column(header, text_name, TEXT_NAMES), _column(header, label_name, LABEL_NAMES)
    found = Pairs()
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return found
        except csv.Error as error:
            found.faults.append(f"第 {line} 行：格式有误（{error}）")
            continue
        if row and any(cell.strip() for cell in row):
            _take(row, at, line, len(header), found)


def _column(header: Sequence[str], given: str, usual: Sequence[str]) -> int:
    for name in [given.lower()] if given else usual:
        if name in header:
            return header.index(name)
    what = given or f"{usual[0]}"
    raise CsvError(
        f"第 1 行表头里没有“{what}”列，表头应为 text,label；现在是 {','.join(header)[:80]}"
    )


def _take(row: Sequence[str], at: tuple[int, int], line: int, width: int, found: Pairs) -> None:
    if len(row) <= max(at):
        found.faults.append(f"第 {line} 行：只有 {len(row)} 列，应有 {width} 列")
        return
    text, label = row[at[0]].strip(), row[at[1]].strip()
    if not text or not label:
        found.faults.append(f"第 {line} 行：{'文字' if not text else '标签'}是空的")
    elif len(label) > LONGEST_LABEL:
        found.faults.append(f"第 {line} 行：标签超过 {LONGEST_LABEL} 个字，可能列错位了")
    else:
        found.pairs.append((text, label))
