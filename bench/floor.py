"""The floor: the rows of accepted reports written again by a bare loop, with nothing around it."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.processes import cpu_seconds
from bench.product import Product

# The rows that a report leaves behind, in the order in which they are written.
TABLES = ("cases_case", "journal_event", "journal_errand")
Rows = dict[str, list[Sequence[Any]]]


@dataclass(frozen=True)
class Floor:
    """CPU in µs per report (client and database), reports per second."""

    cpu: float
    rate: float


def floor_of(product: Product, *, count: int, together: int) -> Floor:
    """Write `count` reports' rows into tables of the same shape, `together` to a transaction."""
    if product.database_pid is None:
        return _on_sqlite(product, count, together)
    return _on_postgresql(product, count, together)


def _on_sqlite(product: Product, count: int, together: int) -> Floor:
    source = sqlite3.connect(product.data / "gongzhi.sqlite3")
    shapes = dict(source.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    indexes = source.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index'")
    wanted = [sql for table, sql in indexes if table in TABLES and sql]
    # Hidden columns are computed by the database from the others.
    columns = {
        t: [c[1] for c in source.execute(f"PRAGMA table_xinfo({t})") if not c[6]] for t in TABLES
    }
    rows = {
        t: source.execute(
            f"SELECT {','.join(columns[t])} FROM {t} ORDER BY id DESC LIMIT ?", (_most(t, count),)
        ).fetchall()
        for t in TABLES
    }
    source.close()
    path = product.data / "floor.sqlite3"
    for old in product.data.glob("floor.sqlite3*"):
        old.unlink()
    target = sqlite3.connect(path, isolation_level=None)
    for pragma in (  # as the product has them
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "wal_autocheckpoint=4000",
    ):  # fmt: skip
        target.execute(f"PRAGMA {pragma}")
    for table in TABLES:
        target.execute(shapes[table])
    for sql in wanted:
        target.execute(sql)

    def write(table: str, part: list[Sequence[Any]]) -> None:
        marks = ",".join("?" * len(part[0]))
        names = ",".join(columns[table])
        target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part)

    began, cpu = time.perf_counter(), time.process_time()
    done = _in_batches(rows, count, together, write, lambda: target.execute("BEGIN IMMEDIATE"),
                       lambda: target.execute("COMMIT"))  # fmt: skip
    cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
    target.close()
    return Floor(cpu * 1e6 / done, done / seconds)


def _on_postgresql(product: Product, count: int, together: int) -> Floor:
    import psycopg

    env = product.env
    with psycopg.connect(
        host=env["GONGZHI_PG_HOST"], user=env["GONGZHI_PG_USER"], dbname=env["GONGZHI_PG_NAME"]
    ) as link:
        rows: Rows = {}
        marks: dict[str, str] = {}
        names: dict[str, str] = {}
        for table in TABLES:
            columns = [
                name
                for (name,) in link.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                    " AND is_generated = 'NEVER' ORDER BY ordinal_position", (table,)
                )
            ]  # fmt: skip
            names[table] = ",".join(columns)
            found = link.execute(
                f"SELECT {names[table]} FROM {table} ORDER BY id DESC LIMIT %s",
                (_most(table, count),),
            )
            types = [link.adapters.types[c.type_code].name for c in found.description or ()]
            marks[table] = ",".join(f"%s::{name}" for name in types)
            rows[table] = [tuple(_plain(v) for v in row) for row in found.fetchall()]
            link.execute(f"DROP TABLE IF EXISTS floor_{table}")
            link.execute(
                f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING INDEXES INCLUDING GENERATED)"
            )
        link.commit()

        def write(table: str, part: list[Sequence[Any]]) -> None:
            with link.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO floor_{table} ({names[table]}) VALUES ({marks[table]})", part
                )

        database = cpu_seconds(product.database_pid or 0)
        began, cpu = time.perf_counter(), time.process_time()
        done = _in_batches(rows, count, together, write, lambda: None, link.commit)
        cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
        cpu += cpu_seconds(product.database_pid or 0) - database
    return Floor(cpu * 1e6 / done, done / seconds)


def _plain(value: Any) -> Any:
    """JSON back into the form in which it is sent."""
    import json

    return json.dumps(value) if isinstance(value, dict | list) else value


def _most(table: str, count: int) -> int:
    return count if table != "journal_errand" else 2 * count


def _in_batches(
    rows: Rows,
    count: int,
    together: int,
    write: Callable[[str, list[Sequence[Any]]], None],
    begin: Callable[[], Any],
    commit: Callable[[], Any],
) -> int:
    done = 0
    per = {table: len(found) / max(len(rows[TABLES[0]]), 1) for table, found in rows.items()}
    while done < len(rows[TABLES[0]]):
        begin()
        for table in TABLES:
            part = rows[table][int(done * per[table]) : int((done + together) * per[table])]
            if part:
                write(table, part)
        commit()
        done += together
    return min(done, len(rows[TABLES[0]]))
