"""Pieces of the list of people, read column by column: a million rows pass through here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F, TextChoices, TextField
from django.db.models.functions import Cast

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.rows import these
from gongzhi.kernel.sealed import masked_id, masked_phone, unseal_many
from gongzhi.places.models import Area
from gongzhi.residents.models import Phone, Resident, Tag
from gongzhi.residents.models.reach import spans_of
from gongzhi.residents.reads import tags
from gongzhi.residents.reads.personfile import age_on
from gongzhi.residents.reads.plans import inside
from gongzhi.residents.words import Gender, HouseholdRole, LifeState, Residence
from gongzhi.sheets.writing import Row, Value

# Column of the list → column of the row that it needs.
NEEDS = {
    "name": "name",
    "gender": "gender",
    "age": "day",
    "born": "day",
    "id_masked": "id_sealed",
    "id_number": "id_sealed",
    "address": "address",
    "household": "household__number",
    "role": "role",
    "registered_address": "registered_address",
    "residence": "residence",
    "ethnicity": "ethnicity",
    "state": "state",
}
WORDS: dict[str, type[TextChoices]] = {
    "gender": Gender,
    "role": HouseholdRole,
    "residence": Residence,
    "state": LifeState,
}


class Reader:
    """Reads pieces of the list with the columns that were asked for, as the person may see them."""

    def __init__(self, person: Person, keys: Sequence[str], today: date) -> None:
        self.keys, self.today = keys, today
        self.whole = spans_of(person, Can.REVEAL_NUMBERS)
        self.fields = sorted({"pk", "grid_id", *(NEEDS[k] for k in keys if k in NEEDS)})
        self.grids = _grid_names() if "grid" in keys else {}
        self.said: dict[str, Mapping[str, str]] = {  # in the language of now
            key: {str(one.value): str(one.label) for one in words} for key, words in WORDS.items()
        }
        self.names = {code: kind.name for code, kind in tags.kinds().items()}

    def read(self, pks: Sequence[int], number: int) -> Iterator[Row]:
        """One piece, in the order of `pks`; `number` were read before."""
        piece = _Piece(self, pks, number)
        return zip(*(piece.column(key) for key in self.keys), strict=False)


class _Piece:
    """Some people and what belongs to them; what no column asks for is not read."""

    def __init__(self, reader: Reader, pks: Sequence[int], number: int) -> None:
        self.reader, self.number = reader, number
        rows = Resident.objects.filter(pk__in=these(pks))
        rows = rows.annotate(id_sealed=_kept("id_number"), day=_day("born"))
        key = reader.fields.index("pk")
        found = {row[key]: row for row in rows.values_list(*reader.fields).iterator()}
        self.rows = [found[pk] for pk in pks if pk in found]
        self.pks: list[int] = self._field("pk")

    def column(self, key: str) -> Iterable[Value]:
        """One column of the piece."""
        if key in COLUMNS:
            return COLUMNS[key](self)
        values = self._field(NEEDS[key])
        if key in self.reader.said:
            said = self.reader.said[key]
            return [said.get(value, "") for value in values]
        return [value or "" for value in values]

    def _field(self, name: str) -> list[Any]:
        at = self.reader.fields.index(name)
        return [row[at] for row in self.rows]

    def numbers(self) -> Iterable[Value]:
        """The running number."""
        return range(self.number + 1, self.number + len(self.rows) + 1)

    @cached_property
    def _born(self) -> list[date | None]:
        """Birth dates; SQLite's come as text."""
        day = date.fromisoformat
        return [day(kept) if kept.__class__ is str else kept for kept in self._field("day")]

    def born(self) -> Iterable[Value]:
        """Birth dates, empty where none is known."""
        return self._born

    def ages(self) -> Iterable[Value]:
        """Full years."""
        return [age_on(born, self.reader.today) for born in self._born]

    def grids(self) -> Iterable[Value]:
        """The grid with its community."""
        return [self.reader.grids.get(place, "") for place in self._field("grid_id")]

    def ids_masked(self) -> list[Value]:
        """ID numbers, hidden but for their ends."""
        return [masked_id(number) if number else "" for number in self._ids]

    def phones_masked(self) -> list[Value]:
        """The first phone, hidden in its middle."""
        return [masked_phone(phone) if phone else "" for phone in self._phones]

    def ids(self) -> Iterable[Value]:
        """Whole ID numbers where the person may see them."""
        return self._where_allowed(self._ids, self.ids_masked())

    def phones(self) -> Iterable[Value]:
        """The first phone, whole where the person may see it."""
        return self._where_allowed(self._phones, self.phones_masked())

    def _where_allowed(self, whole: list[Any], masked: list[Value]) -> Iterable[Value]:
        spans = self.reader.whole
        may = [inside(place, spans) for place in self._field("grid_id")]
        return [w if m else hidden for w, hidden, m in zip(whole, masked, may, strict=True)]

    @cached_property
    def _ids(self) -> list[str]:
        """Everybody's ID number, opened together."""
        return unseal_many(self._field("id_sealed"))

    @cached_property
    def _phones(self) -> list[str]:
        """Everybody's first phone; the others stay sealed."""
        phones = Phone.objects.filter(resident__in=these(self.pks)).order_by("-order", "-pk")
        kept = phones.annotate(sealed=_kept("number")).values_list("resident", "sealed")
        return unseal_many(map(dict(kept.iterator()).get, self.pks))

    def tags(self) -> Iterable[Value]:
        """The names of tags."""
        names = self.reader.names
        found: dict[int, list[str]] = defaultdict(list)
        rows = Tag.objects.filter(resident__in=these(self.pks)).order_by("code")
        for pk, code in rows.values_list("resident", "code").iterator():
            found[pk].append(names.get(code, code))
        return ["、".join(found[pk]) if pk in found else "" for pk in self.pks]

    def reasons(self) -> Iterable[Value]:
        """Why somebody has them."""
        names, today = self.reader.names, self.reader.today
        found: dict[int, list[str]] = defaultdict(list)
        for tag in Tag.objects.filter(resident__in=these(self.pks)).order_by("code"):
            reason = tags.reason_of(tag, today=today)
            found[tag.resident_id].append(f"{names.get(tag.code, tag.code)}：{reason}")
        return ["；".join(found.get(pk, ())) for pk in self.pks]

    def blank(self) -> Iterable[Value]:
        """Room to sign."""
        return repeat("", len(self.rows))


COLUMNS: dict[str, Callable[[_Piece], Iterable[Value]]] = {
    "number": _Piece.numbers,
    "age": _Piece.ages,
    "born": _Piece.born,
    "grid": _Piece.grids,
    "id_masked": _Piece.ids_masked,
    "id_number": _Piece.ids,
    "phone_masked": _Piece.phones_masked,
    "phone": _Piece.phones,
    "tags": _Piece.tags,
    "reasons": _Piece.reasons,
    "sign": _Piece.blank,
}


def _kept(name: str) -> "ExpressionWrapper[F]":
    """A sealed column as it is kept, to be opened with many others."""
    return ExpressionWrapper(F(name), output_field=TextField())


def _day(name: str) -> "Cast | F":
    """A date as SQLite keeps it: what it does to make each a date costs more than all the rest."""
    return Cast(name, TextField()) if connection.vendor == "sqlite" else F(name)


def _grid_names() -> dict[int | None, str]:
    areas = Area.objects.select_related("parent").defer("polygon", "parent__polygon")
    return {a.place: (a.parent.name if a.parent else "") + a.name for a in areas}
