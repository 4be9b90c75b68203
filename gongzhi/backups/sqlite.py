"""The embedded database: copied page by page from one snapshot while everybody goes on writing."""

import fcntl
import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection

from gongzhi.backups.manifest import UnfitError

PAGES = 2048  # copied between two reports of progress
LOCK_OF_THE_LIVING = 128  # the byte of the -shm file that every open connection holds (wal.c)
Progress = Callable[[int], None]


def path_now() -> Path:
    """Where the database lies."""
    return Path(str(connection.settings_dict["NAME"]))


def size_now() -> int:
    """About how many bytes `snapshot` will copy."""
    path = path_now()
    return path.stat().st_size if path.exists() else 0


def snapshot(into: Path, progress: Progress) -> Path:
    """A whole, checked copy of this moment as a plain file in the directory `into`.

    The source connection holds one read transaction, so that the online backup sees one snapshot
    and never has to start over, however much is written meanwhile.
    """
    copy = into / "database.sqlite3"
    with (
        closing(sqlite3.connect(f"file:{path_now()}?mode=ro", uri=True, timeout=60)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.isolation_level = None
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (page,) = source.execute("PRAGMA page_size").fetchone()
        done = 0

        def told(_status: int, remaining: int, total: int) -> None:
            nonlocal done
            progress((total - remaining - done) * page)
            done = total - remaining

        source.backup(target, pages=PAGES, progress=told, sleep=0)
        source.execute("ROLLBACK")
        target.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise UnfitError(f"数据库本身已损坏，没有生成备份：{verdict}")
    return copy


def counts_in(path: Path) -> dict[str, int]:
    """Rows by table of a database file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as link:
        names = link.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        ).fetchall()
        return {
            name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of our own tables, read from the schema
            for (name,) in names
        }


def tokens_in(path: Path) -> Iterator[str]:
    """The tokens of all stored files that rows point to."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as link:
        for (token,) in link.execute("SELECT token FROM cases_attachment ORDER BY token"):
            yield token


def packed(path: Path) -> Path:
    """The file gzipped, fast rather than small; the plain one is removed."""
    zipped = path.with_name(path.name + ".gz")
    with path.open("rb") as plain, gzip.open(zipped, "wb", compresslevel=1) as out:
        shutil.copyfileobj(plain, out, 1 << 20)
    path.unlink()
    return zipped


def require_free(*, over: bool) -> None:
    """UnfitError when a database lies there already and may not be put aside, or is in use."""
    path = path_now()
    if not path.exists():
        return
    if _in_use(path):
        raise UnfitError("数据库正在使用，请先停止 serve、live、work，再恢复。")
    if not over and any(counts_in(path).values()):
        raise UnfitError(
            f"{path} 里已经有数据，没有恢复。"
            "确实要换成备份里的数据，请加 --over，原有数据会改名留存。"
        )


def _in_use(path: Path) -> bool:
    shm = path.with_name(path.name + "-shm")
    try:
        with shm.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, LOCK_OF_THE_LIVING)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def put_back(packed_file: Path, aside: str) -> Path | None:
    """Unpack the database into its place; what lay there is renamed and its new name given back."""
    path = path_now()
    fresh = path.with_name(path.name + ".restoring")
    with gzip.open(packed_file, "rb") as plain, fresh.open("wb") as out:
        shutil.copyfileobj(plain, out, 1 << 20)
    old = None
    if path.exists():
        old = path.with_name(f"{path.name}.{aside}")
        path.rename(old)
        for tail in ("-wal", "-shm"):
            side = path.with_name(path.name + tail)
            if side.exists():
                side.rename(old.with_name(old.name + tail))
    fresh.replace(path)
    return old
