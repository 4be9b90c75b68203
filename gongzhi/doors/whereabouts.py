"""Where a matter is, out of an address in words: the estate and building it names."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from gongzhi.places.coordinates import Position
from gongzhi.places.models import Area, Building, Component, Estate

BUILDING = re.compile(r"(?<!\d)(\d{1,3})\s*(?:栋|幢|号楼|#)")


@dataclass(frozen=True)
class Whereabouts:
    """A position in WGS-84 where the words are exact enough, else an area, else nothing."""

    lng: float | None = None
    lat: float | None = None
    area: Area | None = None
    name: str = ""  # of the estate, and the building, that was found

    @property
    def position(self) -> Position | None:
        """(lng, lat) where the words were exact enough."""
        return None if self.lng is None or self.lat is None else (self.lng, self.lat)


class Gazetteer:
    """The district's names, read once for many addresses."""

    def find(self, address: str, area_named: str = "") -> Whereabouts:
        """The building, else the estate, that the words name; else the area, by code or name.

        Of several estates whose names occur the longest name counts; two of one name are told
        apart by the area, and otherwise by nobody.
        """
        area = self._areas.get(area_named) if area_named else None
        estate = self._estate(address, area)
        if estate is None:
            return Whereabouts(area=area)
        if named := BUILDING.search(address.partition(estate.name)[2]):
            number = int(named[1])
            names = [f"{number}栋", f"{number}幢", f"{number}号楼"]
            building = Building.objects.filter(estate=estate, name__in=names).first()
            if building:
                name = f"{estate.name}{building.name}"
                return Whereabouts(building.lng, building.lat, estate.area, name)
        return Whereabouts(estate.lng, estate.lat, estate.area, estate.name)

    def _estate(self, address: str, area: Area | None) -> Estate | None:
        named = [
            estate
            for estate in self._estates
            if estate.name in address and (area is None or area.holds(estate.area))
        ]
        longest = max((len(estate.name) for estate in named), default=0)
        found = [estate for estate in named if len(estate.name) == longest]
        return found[0] if len(found) == 1 else None

    def has_component(self, code: str) -> bool:
        """Whether a city component with this code is registered."""
        return Component.objects.filter(code=code).exists()

    @cached_property
    def _estates(self) -> list[Estate]:
        """Some hundred; no index finds the names that occur in a text, so they are compared."""
        return list(Estate.objects.select_related("area"))

    @cached_property
    def _areas(self) -> dict[str, Area]:
        """By code, and by name where only one area is called so."""
        by_name = defaultdict(list)
        areas = list(Area.objects.all())
        for area in areas:
            by_name[area.name].append(area)
        alone = {name: same[0] for name, same in by_name.items() if len(same) == 1}
        return {**alone, **{area.code: area for area in areas}}
