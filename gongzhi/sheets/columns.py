"""Columns that are read straight from rows of the database, each only when somebody asks for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.sheets.kinds import ListColumn, Words
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row, Value

CHUNK = 2000

Record = Mapping[str, Any]
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
    by_key = {one.key: one for one in columns}
    asked = [by_key[key] for key in keys]
    fields = sorted({"pk", *(name for one in asked for name in one.needs)})
    records = found.values(*fields).iterator(chunk_size=CHUNK)
    for number, record in enumerate(records, start=1):
        record["row"] = number
        yield [one.say(record) for one in asked]
