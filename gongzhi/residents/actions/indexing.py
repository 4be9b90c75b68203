"""Keeping the terms by which people are found in step with what is on record."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gongzhi.kernel.sealed import blind_index
from gongzhi.residents.models import Findable, Phone, Resident
from gongzhi.residents.rules.terms import terms_of
from gongzhi.residents.words import LifeState

CHUNK = 2000


@dataclass(frozen=True)
class Indexed:
    """What somebody's terms rest on."""

    name: str
    address: str
    place: int
    phones: tuple[str, ...]
    id_number: str


def index(pks: Iterable[int]) -> None:
    """Bring the terms of these people up to date; the erased are not found any more."""
    todo = sorted(set(pks))
    for start in range(0, len(todo), CHUNK):
        _index(todo[start : start + CHUNK])


def put_terms(terms: Sequence[tuple[int, str]]) -> None:
    """Keep the terms of people who had none so far: (key, terms).

    In one statement: FTS5 writes what it gathered at the end of each, which took a millisecond.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO residents_findable (resident_id, terms) "
                "SELECT * FROM unnest(%s::bigint[], %s::text[])",
                [[pk for pk, _terms in terms], [text for _pk, text in terms]],
            )
        else:
            cursor.execute(
                "INSERT INTO residents_findable (resident_id, terms) SELECT "
                "json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)",
                [json.dumps(terms)],
            )


def index_everybody(told: Callable[[int, int], None]) -> None:
    """Work out anew the terms of whoever can be found, and write those that differ.

    For a new version of `rules.terms`; may run beside the product, be interrupted, and run again.
    `told` hears after each batch how many were looked at and how many written. Terms are read
    before what they rest on and replaced only where they are still the same, so that somebody who
    is changed meanwhile keeps what that change wrote.
    """
    last, everybody = 0, Findable.objects.order_by("pk").values_list("pk", "terms")
    while kept := dict(everybody.filter(pk__gt=last)[:CHUNK]):
        found = _terms_of([*kept])
        differing = [(pk, kept[pk], new) for pk, new in found.items() if new != kept[pk]]
        told(len(kept), _replace_terms(differing) if differing else 0)
        last = max(kept)


def _replace_terms(terms: Sequence[tuple[int, str, str]]) -> int:
    """(key, before, after), in one statement; how many were still as before."""
    if connection.vendor == "postgresql":
        rows = "unnest(%s::bigint[], %s::text[], %s::text[]) AS n (pk, before, after)"
        values: list[Any] = [list(column) for column in zip(*terms, strict=True)]
    else:
        rows = (
            "(SELECT json_extract(value, '$[0]') AS pk, json_extract(value, '$[1]') AS before, "
            "json_extract(value, '$[2]') AS after FROM json_each(%s)) AS n"
        )
        values = [json.dumps(terms)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE residents_findable SET terms = n.after FROM {rows} "  # noqa: S608 - names are ours; values are parameters
            "WHERE resident_id = n.pk AND terms = n.before",
            values,
        )
        return int(cursor.rowcount)


def terms_for(one: Indexed) -> str:
    """The terms by which the person is found."""
    return terms_of(
        name=one.name,
        address=one.address,
        place=one.place,
        phones=one.phones,
        id_number=one.id_number,
        blind=blind_index,
    )


def _index(pks: Sequence[int]) -> None:
    found = [Findable(resident_id=pk, terms=terms) for pk, terms in _terms_of(pks).items()]
    gone = set(pks) - {f.resident_id for f in found}
    if gone:
        Findable.objects.filter(pk__in=gone).delete()
    Findable.objects.bulk_create(
        found, update_conflicts=True, update_fields=["terms"], unique_fields=["resident"]
    )


def _terms_of(pks: Sequence[int]) -> dict[int, str]:
    """The terms of each of these people, in the order of keys; the erased have none."""
    phones: dict[int, list[str]] = {}
    for phone in Phone.objects.filter(resident__in=pks).only("resident", "number"):
        phones.setdefault(phone.resident_id, []).append(phone.number)
    people = Resident.objects.filter(pk__in=pks).exclude(state=LifeState.ERASED)
    fields = ("name", "address", "grid", "id_number")
    return {
        r.pk: terms_for(
            Indexed(r.name, r.address, r.grid_id, tuple(phones.get(r.pk, ())), r.id_number)
        )
        for r in people.only(*fields).order_by("pk")
    }
