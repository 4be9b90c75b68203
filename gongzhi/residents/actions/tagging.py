"""Tags by rules, for everybody or for those a change touched; only differences are written.

The rules are written as SQL (`rules.tags.sql_of`), so that five million people never pass through
Python. Temporary tables hold who is looked at and what is stated of them, who lives with whom, and
what should be.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.timezone import localdate

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.places.reads import district
from gongzhi.residents.reads.tags import kinds
from gongzhi.residents.rules.tags import POSTGRESQL, SQLITE, TagKind, born_by, sql_of

Told = Callable[[str], None]
CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """How many tags were put, changed in their basis or place, and taken away."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@action
def retag_everybody(*, by: Person | None, at: datetime, told: Told | None = None) -> Difference:
    """Decide every rule for everybody and write the differences; `told` hears of each rule begun.

    Manual tags stay until they expire. Somebody excepted from a tag does not get it again.
    """
    if by is not None:
        require(by, Can.MANAGE_CONTENT, within=None)
    difference = _decide(localdate(at), None, told or (lambda _name: None))
    record(
        "residents.tags_recomputed",
        about=district(),
        by=by,
        at=at,
        added=difference.added,
        changed=difference.changed,
        removed=difference.removed,
    )
    return difference


def retag(pks: Iterable[int], *, at: datetime, homes: Iterable[int] = ()) -> Difference:
    """Decide the rules for these people and for whoever lives, or lived, with them.

    `homes` are dwellings they left. Called by every verb that changes what rules look at, in its
    transaction.
    """
    touched = sorted(set(pks))
    left = sorted(set(homes))
    if not touched and not left:
        return Difference()
    return _decide(localdate(at), (touched, left), lambda _name: None)


def _decide(
    today: date, touched: tuple[Sequence[int], Sequence[int]] | None, told: Told
) -> Difference:
    ruled = [kind for kind in kinds().values() if kind.rule]
    with connection.cursor() as cursor:
        _drop(cursor)
        if touched is not None:
            _touch(cursor, *touched)
        _gather_homes(cursor, ruled, today, touched=touched is not None)
        _want(cursor, ruled, today, told, touched=touched is not None)
        difference = _write(cursor, today, touched=touched is not None)
        _drop(cursor)
    return difference


def _drop(cursor: CursorWrapper) -> None:
    for table in ("residents_touched", "residents_stated", "residents_homes", "residents_wanted"):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def _touch(cursor: CursorWrapper, pks: Sequence[int], homes: Sequence[int]) -> None:
    """Those who changed, and everybody in the homes they live in or left."""
    cursor.execute("CREATE TEMP TABLE residents_touched (id bigint PRIMARY KEY)")
    for start in range(0, len(pks), CHUNK):
        part = pks[start : start + CHUNK]
        marks = ", ".join(["(%s)"] * len(part))
        cursor.execute(f"INSERT INTO residents_touched (id) VALUES {marks}", part)  # noqa: S608 - conditions are ours; values are parameters
    shared = "SELECT r.home_id FROM residents_touched k CROSS JOIN residents_resident r "
    shared += "WHERE r.id = k.id AND r.home_id IS NOT NULL"
    cursor.execute(
        "INSERT INTO residents_touched (id) SELECT id FROM residents_resident "  # noqa: S608 - conditions are ours; values are parameters
        f"WHERE home_id IN ({shared}) AND state = 'present' ON CONFLICT DO NOTHING"
    )
    for start in range(0, len(homes), CHUNK):
        part = homes[start : start + CHUNK]
        cursor.execute(
            "INSERT INTO residents_touched (id) SELECT id FROM residents_resident WHERE home_id IN "  # noqa: S608 - conditions are ours; values are parameters
            f"({', '.join(['%s'] * len(part))}) AND state = 'present' ON CONFLICT DO NOTHING",
            part,
        )
    _analyze(cursor, "residents_touched")
    # Read once: asked rule by rule, PostgreSQL would each time begin with all facts of a kind.
    cursor.execute(
        "CREATE TEMP TABLE residents_stated AS SELECT f.resident_id, f.kind, f.grade, f.since, "
        "f.until FROM residents_touched k CROSS JOIN residents_fact f WHERE f.resident_id = k.id"
    )
    _analyze(cursor, "residents_stated")


def _gather_homes(
    cursor: CursorWrapper, ruled: Sequence[TagKind], today: date, *, touched: bool
) -> None:
    """How many live in each home that a rule may ask about, and when the youngest was born."""
    cursor.execute(
        "CREATE TEMP TABLE residents_homes (home_id bigint PRIMARY KEY, n integer, youngest date)"
    )
    ages = [k.rule.age_from for k in ruled if k.rule and k.rule.asks_home]
    if not ages:
        return
    where, values = "state = 'present' AND home_id IS NOT NULL", []
    if touched:
        where += (
            " AND home_id IN (SELECT r.home_id FROM residents_touched k"
            " CROSS JOIN residents_resident r WHERE r.id = k.id)"
        )
    elif None not in ages:  # nobody younger is asked about, nor homes without somebody older
        where += (
            " AND home_id IN (SELECT home_id FROM residents_resident"
            " WHERE born <= %s AND state = 'present')"
        )
        values.append(born_by(today, min(age for age in ages if age is not None)))
    cursor.execute(
        "INSERT INTO residents_homes SELECT home_id, count(*), "  # noqa: S608 - conditions are ours; values are parameters
        "CASE WHEN count(born) = count(*) THEN max(born) END "
        f"FROM residents_resident WHERE {where} GROUP BY home_id",
        values,
    )
    _analyze(cursor, "residents_homes")


def _want(
    cursor: CursorWrapper, ruled: Sequence[TagKind], today: date, told: Told, *, touched: bool
) -> None:
    """What should be."""
    cursor.execute(
        "CREATE TEMP TABLE residents_wanted (resident_id bigint, code varchar(24), "
        "basis varchar(80), since date, place bigint)"
    )
    dialect = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    for kind in ruled:
        told(kind.name)
        text, values = sql_of(kind, today, dialect, touched=touched)
        cursor.execute(f"INSERT INTO residents_wanted {text}", values)
    cursor.execute(
        "CREATE UNIQUE INDEX residents_wanted_once ON residents_wanted (resident_id, code)"
    )
    _analyze(cursor, "residents_wanted")


def _analyze(cursor: CursorWrapper, table: str) -> None:
    """PostgreSQL knows nothing of a new table until told to look."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {table}")


def _write(cursor: CursorWrapper, today: date, *, touched: bool) -> Difference:
    within = "t.resident_id IN (SELECT id FROM residents_touched)" if touched else "1 = 1"
    cursor.execute(
        "DELETE FROM residents_tag AS t WHERE ((t.origin = 'manual' AND t.until < %s) OR "  # noqa: S608 - conditions are ours; values are parameters
        "(t.origin = 'rule' AND NOT EXISTS (SELECT 1 FROM residents_wanted w "
        f"WHERE w.resident_id = t.resident_id AND w.code = t.code))) AND {within}",
        [today],
    )
    removed = cursor.rowcount
    cursor.execute(
        "UPDATE residents_tag AS t SET basis = w.basis, place = w.place, "  # noqa: S608 - conditions are ours; values are parameters
        "since = coalesce(w.since, t.since) FROM residents_wanted w "
        "WHERE w.resident_id = t.resident_id AND w.code = t.code AND t.origin = 'rule' "
        f"AND (w.basis <> t.basis OR w.place <> t.place) AND {within}"
    )
    changed = cursor.rowcount
    if touched:  # tags put by hand move along
        cursor.execute(
            "UPDATE residents_tag AS t SET place = r.place FROM residents_resident r "  # noqa: S608 - conditions are ours; values are parameters
            f"WHERE r.id = t.resident_id AND r.place <> t.place AND {within}"
        )
        changed += cursor.rowcount
    # Apart from the INSERT: PostgreSQL would look through the rows it is just writing, each time.
    cursor.execute(
        "DELETE FROM residents_wanted AS w WHERE EXISTS (SELECT 1 FROM residents_tag t "
        "WHERE t.resident_id = w.resident_id AND t.code = w.code)"
    )
    cursor.execute(  # in order, so that the unique index grows at its end
        "INSERT INTO residents_tag (resident_id, code, origin, basis, since, note, place) "
        "SELECT w.resident_id, w.code, 'rule', w.basis, coalesce(w.since, %s), '', w.place "
        "FROM residents_wanted w ORDER BY w.resident_id, w.code",
        [today],
    )
    return Difference(cursor.rowcount, changed, removed)
