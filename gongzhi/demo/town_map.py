"""The demo town as a base map: layers of GeoJSON with what a map shows of each thing."""

from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

from gongzhi.demo.town_houses import HOUSING, Built
from gongzhi.demo.town_names import Estate
from gongzhi.demo.town_shapes import ellipse, polygons_in, put, to_geojson
from gongzhi.demo.town_streets import WIDTH, Plan
from gongzhi.demo.town_uses import Block

COARSE = 6  # digits of degrees: a decimetre

# What the base map calls a use: the colour of a block, the icon of a place.
GROUND = dict.fromkeys(HOUSING, "home") | {"market": "shop", "stadium": "sport"}
ISLAND = ellipse(95, 62, 16)
SIGNS = {
    "派出所": "police",
    "消防": "fire",
    "党群": "service",
    "治理中心": "service",
    "办事处": "office",
}


class Add(Protocol):
    """Adds a shape with its facts to a layer."""

    def __call__(self, layer: str, shape: BaseGeometry, **about: object) -> None:
        """Facts that are empty are left out."""


def draw_map(
    plan: Plan, blocks: list[Block], built: list[Built], estates: list[Estate]
) -> dict[str, dict[str, Any]]:
    """The layers of the base map: water, green, block, building, road, poi."""
    layers: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("water", "green", "block", "building", "road", "poi")
    }

    def add(layer: str, shape: BaseGeometry, **about: object) -> None:
        facts = {key: value for key, value in about.items() if value not in ("", None)}
        feature = {"type": "Feature", "properties": facts, "geometry": to_geojson(shape, COARSE)}
        layers[layer].append(feature)

    _add_nature(add, plan, built)
    for block, one in zip(blocks, built, strict=True):
        if block.use != "green":
            add("block", block.outline.simplify(0.4), kind=GROUND.get(block.use, block.use))
        for house in one.houses:
            kind = GROUND.get(house.use, house.use)
            add("building", house.outline, h=round(house.height), kind=kind, name=house.number)
    for street in plan.streets:
        line = street.line.simplify(0.5)
        add("road", line, cls=street.rank, name=street.name, width=WIDTH[street.rank])
    for block in blocks:
        if block.facility:
            add("poi", block.spot, name=block.facility, kind=_sign(block))
    for estate in estates:
        add("poi", estate.spot, name=estate.name, kind="estate")
    return {k: {"type": "FeatureCollection", "features": v} for k, v in layers.items()}


def _add_nature(add: Add, plan: Plan, built: list[Built]) -> None:
    add("water", plan.river.simplify(0.5), name="清漪河", kind="river")
    island = put(ISLAND, (plan.lake.centroid.x - 40, plan.lake.centroid.y - 150), 0.6)
    add("water", plan.lake.simplify(0.5).difference(island), name="望湖", kind="lake")
    for bank in polygons_in(plan.banks):
        add("green", bank.simplify(0.5), kind="bank")
    add("green", plan.lake_park.simplify(0.5), kind="park")
    add("green", plan.plaza, kind="plaza")
    add("road", plan.lake.buffer(16).exterior.simplify(0.5), cls="path", width=WIDTH["path"])
    for one in built:
        for pond in one.water:
            add("water", pond, kind="pond")
        for kind, shape in one.green:
            add("green", shape.simplify(0.4), kind=kind)
        for path in one.paths:
            add("road", path, cls="path", width=WIDTH["path"])
    add("poi", plan.plaza.centroid, name="文澜广场", kind="park")


def _sign(block: Block) -> str:
    """The icon of a public place, told from its name."""
    for word, kind in SIGNS.items():
        if word in block.facility:
            return kind
    return {"green": "park", "health": "hospital", "stadium": "sport"}.get(block.use, block.use)
