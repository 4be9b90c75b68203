"""Dwellings by what people write for them."""

from collections.abc import Iterable

from gongzhi.places.models import Dwelling

LONGEST_CODE = 40


def homes_told(told: Iterable[str]) -> dict[str, Dwelling]:
    """Text → the dwelling it is the address or the standard code of; 501 is also 501室."""
    wanted = set(told) - {""}
    homes = {d.address: d for d in Dwelling.objects.filter(address__in=wanted)}
    doors = {f"{text}室": text for text in wanted - homes.keys() if text[-1:].isdecimal()}
    for dwelling in Dwelling.objects.filter(address__in=doors):
        homes[doors[dwelling.address]] = dwelling
    codes = {text for text in wanted - homes.keys() if len(text) <= LONGEST_CODE}
    return homes | {d.code: d for d in Dwelling.objects.filter(code__in=codes)}
