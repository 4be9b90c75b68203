"""PostgreSQL: dumped from one exported snapshot, brought back in one transaction or not at all."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from gongzhi.backups.manifest import UnfitError

Progress = Callable[[int], None]


def program(name: str) -> str:
    """PostgreSQL's own tool, the newest that is installed; UnfitError when there is none."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    found = str(kept[-1]) if kept else shutil.which(name)
    if not found:
        raise UnfitError(f"没有找到 {name}，请先安装 PostgreSQL 客户端（make services）。")
    return found


def _version(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdecimal() else 0


def reach() -> dict[str, str]:
    """The environment in which PostgreSQL's tools find the database."""
    given = connection.settings_dict
    known = {
        "PGDATABASE": given["NAME"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
        "PGHOST": given["HOST"],
        "PGPORT": str(given["PORT"]),
    }
    return {**os.environ, **{key: value for key, value in known.items() if value}}


def size_now() -> int:
    """About how many bytes lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


class Frozen:
    """A snapshot that pg_dump and our own counting share, as long as its connection is open."""

    def __init__(self, link: Any) -> None:
        self._link = link
        self._name = str(link.execute("SELECT pg_export_snapshot()").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        names = self._link.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        return {
            name: self._link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of our own tables, read from the catalogue
            for (name,) in names
        }

    def tokens(self) -> Iterator[str]:
        """The tokens of all stored files that rows point to."""
        rows = self._link.execute("SELECT token FROM cases_attachment ORDER BY token")
        for (token,) in rows:
            yield token

    def dump(self, into: Path) -> Path:
        """Everything in PostgreSQL's own format, compressed."""
        path = into / "database.pgdump"
        command = [
            program("pg_dump"), "--format=custom", "--compress=1", "--no-owner",
            "--no-privileges", f"--snapshot={self._name}", f"--file={path}",
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, env=reach(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnfitError(f"pg_dump 失败：{done.stderr.strip()[-500:]}")
        return path


@contextmanager
def frozen() -> Iterator[Frozen]:
    """The database as it is at this moment, however it goes on meanwhile."""
    import psycopg

    given = connection.settings_dict
    with psycopg.connect(
        dbname=given["NAME"],
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        host=given["HOST"] or None,
        port=given["PORT"] or None,
    ) as link:
        link.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        link.read_only = True
        yield Frozen(link)


def require_free(*, over: bool) -> None:
    """UnfitError when others are connected, or there are tables that may not be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise UnfitError("数据库正在使用，请先停止 serve、live、work，再恢复。")
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0] and not over:
            raise UnfitError(
                "数据库里已经有表，没有恢复。请给一个空数据库；确实要换掉现有数据，请加 --over。"
            )
    connection.close()


# Numbers of transactions belong to the cluster they were made in. Where this one has not counted
# so far yet, the live stream would wait for them for years; (0, id) keeps their order.
_OWN_NUMBERS = """
UPDATE public.journal_event SET xact = 0
 WHERE xact >= pg_current_xact_id()::text::bigint;
"""
_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


def put_back(dump: Path) -> None:
    """Everything from the dump in one transaction; what was there before stays on any failure."""
    script = subprocess.Popen(  # noqa: S603 - our own arguments
        [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)],
        stdout=subprocess.PIPE,
    )
    taker = subprocess.Popen(  # noqa: S603 - pg_dump with words of ours, no shell
        [
            program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
            "--single-transaction", "--output=/dev/null",
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=reach(),
    )  # fmt: skip
    with script, taker:
        if not (script.stdout and taker.stdin and taker.stderr):
            raise UnfitError("pg_restore 没有启动。")
        try:
            taker.stdin.write(_EMPTY.encode())
            shutil.copyfileobj(script.stdout, taker.stdin, 1 << 20)
            whole = script.wait() == 0
            # A script cut short must not be committed: psql is given something it cannot do.
            taker.stdin.write((_OWN_NUMBERS if whole else "SELECT 1/0;").encode())
            taker.stdin.close()
        except BrokenPipeError:  # psql gave up; its own words say why
            whole = True
        said = taker.stderr.read().decode(errors="replace")
    if not whole or taker.returncode:
        raise UnfitError(f"数据库没有恢复，原有数据未动：{said.strip()[-500:]}")
