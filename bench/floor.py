"""The floor: the rows of accepted reports written again by a bare loop, with nothing around it.

Fair in both directions. Not too low: the very rows the reports left (the case, its event in the
journal, every errand it owes) go into tables with the same indexes, checks and foreign keys, with
the same durability, and as many to a transaction as the server put together in the round just
measured. On SQLite that is a copy of the product's own database without the newest cases, so the
tables are as large too; on PostgreSQL new tables beside the old ones in the same database.
Not too high: in the cheapest way there is here (one prepared statement for many rows on SQLite; on
PostgreSQL one statement that unpacks one JSON text, which beats row-by-row parameters), everything
looked up and converted beforehand. Roll-ups are not part of a report: the worker counts them later.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec

from bench.processes import cpu_seconds
from bench.product import Product

# The rows that a report leaves behind, in the order in which they are written.
TABLES = ("cases_case", "journal_event", "journal_errand")
Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Floor:
    """CPU in µs per report (client and database), reports per second."""

    cpu: float
    rate: float


def floor_of(product: Product, *, count: int, together: int) -> Floor:
    """Write the newest `count` reports' rows once more, `together` to a transaction."""
    if product.database_pid is None:
        return _on_sqlite(product, count, together)
    return _on_postgresql(product, count, together)


# ── SQLite: a copy of the database, without the newest cases ─────────────────


def _on_sqlite(product: Product, count: int, together: int) -> Floor:
    for old in product.data.glob("floor.sqlite3*"):
        old.unlink()
    target = sqlite3.connect(product.data / "floor.sqlite3", isolation_level=None)
    with closing(target):
        with closing(sqlite3.connect(product.data / "gongzhi.sqlite3")) as source:
            source.backup(target)
        target.row_factory = sqlite3.Row
        rows = _taken_out(target, count)
        for pragma in (  # as the product has them
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000",
            "cache_size=-16384", "temp_store=MEMORY",
        ):  # fmt: skip
            target.execute(f"PRAGMA {pragma}")
        names = {table: tuple(found[0]) for table, found in rows.items() if found}
        flat = {id(row): tuple(row.values()) for found in rows.values() for row in found}

        def write(table: str, part: Sequence[Row]) -> None:
            marks = ",".join("?" * len(names[table]))
            quoted = ",".join(f'"{name}"' for name in names[table])
            target.executemany(
                f"INSERT INTO {table} ({quoted}) VALUES ({marks})", [flat[id(row)] for row in part]
            )

        batches = list(_batches(rows, together))
        began, cpu = time.perf_counter(), time.process_time()
        for batch in batches:
            target.execute("BEGIN IMMEDIATE")
            for table, part in batch:
                write(table, part)
            target.execute("COMMIT")
        return _floor(time.process_time() - cpu, time.perf_counter() - began, rows)


def _taken_out(target: sqlite3.Connection, count: int) -> Rows:
    """The newest cases with what belongs to them, removed from the copy."""
    first = target.execute("SELECT max(id) - ? FROM cases_case", (count,)).fetchone()[0]
    reported = "SELECT id FROM journal_event WHERE kind = 'case' AND subject_id > ?"
    where = {
        "cases_case": "id > ?",
        "journal_event": f"id IN ({reported})",
        "journal_errand": f"event_id IN ({reported})",
    }
    rows: Rows = {}
    for table in reversed(TABLES):
        # Hidden columns are computed by the database from the others.
        shown = [c[1] for c in target.execute(f"PRAGMA table_xinfo({table})") if not c[6]]
        quoted = ",".join(f'"{name}"' for name in shown)
        order = f"SELECT {quoted} FROM {table} WHERE {where[table]} ORDER BY id"
        rows[table] = [dict(row) for row in target.execute(order, (first,))]
        target.execute(f"DELETE FROM {table} WHERE {where[table]}", (first,))
        target.execute(
            f"UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(id), 0) FROM {table})"
            " WHERE name = ?",
            (table,),
        )
    return rows


# ── PostgreSQL: tables of the same shape beside the old ones ─────────────────


def _on_postgresql(product: Product, count: int, together: int) -> Floor:
    import psycopg

    env = product.env
    with psycopg.connect(
        host=env["GONGZHI_PG_HOST"], user=env["GONGZHI_PG_USER"], dbname=env["GONGZHI_PG_NAME"]
    ) as link:
        rows = _read(link, count)
        insert = {table: _shaped(link, table) for table in TABLES}
        link.commit()
        batches = list(_batches(rows, together))
        database = cpu_seconds(product.database_pid or 0)
        began, cpu = time.perf_counter(), time.process_time()
        for batch in batches:
            with link.cursor() as cursor:
                for table, part in batch:
                    cursor.execute(insert[table], [msgspec.json.encode(part).decode()])
            link.commit()
        cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
        cpu += cpu_seconds(product.database_pid or 0) - database
    return _floor(cpu, seconds, rows)


def _read(link: Any, count: int) -> Rows:
    first = link.execute("SELECT max(id) - %s FROM cases_case", (count,)).fetchone()[0]
    reported = "SELECT id FROM journal_event WHERE kind = 'case' AND subject_id > %s"
    where = (f"id IN ({reported})", f"event_id IN ({reported})")
    rows: Rows = {}
    for table, condition in zip(TABLES, ("id > %s", *where), strict=True):
        found = link.execute(
            f"SELECT to_jsonb(t) FROM {table} t WHERE {condition} ORDER BY id", (first,)
        )
        rows[table] = [{k: v for k, v in row.items() if v is not None} for (row,) in found]
    return rows


def _shaped(link: Any, table: str) -> str:
    """Make the table's double, with its foreign keys; gives the statement that fills it."""
    link.execute(f"DROP TABLE IF EXISTS floor_{table}")
    link.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
    keys = link.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'", (table,)
    )  # fmt: skip
    for (key,) in keys.fetchall():
        link.execute(f"ALTER TABLE floor_{table} ADD {key}")
    columns = link.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''"
        " AND NOT attisdropped ORDER BY attnum", (table,)
    ).fetchall()  # fmt: skip
    names = ", ".join(f'"{name}"' for name, _type in columns)
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    return (
        f"INSERT INTO floor_{table} ({names}) SELECT {names}"
        f" FROM jsonb_to_recordset(%s::jsonb) AS sent({typed})"
    )


# ── both ─────────────────────────────────────────────────────────────────────


def _batches(rows: Rows, together: int) -> Iterator[list[tuple[str, Sequence[Row]]]]:
    """What one transaction writes after the other: cases, their events, and what these owe."""
    events, errands = defaultdict(list), defaultdict(list)
    for event in rows["journal_event"]:
        events[event["subject_id"]].append(event)
    for errand in rows["journal_errand"]:
        errands[errand["event_id"]].append(errand)
    cases = rows["cases_case"]
    for begin in range(0, len(cases), together):
        some = cases[begin : begin + together]
        said = [event for case in some for event in events[case["id"]]]
        owed = [errand for event in said for errand in errands[event["id"]]]
        parts = zip(TABLES, (some, said, owed), strict=True)
        yield [(table, part) for table, part in parts if part]


def _floor(cpu: float, seconds: float, rows: Rows) -> Floor:
    done = len(rows["cases_case"])
    return Floor(cpu * 1e6 / done, done / seconds)
