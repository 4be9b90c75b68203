"""Many rows at once, past the ORM: for towns of thousands in seconds and of millions in minutes.

Only for generated data in an empty register: nothing is checked, nothing is recorded.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from gongzhi.demo.families import Member
from gongzhi.kernel.sealed import blind_index, seal
from gongzhi.residents.models import Fact, Findable, Household, Phone, Resident
from gongzhi.residents.rules import terms

BATCH = 2000
Row = Sequence[Any]

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Household: ("id", "number", "dwelling_id", "place", "collection_id"),
    Resident: (
        "id", "name", "id_kind", "id_number", "id_index", "gender", "born", "ethnicity", "home_id",
        "address", "place", "registered_address", "residence", "household_id", "role", "state",
        "state_since", "note", "collection_id", "version",
    ),
    Phone: (
        "id", "resident_id", "number", "number_index", '"order"', "remark", "collection_id",
    ),
    Fact: ("id", "resident_id", "kind", "grade", "since", "until", "collection_id"),
    Findable: ("resident_id", "terms"),
}  # fmt: skip


def pour(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write plain values (dates as ISO texts, UUIDs as hex) into the columns of a model's table."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(columns))
        text = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names come from the model; values are parameters
        connection.connection.executemany(text, rows)


def counted_on(tables: Sequence[type[models.Model]] = tuple(COLUMNS)) -> None:
    """Let PostgreSQL's sequences go on after the highest keys that were poured."""
    for command in connection.ops.sequence_reset_sql(no_style(), list(tables)):
        with connection.cursor() as cursor:
            cursor.execute(command)


class Sea:
    """Turns households behind doors into rows of all tables, a batch at a time."""

    def __init__(self, collection: int, today: datetime) -> None:
        self.collection, self.today = collection, today.date().isoformat()
        self.people = self.phones = self.facts = self.households = 0
        self._rows: dict[type[models.Model], list[Row]] = {model: [] for model in COLUMNS}
        self._blind: dict[str, str] = {}

    def move_in(self, family: Sequence[Member], home: int, address: str, place: int) -> None:
        """A family behind a door: key of the dwelling, its address and its grid's number."""
        if not family:
            return
        self.households += 1
        rows = self._rows
        number = f"H{self.households:08d}"
        rows[Household].append((self.households, number, home, place, self.collection))
        around = " ".join([*terms.place_terms(address), *terms.area_terms(place)])
        for one in family:
            self._person(one, home, address, place, around)
        if len(rows[Resident]) >= BATCH:
            self.pour_out()

    def _person(self, one: Member, home: int, address: str, place: int, around: str) -> None:
        self.people += 1
        pk, rows = self.people, self._rows
        rows[Resident].append(
            (
                pk, one.name, "resident_id", seal(one.id_number), blind_index(one.id_number),
                "female" if one.female else "male", one.born.isoformat(), one.ethnicity, home,
                address, place, one.registered or address, one.residence, self.households,
                one.role, one.state, None if one.state == "present" else self.today, "",
                self.collection, 0,
            )
        )  # fmt: skip
        for order, number in enumerate(one.phones):
            self.phones += 1
            rows[Phone].append(
                (self.phones, pk, seal(number), blind_index(number), order, "", self.collection)
            )
        for kind, grade, since in one.facts:
            self.facts += 1
            rows[Fact].append(
                (
                    self.facts, pk, kind, grade, since.isoformat() if since else None, None,
                    self.collection,
                )
            )  # fmt: skip
        words = [*terms.name_terms(one.name), around]
        words += [terms.phone_term(number, self._fingerprint) for number in one.phones]
        words += terms.id_terms(one.id_number, self._fingerprint)
        rows[Findable].append((pk, " ".join(words)))

    def _fingerprint(self, text: str) -> str:
        """Tails come again and again: remember their fingerprints."""
        found = self._blind.get(text)
        if found is None:
            found = self._blind[text] = blind_index(text)
        return found

    def pour_out(self) -> None:
        """Write what has gathered."""
        for model, rows in self._rows.items():
            if rows:
                pour(model, COLUMNS[model], rows)
                rows.clear()
