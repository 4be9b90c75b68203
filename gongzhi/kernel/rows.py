"""Many new rows of one table in one statement, at a small part of what an ORM's instances cost.

For what is written a thousand times a second: reports and what the journal says of them. The rows
are those that `bulk_create` would write; a test compares them. Signals are not sent and `auto_now`
fields are refused; columns that the database fills by itself are left to it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from django.db import IntegrityError, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=models.Model)
Row = Mapping[str, Any]
Adapt = Callable[[Any], Any]

# Kinds of field whose values every driver takes as they are.
_PLAIN = (
    models.CharField,
    models.IntegerField,
    models.FloatField,
    models.BooleanField,
    models.ForeignKey,
)


class _Plan(NamedTuple):
    """How rows of a table are written: each column's field, in order, and values not given."""

    fields: tuple[Any, ...]
    names: tuple[str, ...]
    blank: Row


class _Statement(NamedTuple):
    """The words that insert into a table, and what makes its values fit, by column."""

    sql: str
    adapts: tuple[tuple[int, Adapt], ...]
    moments: tuple[int, ...]  # columns of times


def insert_many(model: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Write rows (attribute name → value; defaults fill the rest) and give their new pks, in order.

    IntegrityError when one of them breaks a constraint; also, without a line in the log of
    PostgreSQL, when one with the same unique values is there. Then the caller's transaction must
    be rolled back, as after any IntegrityError.
    """
    if not rows:
        return []
    plan = _plan_of(model)
    whole = [{**plan.blank, **row} for row in rows]
    pks = (_on_postgresql if connection.vendor == "postgresql" else _on_sqlite)(model, plan, whole)
    if len(pks) < len(rows):
        raise IntegrityError(f"{model._meta.db_table}: one of the rows is there already")
    return pks


def instance_of(model: type[M], pk: int, row: Row, **related: models.Model | None) -> M:
    """The instance of a row just written, with the related objects that are at hand."""
    # What from_db does, but all fields at once: with fifty of them a fifth of its cost.
    instance = model.__new__(model)
    state = instance._state = ModelState()
    state.adding, state.db = False, connection.alias
    instance.__dict__.update(_plan_of(model).blank, **row)
    instance.__dict__[model._meta.pk.attname] = pk
    for name, other in related.items():
        model._meta.get_field(name).set_cached_value(instance, other)  # type: ignore[union-attr]
    return instance


def these(keys: Sequence[int]) -> RawSQL:
    """Thousands of keys as one parameter, for `filter(pk__in=these(keys))`.

    Of a list the ORM adapts and marks each key, which costs more than reading its row.
    """
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    kept = msgspec.json.encode(list(keys)).decode()
    return RawSQL("SELECT value FROM json_each(%s)", [kept])


@lru_cache(maxsize=64)
def _plan_of(model: type[models.Model]) -> _Plan:
    fields = [
        f
        for f in model._meta.local_concrete_fields
        if not (f.primary_key or f.generated or f.has_db_default())
    ]
    for field in fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            raise TypeError(f"{field} wants the ORM")
    names = tuple(field.attname for field in fields)
    return _Plan(tuple(fields), names, {f.attname: f.get_default() for f in fields})


def _on_sqlite(model: type[models.Model], plan: _Plan, rows: Sequence[Row]) -> list[int]:
    """One prepared statement, run for each row; the pks are in a row, as there is one writer."""
    statement = _for_sqlite(model)
    of_time = _each_once(connection.ops.adapt_datetimefield_value)
    adapts = (*statement.adapts, *((n, of_time) for n in statement.moments))
    values = []
    for row in map(itemgetter(*plan.names), rows):
        value = list(row)
        for n, adapt in adapts:
            if value[n] is not None:
                value[n] = adapt(value[n])
        values.append(value)
    with connection.cursor() as cursor:
        cursor.executemany(statement.sql, values)
        if cursor.rowcount < len(rows):
            return []
        last = cursor.execute("SELECT last_insert_rowid()").fetchone()[0]
    return list(range(last - len(rows) + 1, last + 1))


@lru_cache(maxsize=64)
def _for_sqlite(model: type[models.Model]) -> _Statement:
    fields = _plan_of(model).fields
    quoted = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    moments = tuple(n for n, f in enumerate(fields) if isinstance(f, models.DateTimeField))
    return _Statement(
        f'INSERT INTO "{model._meta.db_table}" ({quoted}) VALUES ({marks})'  # noqa: S608 - names come from the model; values are parameters
        " ON CONFLICT DO NOTHING",
        tuple(
            (n, adapt)
            for n, field in enumerate(fields)
            if n not in moments and (adapt := _adapt_of(field)) is not None
        ),
        moments,
    )


def _on_postgresql(model: type[models.Model], plan: _Plan, rows: Sequence[Row]) -> list[int]:
    """One statement that unpacks one JSON text, the cheapest way for client and server together."""
    statement = _for_postgresql(model)
    sealed = [(plan.names[n], adapt) for n, adapt in statement.adapts]
    sent = []
    for row in rows:
        one = {name: value for name, value in row.items() if value is not None}
        for name, adapt in sealed:
            if name in one:
                one[name] = adapt(one[name])
        sent.append(one)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, [msgspec.json.encode(sent).decode()])
        return [pk for (pk,) in cursor.fetchall()]


@lru_cache(maxsize=64)
def _for_postgresql(model: type[models.Model]) -> _Statement:
    plan, table, pk = _plan_of(model), model._meta.db_table, model._meta.pk.column
    quoted = ", ".join(f'"{field.column}"' for field in plan.fields)
    typed = ", ".join(f'"{f.attname}" {f.db_type(connection)}' for f in plan.fields)
    named = ", ".join(f'"{name}"' for name in plan.names)
    return _Statement(
        f'INSERT INTO "{table}" ({quoted}) SELECT {named}'  # noqa: S608 - names come from the model; values are parameters
        f" FROM jsonb_to_recordset(%s::jsonb) AS sent({typed})"
        f' ON CONFLICT DO NOTHING RETURNING "{pk}"',
        tuple((n, f.get_prep_value) for n, f in enumerate(plan.fields) if not _is_plain(f)),
        (),
    )


def _is_plain(field: Any) -> bool:
    """Whether JSON carries the field's values to PostgreSQL as they are."""
    known = (*_PLAIN, models.DateTimeField, models.UUIDField, models.JSONField)
    return isinstance(field, known) or type(field) is models.TextField


def _adapt_of(field: Any) -> Adapt | None:
    """What turns values into what SQLite keeps; None where that is the value itself."""
    if isinstance(field, models.UUIDField):
        return attrgetter("hex")
    if isinstance(field, models.JSONField):  # the same JSON as the ORM's, but Chinese as it is
        return lambda value: msgspec.json.encode(value).decode()
    if isinstance(field, _PLAIN) or type(field) is models.TextField:
        return None
    if isinstance(field, models.TextField):  # one that seals what it holds
        return cast(Adapt, field.get_prep_value)
    return lambda value: field.get_db_prep_save(value, connection)


def _each_once(adapt: Adapt) -> Adapt:
    """Remembers the answers for one statement: what comes together mostly has the same times."""
    known: dict[datetime, Any] = {}

    def remembered(value: datetime) -> Any:
        if value not in known:
            known[value] = adapt(value)
        return known[value]

    return remembered
