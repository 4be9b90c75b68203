"""The fictional district 望湖区 (349901): areas, estates and base map, the same at every run."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gongzhi.demo.town_grids import grids_of, outline
from gongzhi.demo.town_houses import HOUSING, Built, House, build
from gongzhi.demo.town_map import draw_map
from gongzhi.demo.town_names import Estate, estates_of
from gongzhi.demo.town_shapes import to_degrees, to_geojson
from gongzhi.demo.town_streets import Face, Plan, lay_out
from gongzhi.demo.town_uses import COMMUNITIES, GRIDS, allot, community_of
from gongzhi.places.rules import grid_code
from gongzhi.places.words import EstateKind, Level

SEED = 349_901
DISTRICT = ("349901000000", "望湖区")  # 3499 was never assigned to a city
TOWNSHIPS = [("349901001000", "滨河街道"), ("349901002000", "云谷街道")]
FINE = 7  # digits of degrees for areas: a centimetre, so that neighbours meet


@dataclass(frozen=True)
class AreaPlan:
    """An area to be written down."""

    code: str
    name: str
    level: Level
    parent: str | None  # the parent's code
    polygon: dict[str, Any]  # GeoJSON, WGS-84
    lng: float  # a point inside, for its label
    lat: float


@dataclass(frozen=True)
class BuildingPlan:
    """A building of an estate."""

    name: str
    floors: int
    lng: float
    lat: float
    stairwells: tuple[str, ...]


@dataclass(frozen=True)
class EstatePlan:
    """An estate with its buildings."""

    community: str  # the code of the community
    name: str
    kind: EstateKind
    lng: float
    lat: float
    buildings: tuple[BuildingPlan, ...]


@dataclass(frozen=True)
class Town:
    """Everything the demo district consists of, before any of it is stored."""

    areas: list[AreaPlan]  # parents before children
    estates: list[EstatePlan]
    basemap: dict[str, dict[str, Any]]  # a GeoJSON FeatureCollection per layer

    @property
    def rows(self) -> int:
        """How many rows it takes to store the town, for a progress bar."""
        buildings = [b for estate in self.estates for b in estate.buildings]
        stairwells = sum(len(b.stairwells) for b in buildings)
        return len(self.areas) + len(self.estates) + len(buildings) + stairwells


def draw(seed: int = SEED) -> Town:
    """Lay out streets, allot land, build on it, divide it into grids and name everything."""
    rng = Random(seed)
    plan = lay_out(rng)
    blocks = allot(plan, rng)
    large = shapely.union_all([s.line for s in plan.streets if s.rank in {"trunk", "major"}])
    built = [build(block, large, rng) for block in blocks]
    _clear_the_way(plan, built)
    water = shapely.union_all([plan.river, plan.lake])
    areas, faces_of_grids = _areas(plan, water, rng)
    blocks_of_grids = [
        [i for i, block in enumerate(blocks) if block.face in faces] for faces in faces_of_grids
    ]
    homes = [[house for house in one.houses if house.use in HOUSING] for one in built]
    estates = estates_of(blocks_of_grids, blocks, homes, rng)
    plans = [_estate_plan(blocks[e.blocks[0]].community or 0, e) for e in estates]
    return Town(areas, plans, draw_map(plan, blocks, built, estates))


def _clear_the_way(plan: Plan, built: list[Built]) -> None:
    """No building under the elevated road."""
    express = shapely.union_all([s.line for s in plan.streets if s.rank == "express"]).buffer(26)
    shapely.prepare(express)
    for one in built:
        one.houses = [house for house in one.houses if not express.intersects(house.outline)]


def _community_code(index: int) -> str:
    """349901001001 … 003 in the first sub-district, 349901002001 … 003 in the second."""
    return f"{TOWNSHIPS[index // 3][0][:9]}{index % 3 + 1:03d}"


def _areas(plan: Plan, water: BaseGeometry, rng: Random) -> tuple[list[AreaPlan], list[set[int]]]:
    """The areas, parents first, and for each grid the places of its faces in the plan."""
    places = [
        [i for i, face in enumerate(plan.faces) if community_of(face) == community]
        for community in range(len(COMMUNITIES))
    ]
    grids: list[AreaPlan] = []
    faces_of_grids: list[set[int]] = []
    for community, count in enumerate(GRIDS):
        faces = [plan.faces[i] for i in places[community]]
        code = _community_code(community)
        for number, grid in enumerate(grids_of(faces, count, water, rng), start=1):
            name = f"第{number:02d}网格"
            area = outline(faces, grid)
            grids.append(_area(grid_code(code, number), name, Level.GRID, code, area))
            faces_of_grids.append({places[community][i] for i in grid})
    return [*_higher_areas(plan.faces, places), *grids], faces_of_grids


def _higher_areas(faces: Sequence[Face], places: list[list[int]]) -> list[AreaPlan]:
    """District, sub-districts and communities, from the faces of each community."""
    whole = outline(faces, [i for community in places for i in community])
    areas = [_area(*DISTRICT, Level.DISTRICT, None, whole)]
    for index, (code, name) in enumerate(TOWNSHIPS):
        own = [i for community in places[index * 3 : index * 3 + 3] for i in community]
        areas.append(_area(code, name, Level.TOWNSHIP, DISTRICT[0], outline(faces, own)))
    for index, name in enumerate(COMMUNITIES):
        code, above = _community_code(index), TOWNSHIPS[index // 3][0]
        areas.append(_area(code, name, Level.COMMUNITY, above, outline(faces, places[index])))
    return areas


def _area(code: str, name: str, level: Level, parent: str | None, shape: Polygon) -> AreaPlan:
    """The plan of an area, its label where there is most room for it."""
    label = shapely.maximum_inscribed_circle(shape).coords[0]
    lng, lat = to_degrees(label[0], label[1], FINE)
    return AreaPlan(code, name, level, parent, to_geojson(shape, FINE), lng, lat)


def _estate_plan(community: int, estate: Estate) -> EstatePlan:
    lng, lat = to_degrees(estate.spot.x, estate.spot.y, FINE)
    buildings = tuple(_building_plan(house) for house in estate.homes)
    return EstatePlan(_community_code(community), estate.name, estate.kind, lng, lat, buildings)


def _building_plan(house: House) -> BuildingPlan:
    middle = house.outline.centroid
    lng, lat = to_degrees(middle.x, middle.y, FINE)
    stairwells = tuple(f"{number}单元" for number in range(1, house.stairwells + 1))
    return BuildingPlan(house.number, house.storeys, lng, lat, stairwells)
