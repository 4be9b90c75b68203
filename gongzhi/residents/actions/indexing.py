"""Keeping the terms by which people are found in step with what is on record."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    phones: dict[int, list[str]] = {}
    for phone in Phone.objects.filter(resident__in=pks).only("resident", "number"):
        phones.setdefault(phone.resident_id, []).append(phone.number)
    people = Resident.objects.filter(pk__in=pks).exclude(state=LifeState.ERASED)
    fields = ("name", "address", "grid", "id_number")
    found = [
        Findable(
            resident_id=r.pk,
            terms=terms_for(
                Indexed(r.name, r.address, r.grid_id, tuple(phones.get(r.pk, ())), r.id_number)
            ),
        )
        for r in people.only(*fields).order_by("pk")
    ]
    gone = set(pks) - {f.resident_id for f in found}
    if gone:
        Findable.objects.filter(pk__in=gone).delete()
    Findable.objects.bulk_create(
        found, update_conflicts=True, update_fields=["terms"], unique_fields=["resident"]
    )
