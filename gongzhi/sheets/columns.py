"""Columns that are read straight from rows of the database, each only when somebody asks for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.sheets.kinds import ListColumn, Listing, Words
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row, Value

CHUNK = 2000

Record = Mapping[str, Any]
Query = Mapping[str, str]
Say = Callable[[Record], Value]


@dataclass(frozen=True)
class Told:
    """A column, the fields of a row that it needs, and what it says of them."""

    key: str
    label: Words
    needs: tuple[str, ...]
    say: Say
    sort: str = Sort.TEXT
    usual: bool = True

    @property
    def column(self) -> ListColumn:
        """As the form of an export offers it."""
        return ListColumn(self.key, self.label, self.sort, self.usual)


def told(
    key: str,
    label: Words,
    field: str = "",
    *,
    sort: str = Sort.TEXT,
    usual: bool = True,
    words: Mapping[str, Words] | None = None,
) -> Told:
    """A column that says one field as it is, or by the `words` that its values stand for."""
    name = field or key

    def say(record: Record) -> Value:
        value = record[name]
        return value if words is None else str(words.get(value, value or ""))

    return Told(key, label, (name,), say, sort, usual)


def running_number() -> Told:
    """Counts the rows from 1."""
    return Told("row", _("序号"), (), lambda record: record["row"], Sort.NUMBER)


def read(found: QuerySet[Any], columns: Sequence[Told], keys: Sequence[str]) -> Iterator[Row]:
    """The asked columns of the rows found, in the order of `keys`, read in pieces."""
    needed = {name for one in columns if one.key in keys for name in one.needs}
    records = found.values(*sorted({"pk", *needed})).iterator(chunk_size=CHUNK)
    return said(records, columns, keys)


def said(records: Iterable[Record], columns: Sequence[Told], keys: Sequence[str]) -> Iterator[Row]:
    """The asked columns of records, for lists that are counted and not rows of the database."""
    by_key = {one.key: one for one in columns}
    asked = [by_key[key] for key in keys]
    for number, record in enumerate(records, start=1):
        numbered = {**record, "row": number}
        yield [one.say(numbered) for one in asked]


def place(before: str, label: Words = "") -> Told:
    """Community and grid of an area, as one word; `before` is the way to the area."""

    def say(record: Record) -> Value:
        return f"{record[f'{before}__parent__name'] or ''}{record[f'{before}__name'] or ''}"

    needs = (f"{before}__parent__name", f"{before}__name")
    return Told("area", label or _("网格"), needs, say)


def listed(
    name: str,
    label: Words,
    *,
    can: Can,
    columns: Sequence[Told],
    found: Callable[[Person, Query, datetime], QuerySet[Any, Any]],
    **more: Any,
) -> Listing:
    """A list of rows of the database; `found` asks for them as the page does, in its order."""

    def rows(person: Person, query: Query, keys: Sequence[str], at: datetime) -> Iterator[Row]:
        return read(found(person, query, at), columns, keys)

    def count(person: Person, query: Query, at: datetime) -> int:
        return found(person, query, at).order_by().count()

    return Listing(name, label, can, [one.column for one in columns], rows, count, **more)


def counted(
    name: str,
    label: Words,
    *,
    can: Can,
    columns: Sequence[Told],
    lines: Callable[[Person, Query, datetime], Sequence[Record]],
    **more: Any,
) -> Listing:
    """A list of some lines that are counted, such as one for each door."""

    def rows(person: Person, query: Query, keys: Sequence[str], at: datetime) -> Iterator[Row]:
        return said(lines(person, query, at), columns, keys)

    def count(person: Person, query: Query, at: datetime) -> int:
        return len(lines(person, query, at))

    return Listing(name, label, can, [one.column for one in columns], rows, count, **more)
