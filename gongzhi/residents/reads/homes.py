"""Dwellings by what people write for them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from gongzhi.places.models import Dwelling

LONGEST_CODE = 40


class Home(NamedTuple):
    """As much of a dwelling as a person's row needs: a file of people asks for many thousands."""

    pk: int
    address: str
    grid_id: int


def homes_told(told: Iterable[str]) -> dict[str, Home]:
    """Text → the dwelling it is the address or the standard code of; 501 is also 501室."""
    wanted = set(told) - {""}
    homes = {home.address: home for _code, home in _homes(Q(address__in=wanted))}
    doors = {f"{text}室": text for text in wanted - homes.keys() if text[-1:].isdecimal()}
    homes |= {doors[h.address]: h for _code, h in _homes(Q(address__in=doors))} if doors else {}
    codes = {text for text in wanted - homes.keys() if len(text) <= LONGEST_CODE}
    return homes | (dict(_homes(Q(code__in=codes))) if codes else {})


def _homes(which: Q) -> Iterable[tuple[str, Home]]:
    rows = Dwelling.objects.filter(which).values_list("code", "pk", "address", "grid_id")
    return ((code, Home(pk, address, grid)) for code, pk, address, grid in rows.iterator())
