"""Months of cases as Parquet files, one each, without anything about people; read by DuckDB.

A file holds the cases reported in its month as they stood when it was written: times, states and
codes. No text, title, address, position, name, number, photo or device goes in, nor who handled it.
The folder is whole in itself: `manifest.json` names rows, bytes and SHA-256 of each file, and Spark
or ClickHouse read `lake/cases/*.parquet` as they are.
"""

import csv
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.utils.timezone import localtime

from gongzhi.cases.models import Case
from gongzhi.insight.counting import bounds
from gongzhi.insight.rules import next_month
from gongzhi.places.models import Area

THREADS, MEMORY = 2, "512MB"
# The whole of what leaves the live tables, in order, with the types it has in the file.
COLUMNS: Mapping[str, str] = {
    "case_id": "BIGINT",
    "day": "DATE",
    "reported_at": "TIMESTAMP",
    "due_at": "TIMESTAMP",
    "dispatched_at": "TIMESTAMP",
    "handled_at": "TIMESTAMP",
    "ended_at": "TIMESTAMP",
    "overdue": "BOOLEAN",
    "status": "VARCHAR",
    "grade": "VARCHAR",
    "source": "VARCHAR",
    "item_class": "VARCHAR",
    "item": "VARCHAR",
    "area": "VARCHAR",
    "path": "VARCHAR",
    "unit": "BIGINT",
    "transfers": "INTEGER",
    "joined": "INTEGER",
    "stars": "INTEGER",
}
_FIELDS = (
    "pk", "reported_at", "due_at", "dispatched_at", "handled_at", "ended_at", "overdue_at",
    "status", "grade", "source", "item__item_class__code", "item__code", "area_id", "unit_id",
    "transfers", "joined", "stars",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What a month's file holds."""

    rows: int
    size: int
    digest: str


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.LAKE_DIR) / "cases"


def file_of(month: date) -> Path:
    """The month's file, whether it is there or not."""
    return folder() / f"{month:%Y-%m}.parquet"


def write(month: date, *, at: datetime) -> Written:
    """Write the month's file anew; readers see the old one or the new one, never half of one."""
    folder().mkdir(mode=0o750, parents=True, exist_ok=True)
    path = file_of(month)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder()) as scratch:
        table, fresh = Path(scratch) / "cases.csv", Path(scratch) / path.name
        rows = _as_csv(month, table)
        _as_parquet(table, fresh)
        digest = digest_of(fresh)
        _sync(fresh)
        written = Written(rows, fresh.stat().st_size, digest)
        with _alone():
            fresh.replace(path)
            _note(path.name, written, at)
    return written


def _as_csv(month: date, table: Path) -> int:
    begin, end = bounds(month, month)[0], bounds(next_month(month), month)[0]
    cases = Case.objects.filter(reported_at__gte=begin, reported_at__lt=end).order_by("pk")
    areas = {pk: (code, path) for pk, code, path in Area.objects.values_list("pk", "code", "path")}
    count = 0
    with table.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        for row in cases.values_list(*_FIELDS).iterator(chunk_size=5000):
            writer.writerow(_line(row, areas))
            count += 1
    return count


def _line(row: Sequence[Any], areas: Mapping[int, tuple[str, str]]) -> list[object]:
    pk, reported, due, dispatched, handled, ended, overdue, *words = row
    status, grade, source, item_class, item, area, unit, transfers, joined, stars = words
    code, path = areas[area]
    return [
        pk, localtime(reported).date().isoformat(),
        *(_plain(at) for at in (reported, due, dispatched, handled, ended)),
        overdue is not None, status, grade, source, item_class or "", item or "", code, path,
        unit or 0, transfers, joined, "" if stars is None else stars,
    ]  # fmt: skip


def _plain(at: datetime | None) -> str:
    """Local time without a zone, as people of the district would write it; nothing for none."""
    return localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _as_parquet(table: Path, fresh: Path) -> None:
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    words = ", ".join(f"'{name}'" for name, kind in COLUMNS.items() if kind == "VARCHAR")
    source = (
        f"read_csv({_quoted(table)}, auto_detect=false, header=false, delim=',', quote='\"',"
        f" escape='\"', columns={{{types}}}, force_not_null=[{words}])"
    )
    with connected() as link:
        link.execute(f"COPY (FROM {source}) TO {_quoted(fresh)} (FORMAT parquet, COMPRESSION zstd)")


def _quoted(path: Path) -> str:
    """A path of our own as SQL takes it; never anything that somebody sent."""
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own in memory, within bounds, that never fetches anything from outside."""
    link = duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        yield link
    finally:
        link.close()


def ask(sql: str, months: Iterable[date], values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Rows of a question to `cases`, which is the files of these months that are there.

    `sql` is our own, with `?` for what people sent.
    """
    files = [path for path in map(file_of, months) if path.exists()]
    if not files:
        return []
    listed = ", ".join(map(_quoted, files))
    with connected() as link:
        link.execute(f"CREATE VIEW cases AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608 - paths of our own files, quoted
        return link.execute(sql, list(values)).fetchall()


# ── the manifest ─────────────────────────────────────────────────────────────


def manifest() -> dict[str, dict[str, Any]]:
    """What is said about each file: {"2026-03.parquet": {"rows", "size", "digest", …}}."""
    try:
        found = json.loads((folder().parent / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(found["files"])


def faults() -> list[str]:
    """Names of files that are not what the manifest says, or that it does not know."""
    said = manifest()
    there = {path.name for path in folder().glob("*.parquet")}
    wrong = [
        name
        for name, about in said.items()
        if name not in there or digest_of(folder() / name) != about["digest"]
    ]
    return sorted([*wrong, *(there - said.keys())])


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(name: str, written: Written, at: datetime) -> None:
    about = {**vars(written), "written_at": localtime(at).isoformat(timespec="seconds")}
    content = {"columns": dict(COLUMNS), "files": {**manifest(), name: about}}
    path = folder().parent / "manifest.json"
    fresh = path.with_name(".manifest.json.part")
    fresh.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
    _sync(fresh)
    fresh.replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    """One writer at a time puts a file and its line in the manifest in place."""
    with (folder().parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
