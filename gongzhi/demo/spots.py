"""Where things happen in the demo: at the buildings of its estates, in the grid that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from gongzhi.places.locate import locate_many
from gongzhi.places.models import Area, Building
from gongzhi.places.words import Level

DRAWN = 4000  # spots to choose from: a place that occurs twice is a place with two complaints
SIDES = ["北门", "南门口", "东侧人行道", "西侧路口", "地下车库入口", "健身广场", "垃圾分类亭"]


@dataclass(frozen=True)
class Spot:
    """A position (WGS-84), its words and the areas that hold it, lowest first."""

    lng: float
    lat: float
    address: str
    place: str  # as people say it in a sentence
    areas: tuple[Area, ...]  # grid, community, township, district

    @property
    def grid(self) -> Area:
        """The grid it lies in."""
        return self.areas[0]


def draw_spots(rng: Random) -> list[Spot]:
    """Spots at the demo's buildings; some estates have more trouble than others."""
    buildings = list(Building.objects.select_related("estate").order_by("pk"))
    trouble: dict[int, float] = {}
    for b in buildings:
        trouble.setdefault(b.estate_id, rng.lognormvariate(0, 0.8))
    chosen = rng.choices(buildings, [trouble[b.estate_id] for b in buildings], k=DRAWN)
    points = [
        (round(b.lng + rng.gauss(0, 0.00018), 6), round(b.lat + rng.gauss(0, 0.00016), 6))
        for b in chosen
    ]
    areas = {area.pk: area for area in Area.objects.all()}
    return [
        _spot(building, point, _chain(areas[pk], areas), rng)
        for building, point, pk in zip(chosen, points, locate_many(points), strict=True)
        if pk is not None and areas[pk].level == Level.GRID
    ]


def _spot(
    building: Building, point: tuple[float, float], areas: tuple[Area, ...], rng: Random
) -> Spot:
    estate = building.estate.name
    if rng.random() < 0.35:
        side = rng.choice(SIDES)
        return Spot(*point, f"{estate}{side}", f"{estate}{side}", areas)
    door = f"{building.name}{rng.randint(1, 3)}单元" if rng.random() < 0.4 else building.name
    return Spot(*point, f"{estate}{door}", f"{estate}{building.name}楼下", areas)


def _chain(area: Area, areas: Mapping[int, Area]) -> tuple[Area, ...]:
    chain = [area]
    while (parent := chain[-1].parent_id) is not None:
        chain.append(areas[parent])
    return tuple(chain)
