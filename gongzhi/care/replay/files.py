"""Files as they are handed over: packed or not, in folders, in any encoding, with remarks."""

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from gongzhi.care.replay.columns import delimiter_of

TABLES = (".csv", ".tsv", ".txt", ".dat", ".ann", ".gz", ".zip")
SNIFFED = 65_536  # bytes, to tell the encoding
REMARK = re.compile(r"\s*(#|//|;;)|[\s\-=_+|,;]*$")  # a remark, a ruler or nothing at all


class Lines:
    """The lines of one table that say something; `number` is that of the last one given."""

    def __init__(self, name: str, raw: IO[bytes]) -> None:
        self.name, self.number = name, 0
        buffered = io.BufferedReader(cast("io.RawIOBase", raw), SNIFFED)
        encoding = _encoding(buffered.peek(SNIFFED))
        self._text = io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline=None)

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            if not REMARK.match(line):
                yield line.replace("\0", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._text.close()


def members(path: Path) -> Iterator[Lines]:
    """The tables in a file: one, or all that a zip holds."""
    with path.open("rb") as raw:
        magic = raw.read(4)
    if magic[:2] == b"\x1f\x8b":
        yield Lines(path.name, cast("IO[bytes]", gzip.GzipFile(path)))
    elif magic == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.lower().endswith(TABLES[:5]) and "__MACOSX" not in name:
                    yield Lines(f"{path.name}/{name}", archive.open(name))
    else:
        yield Lines(path.name, path.open("rb"))


def homes_named(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every file, those in folders too, with the home that it is when no column says so."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in TABLES)
        else:
            files.append(path)
    count = Counter(_stem(path) for path in files)
    return [
        (path, _stem(path) if count[_stem(path)] == 1 else f"{path.parent.name}/{_stem(path)}")
        for path in files
    ]


def table(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the number of their line; quoted cells as CSV has them."""
    every = iter(lines)
    first = next(every, "")
    delimiter = delimiter_of(first)
    doubled = "\t\t" in first.strip()

    def whole() -> Iterator[str]:
        yield first
        yield from every

    if delimiter == " ":
        rows: Iterator[list[str]] = (line.split() for line in whole())
    elif doubled:  # some laboratories line their columns up with several tabs
        rows = (re.split(r"\t+", line.strip()) for line in whole())
    else:
        rows = csv.reader(whole(), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in rows:
            if row:
                yield lines.number, row
    except csv.Error as error:
        raise ValueError(f"line {lines.number}: {error}") from None


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _encoding(head: bytes) -> str:
    """UTF-8 or UTF-16 with their marks, else UTF-8 if it can be, else what Chinese offices use."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
