"""Keeping the terms by which people are found in step with what is on record."""

from collections.abc import Iterable, Sequence

from gongzhi.kernel.sealed import blind_index
from gongzhi.residents.models import Findable, Phone, Resident
from gongzhi.residents.rules.terms import terms_of
from gongzhi.residents.words import LifeState

CHUNK = 2000


def index(pks: Iterable[int]) -> None:
    """Bring the terms of these people up to date; the erased are not found any more."""
    todo = sorted(set(pks))
    for start in range(0, len(todo), CHUNK):
        _index(todo[start : start + CHUNK])


def _index(pks: Sequence[int]) -> None:
    phones: dict[int, list[str]] = {}
    for phone in Phone.objects.filter(resident__in=pks).only("resident", "number"):
        phones.setdefault(phone.resident_id, []).append(phone.number)
    people = Resident.objects.filter(pk__in=pks).exclude(state=LifeState.ERASED)
    fields = ("name", "address", "grid", "id_number")
    found = [
        Findable(
            resident_id=r.pk,
            terms=terms_of(
                name=r.name,
                address=r.address,
                place=r.grid_id,
                phones=phones.get(r.pk, []),
                id_number=r.id_number,
                blind=blind_index,
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
