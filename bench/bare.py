"""Filling large tables: their indexes are taken away and made afterwards, several times as fast."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_SQLITE = """
SELECT 'DROP ' || type || ' "' || name || '"', sql FROM sqlite_master
 WHERE sql IS NOT NULL AND type IN ('index', 'trigger') AND tbl_name IN ({})
"""
# Indexes that hold up a constraint stay.
_POSTGRESQL = """
SELECT 'DROP INDEX "' || i.indexname || '"', i.indexdef FROM pg_indexes i
 WHERE i.tablename IN ({})
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)
"""


@contextmanager
def bare_tables(tables: Sequence[str]) -> Iterator[None]:
    """Inside, the tables have no indexes and no triggers, and on PostgreSQL no foreign keys."""
    from django.db import connection

    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in _HURRY[sqlite]:
            cursor.execute(statement)
        names = ", ".join(["%s"] * len(tables))
        cursor.execute((_SQLITE if sqlite else _POSTGRESQL).format(names), tables)
        found = cursor.fetchall()
        for drop, _make in found:
            cursor.execute(drop)
        yield
        for _drop, make in found:
            cursor.execute(make)
        for statement in _SETTLE[sqlite]:
            cursor.execute(statement)


_HURRY = {
    True: ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000"),
    False: ("SET session_replication_role = replica", "SET maintenance_work_mem = '1GB'"),
}
_SETTLE = {
    True: (
        "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA synchronous=FULL",
        "PRAGMA cache_size=-65536",
    ),
    False: ("SET session_replication_role = DEFAULT", "VACUUM ANALYZE"),
}  # fmt: skip
