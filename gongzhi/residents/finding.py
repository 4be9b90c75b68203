"""The index of terms, on SQLite (FTS5) and PostgreSQL (GIN), and questions put to it.

`Findable` holds each person's terms as one text. Triggers (SQLite) or an index on the expression
(PostgreSQL) keep the lookup in step with that column, so writing the column is all there is to do.
The SQL here is put together from names of ours alone; whatever a person typed is a parameter.
"""

from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from gongzhi.kernel.plans import planned_for_these_values
from gongzhi.residents.models.reach import Span
from gongzhi.residents.rules.terms import Question, Reading
from gongzhi.residents.words import LifeState

FEW = 2000  # so many people with a tag are looked through one by one
BLOCK = 60  # rows that are sorted together on PostgreSQL: two pages and a bit
WIDE = 10**9  # a span of a district or more: its term would be on nearly everybody
FTS = "residents_findable_fts"
# Several would hand rows over in another order each time, and start slowly.
ONE_WORKER = {"max_parallel_workers_per_gather": "0"}


@dataclass(frozen=True)
class Bounds:
    """Where to look and whom: `spans` of place numbers (with their levels' terms), tags, states.

    With `buildings`, only people at home in one of them or in one of the spans of `wholes`.
    """

    spans: tuple[Span, ...]
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = (LifeState.PRESENT.value,)
    wholes: tuple[Span, ...] = ()
    buildings: tuple[int, ...] = ()


@dataclass
class _Where:
    """Conditions joined by "and", with their parameters."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, part: str, *values: Any) -> None:
        """One more condition."""
        self.parts.append(part)
        self.values += values

    @property
    def text(self) -> str:
        """The conditions as SQL."""
        return " AND ".join(self.parts) or "1 = 1"


def pks(
    question: Question, bounds: Bounds, *, limit: int | None, offset: int = 0
) -> MutableSequence[int]:
    """The people the question is about, within the bounds, in the order of the register.

    With words that is the order of entry, else by grid; both come straight from an index, so that
    the first page never waits for the last. A million keys take eight megabytes.
    """
    if not bounds.spans:
        return array("q")
    asked = _asked(question, bounds)
    in_order = ONE_WORKER if asked.by_bitmap and limit is not None else {}
    with planned_for_these_values(**in_order), connection.cursor() as cursor:
        cursor.execute(asked.page(limit, offset), asked.values)
        return array("q", (row[0] for row in cursor))


def count(question: Question, bounds: Bounds, *, most: int) -> int:
    """How many people the question is about, counted up to `most`."""
    if not bounds.spans:
        return 0
    asked = _asked(question, bounds)
    with planned_for_these_values(), connection.cursor() as cursor:
        text = f"SELECT count(*) FROM ({asked.text} LIMIT {int(most)}) found"  # noqa: S608 - conditions are ours; words are parameters
        cursor.execute(text, asked.values)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class _Asked:
    """A question as SQL that gives `id`, its parameters, and the order of the list."""

    text: str
    values: list[Any]
    order: str
    by_bitmap: bool = False  # rows come in the order of the table, not of an index

    def page(self, limit: int | None, offset: int) -> str:
        """So many from there on; None for all.

        A bitmap knows no order: sorting all would mean to read all. So rows are taken as they come
        and sorted block by block, which nearly is the order of entry and the same on every page.
        """
        if limit is None:
            return f"{self.text} ORDER BY {self.order}"
        bounds = f"LIMIT {int(limit)} OFFSET {int(offset)}"
        if not self.by_bitmap:
            return f"{self.text} ORDER BY {self.order} {bounds}"
        whole = -(-(offset + limit) // BLOCK) * BLOCK
        return (
            f"SELECT id FROM (SELECT id, (row_number() OVER () - 1) / {BLOCK} AS block "  # noqa: S608 - conditions are ours; words are parameters
            f"FROM ({self.text} LIMIT {whole}) AS found) AS blocks ORDER BY block, id {bounds}"
        )


def _asked(question: Question, bounds: Bounds) -> _Asked:
    tags = tuple(dict.fromkeys((*question.tags, *bounds.tags)))
    where, order, by_bitmap = _Where(), "r.place, r.id", False
    if question.words and tags and _is_rare(tags[0], bounds.spans):
        sql, order = _by_tag(tags, bounds, where), "t.place, t.resident_id"
        for word in question.words:
            _holding(word, where)
    elif question.words:
        by_bitmap = connection.vendor == "postgresql"
        sql, order = _by_words(question, bounds, where), "r.id" if by_bitmap else "f.rowid"
        _tagged(tags, where)
    elif tags:
        sql, order = _by_tag(tags, bounds, where), "t.place, t.resident_id"
    else:
        sql = "SELECT r.id FROM residents_resident r WHERE {where}"
    _within(bounds, where)
    held = _verified(question)
    apart = by_bitmap and bool(held.parts)
    text = sql.format(where=where.text, more=", r.name, r.address" if apart else "")
    if apart:
        # OFFSET 0 keeps the columns for last: PostgreSQL would rather read through the register for
        # rows whose address holds the piece, and ask for the terms of each.
        text = f"SELECT r.id FROM ({text} OFFSET 0) r WHERE {held.text}"  # noqa: S608 - conditions are ours; words are parameters
    elif held.parts:
        text = f"{text} AND {held.text}"
    return _Asked(text, where.values + held.values, order, by_bitmap)


def _is_rare(tag: str, spans: Sequence[Span]) -> bool:
    """Whether few people in the spans have the tag, so that going through them is quickest."""
    places = " OR ".join("place BETWEEN %s AND %s" for _span in spans)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM residents_tag "  # noqa: S608 - conditions are ours; words are parameters
            f"WHERE code = %s AND ({places}) LIMIT {FEW + 1}) few",
            [tag, *(edge for span in spans for edge in span)],
        )
        return bool(cursor.fetchone()[0] <= FEW)


def _by_tag(tags: Sequence[str], bounds: Bounds, where: _Where) -> str:
    where.add("t.code = %s", tags[0])
    text, edges = _between("t.place", bounds.spans)
    where.add(text, *edges)
    _tagged(tags[1:], where)
    return (
        "SELECT r.id FROM residents_tag t JOIN residents_resident r ON r.id = t.resident_id "
        "WHERE {where}"
    )


def _by_words(question: Question, bounds: Bounds, where: _Where) -> str:
    words = [*question.words]
    if bounds.spans and all(last - first < WIDE for first, last in bounds.spans):
        words.append(tuple(Reading((_area_term(span),)) for span in bounds.spans))
    if connection.vendor == "postgresql":
        for word in words:
            _array_holds(word, where)
        return (
            "SELECT r.id{more} FROM residents_findable f "
            "JOIN residents_resident r ON r.id = f.resident_id WHERE {where}"
        )
    where.add(f"{FTS} MATCH %s", " AND ".join(_fts(word) for word in words))
    return (
        f"SELECT r.id FROM {FTS} f JOIN residents_resident r ON r.id = f.rowid "  # noqa: S608 - conditions are ours; words are parameters
        "WHERE {where}"
    )


def _area_term(span: Span) -> str:
    first, last = span
    width = 15 - len(str(last - first)) if last > first else 15
    return f"a{first:015d}"[: width + 1]


def _fts(word: Sequence[Reading]) -> str:
    readings = (" AND ".join(f'"{_plain(term)}"' for term in r.terms) for r in word)
    return "(" + " OR ".join(f"({reading})" for reading in readings) + ")"


def _plain(term: str) -> str:
    return term.replace('"', "")


def _array_holds(word: Sequence[Reading], where: _Where) -> None:
    held = " OR ".join("residents_terms(f.terms) @> %s::text[]" for _reading in word)
    where.add(f"({held})", *(list(r.terms) for r in word))


def _holding(word: Sequence[Reading], where: _Where) -> None:
    """The same asked of one person's terms, for when a rare tag led to the person."""
    readings, values = [], []
    for reading in word:
        readings.append(" AND ".join("' ' || f.terms || ' ' LIKE %s" for _term in reading.terms))
        values += [f"% {term} %" for term in reading.terms]
    where.add(
        "EXISTS (SELECT 1 FROM residents_findable f WHERE f.resident_id = r.id AND ("  # noqa: S608 - conditions are ours; words are parameters
        + " OR ".join(f"({reading})" for reading in readings)
        + "))",
        *values,
    )


def _tagged(tags: Sequence[str], where: _Where) -> None:
    for tag in tags:
        where.add(
            "EXISTS (SELECT 1 FROM residents_tag h WHERE h.resident_id = r.id AND h.code = %s)", tag
        )


def _between(column: str, spans: Sequence[Span]) -> tuple[str, list[int]]:
    text = " OR ".join(f"{column} BETWEEN %s AND %s" for _span in spans)
    return f"({text})", [edge for span in spans for edge in span]


def _within(bounds: Bounds, where: _Where) -> None:
    text, edges = _between("r.place", bounds.spans)
    where.add(text, *edges)
    where.add(f"r.state IN ({', '.join(['%s'] * len(bounds.states))})", *bounds.states)
    if bounds.buildings:
        _at_home(bounds, where)


def _at_home(bounds: Bounds, where: _Where) -> None:
    marks = ", ".join(["%s"] * len(bounds.buildings))
    text = (
        "r.home_id IN (SELECT d.id FROM places_dwelling d JOIN places_stairwell s "  # noqa: S608 - marks are ours; values are parameters
        f"ON s.id = d.stairwell_id WHERE s.building_id IN ({marks}))"
    )
    values = list(bounds.buildings)
    if bounds.wholes:
        inside, edges = _between("r.place", bounds.wholes)
        text, values = f"({text} OR {inside})", values + edges
    where.add(text, *values)


def _verified(question: Question) -> _Where:
    """Pairs that meet need not stand in a row: look at the columns where a word is longer."""
    where = _Where()
    for word in question.words:
        if not all(r.name or r.address for r in word):
            continue
        readings, values = [], []
        for r in word:
            parts = ["r.name LIKE %s"] * bool(r.name) + ["r.address LIKE %s"] * len(r.address)
            readings.append(" AND ".join(parts))
            values += [f"%{_literal(piece)}%" for piece in (r.name, *r.address) if piece]
        where.add("(" + " OR ".join(f"({reading})" for reading in readings) + ")", *values)
    return where


def _literal(piece: str) -> str:
    return piece.replace("%", "").replace("_", "")
