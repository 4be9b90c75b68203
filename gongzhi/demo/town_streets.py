"""The demo town's river, lake and streets, and the faces of land between them."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

from gongzhi.demo.town_shapes import Spot, curve, ellipse, polygons_in, put, ring_of, rounded

EAST, NORTH = 3550.0, 2750.0  # half the extent of the drawing, metres

# Streets that run north (x at y=0) and east (y at x=0); those without a column or row of the
# district between them only continue the drawing beyond its border.
RUN_NORTH = [-3500, -2830, -2150, -1470, -800, -90, 640, 1330, 2050, 2760, 3460]
RUN_EAST = [-2660, -2080, -1480, -900, -310, 300, 1230, 1820, 2420]
NORTH_NAMES = ["西岭路", "石塘路", "听松路", "柳溪路", "翠微路", "望湖大道", "云谷路", "梧桐路",
               "芙蓉路", "东冈路", "星桥路"]  # fmt: skip
EAST_NAMES = [
    "南畈路",
    "南关路",
    "南浦路",
    "问津路",
    "文澜路",
    "澄江路",
    "采荷路",
    "北苑路",
    "北辰路",
]
WEST_END, EAST_END = 2, 8  # the district lies between these streets of RUN_NORTH …
SOUTH_END, NORTH_END = 2, 7  # … and these of RUN_EAST
GREAT = {"望湖大道", "文澜路"}

WIDTH = {"express": 34.0, "trunk": 42.0, "major": 32.0, "minor": 19.0, "lane": 11.0, "path": 3.0}
LANE_WORDS = [
    "柳荫", "桂香", "银杏", "丹枫", "听雨", "映月", "竹影", "杏花", "荷风", "兰亭", "松涛",
    "晴川", "书香", "知春", "含笑", "海棠", "紫藤", "芳草", "清溪", "石榴", "白鹭", "青枫",
    "晓月", "麦田", "长乐", "永安", "同心", "和顺", "广济", "崇文", "尚德", "思贤", "春晖",
    "秋实", "东篱", "西园", "南塘", "北塔", "古井", "新桥", "槐树", "木兰", "蔷薇", "茉莉",
    "腊梅", "香樟", "金穗", "银河", "朝阳", "晚枫",
]  # fmt: skip

BANK = 107.0  # metres from the middle of the river to the inner kerb of the river roads
PLAZA_AT, PLAZA_RADIUS = (-90.0, -310.0), 78.0
LAKE = rounded([(-1990, -520), (-1740, -470), (-1590, -640), (-1640, -900), (-1600, -1130),
                (-1790, -1320), (-2010, -1290), (-2060, -1060), (-1950, -860)], 3)  # fmt: skip
RING_AT, RING_SIZE = (
    (1000.0, -10.0),
    (1010.0, 900.0),
)  # the curved street around the business quarter


@dataclass(frozen=True)
class Street:
    """A street by its middle line."""

    line: LineString
    rank: str  # a key of WIDTH
    name: str = ""


@dataclass(frozen=True)
class Face:
    """A piece of land between middle lines of streets; together they cover the drawing."""

    outline: Polygon
    column: int  # counted from the west end of the district, 0 to 5 inside
    row: int
    beyond_river: bool  # north of it

    @cached_property
    def spot(self) -> Point:
        """A point inside."""
        return self.outline.representative_point()

    @property
    def in_district(self) -> bool:
        """Whether the face belongs to the district and not to its surroundings."""
        return 0 <= self.column < EAST_END - WEST_END and 0 <= self.row < NORTH_END - SOUTH_END


@dataclass
class Plan:
    """What is laid out before anything is built."""

    streets: list[Street]
    river: Polygon
    banks: BaseGeometry
    lake: Polygon
    lake_park: Polygon
    plaza: Polygon
    faces: list[Face] = field(default_factory=list)


def street_x(index: int, y: float) -> float:
    """Where street `index` of those running north is at height y."""
    bend = 44 * math.sin(y / 640 + index * 1.7) + 10 * math.sin(y / 240 + index)
    return RUN_NORTH[index] + bend * (0.35 if NORTH_NAMES[index] in GREAT else 1)


def street_y(index: int, x: float) -> float:
    """Where street `index` of those running east is at x."""
    bend = 46 * math.sin(x / 830 + index * 2.1) + 9 * math.sin(x / 300 + index)
    return RUN_EAST[index] + bend * (0.3 if EAST_NAMES[index] in GREAT else 1)


def river_y(x: float) -> float:
    """The middle of the river at x."""
    return 765 + 150 * math.sin(x / 880 + 0.9) + 45 * math.sin(x / 390)


def lay_out(rng: Random) -> Plan:
    """River, lake and all streets; then the faces between them."""
    plaza = put(ellipse(2 * PLAZA_RADIUS, 2 * PLAZA_RADIUS, 32), PLAZA_AT, 0)
    park = rounded(ring_of(LAKE.convex_hull.buffer(62, quad_segs=3)), 2)
    middle = LineString(curve(river_y, -EAST, EAST, 55))
    half = [(x, 56 + 14 * math.sin(x / 410)) for x, _ in middle.coords]
    river = Polygon([*((x, river_y(x) + h) for x, h in half),
                     *((x, river_y(x) - h) for x, h in reversed(half))])  # fmt: skip
    sheet = shapely.box(-EAST, -NORTH, EAST, NORTH)
    banks = middle.buffer(BANK, cap_style="flat").difference(river).intersection(sheet)
    plan = Plan([], polygons_in(river.intersection(sheet))[0], banks, LAKE, park, plaza)
    hole = unary_union([plaza, park])
    spared = unary_union([hole, middle.buffer(110)])
    plan.streets = [*_main_streets(hole), *_curved_streets(middle, park, plaza)]
    edge = LineString([(-EAST, -NORTH), (EAST, -NORTH), (EAST, NORTH), (-EAST, NORTH),
                       (-EAST, -NORTH)])  # fmt: skip
    frame = [edge, middle, *(street.line for street in plan.streets)]
    for cell in _faces(frame):
        if not spared.contains(cell.representative_point()):
            plan.streets += _divided(cell, rng, depth=0, inside=_face(cell).in_district)
    _name_lanes(plan, rng)
    every = [edge, middle, *(street.line for street in plan.streets)]
    plan.faces = [_face(outline) for outline in _faces(every)]
    dry = unary_union([river, LAKE])
    plan.streets = [
        Street(part, street.rank, street.name)
        for street in plan.streets
        for part in _dry_parts(street, dry)
    ]
    plan.streets.append(_expressway())
    return plan


def _main_streets(hole: BaseGeometry) -> list[Street]:
    """The streets that run through, with the gap that plaza and park make."""
    lines: list[tuple[str, list[Spot]]] = []
    for index, name in enumerate(NORTH_NAMES):
        bend = _north_bend(index)
        lines.append((name, [(x, y) for y, x in curve(bend, -NORTH - 5, NORTH + 5, 75)]))
    for index, name in enumerate(EAST_NAMES):
        lines.append((name, curve(_east_bend(index), -EAST - 5, EAST + 5, 75)))
    # A diagonal through the plaza, from crossing to crossing.
    start = (street_x(4, street_y(3, RUN_NORTH[4])), street_y(3, RUN_NORTH[4]))
    end = (street_x(6, street_y(5, RUN_NORTH[6])), street_y(5, RUN_NORTH[6]))
    lines.append(("书院路", [start, PLAZA_AT, end]))
    return [
        Street(part, "trunk" if name in GREAT else "major", name)
        for name, spots in lines
        for part in _parts(LineString(spots).difference(hole))
    ]


def _north_bend(index: int) -> Callable[[float], float]:
    return lambda y: street_x(index, y)


def _east_bend(index: int) -> Callable[[float], float]:
    return lambda x: street_y(index, x)


def _curved_streets(middle: LineString, park: Polygon, plaza: Polygon) -> list[Street]:
    """The two river roads and the rings around lake, plaza and business quarter."""
    ring = put(ellipse(*RING_SIZE, corners=48), RING_AT, 0)
    return [
        Street(LineString(ring.exterior.coords), "minor", "云谷环路"),
        *(Street(line, "minor", "滨河北路") for line in _parts(middle.offset_curve(118))),
        *(Street(line, "minor", "滨河南路") for line in _parts(middle.offset_curve(-118))),
        Street(LineString(park.exterior.coords), "minor", "环湖路"),
        Street(LineString(plaza.exterior.coords), "trunk", ""),
    ]


def _expressway() -> Street:
    """An elevated road south of the district; it crosses over everything and divides nothing."""
    spots = curve(lambda x: -1840 + 90 * math.sin(x / 1500 + 0.4), -EAST, EAST, 110)
    return Street(LineString(spots), "express", "环湖高架")


def _divided(cell: Polygon, rng: Random, *, depth: int, inside: bool) -> list[Street]:
    """Smaller streets that cut the cell across its long side until the pieces are blocks."""
    most = rng.uniform(62_000, 98_000) if inside else rng.uniform(120_000, 190_000)
    box = ring_of(shapely.oriented_envelope(cell))
    (ax, ay), (bx, by), (cx, cy) = box[:3]
    long, short = math.dist(box[0], box[1]), math.dist(box[1], box[2])
    if long < short:
        (ax, ay), (bx, by), (cx, cy) = (bx, by), (cx, cy), (ax, ay)
        long, short = short, long
        cx, cy = bx + (cx - ax), by + (cy - ay)
    if cell.area < most or long < 260 or cell.area < 0.45 * long * short:
        return []
    ux, uy = (bx - ax) / long, (by - ay) / long
    middle = cell.centroid
    shift = rng.uniform(-0.09, 0.09) * long
    x, y = middle.x + ux * shift, middle.y + uy * shift
    lean = rng.uniform(-0.05, 0.05)
    vx, vy = -uy + ux * lean, ux + uy * lean
    cut = LineString([(x - vx * long, y - vy * long), (x + vx * long, y + vy * long)])
    inner = [part for part in _parts(cut.intersection(cell.buffer(0.3))) if part.length > 60]
    pieces = _faces([cell.exterior, *cell.interiors, *inner])
    pieces = [piece for piece in pieces if cell.contains(piece.representative_point())]
    if len(pieces) < 2:
        return []
    rank = "minor" if depth == 0 else "lane"
    found = [Street(part, rank) for part in inner]
    for piece in pieces:
        found += _divided(piece, rng, depth=depth + 1, inside=inside)
    return found


def _faces(lines: Iterable[BaseGeometry]) -> list[Polygon]:
    """The faces between the lines, on a centimetre grid, in an order that is always the same."""
    net = shapely.set_precision(unary_union(list(lines)), 0.01)
    faces = [face for face in polygonize(net) if face.area > 5]
    return sorted(faces, key=lambda face: (round(face.centroid.y), round(face.centroid.x)))


def _face(outline: Polygon) -> Face:
    """The face with its column and row, told by which streets lie west and south of it."""
    spot = outline.representative_point()
    west = sum(street_x(i, spot.y) < spot.x for i in range(len(RUN_NORTH)))
    south = sum(street_y(i, spot.x) < spot.y for i in range(len(RUN_EAST)))
    beyond = spot.y > river_y(spot.x)
    return Face(outline, west - 1 - WEST_END, south - 1 - SOUTH_END, beyond)


def _parts(shape: BaseGeometry) -> list[LineString]:
    """The lines of a line or a collection."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [part for part in parts if isinstance(part, LineString) and part.length > 1]


def _dry_parts(street: Street, water: BaseGeometry) -> list[LineString]:
    """Small streets end at the water; the others cross on bridges."""
    if street.rank in {"trunk", "major"} or not street.line.intersects(water):
        return [street.line]
    return [part for part in _parts(street.line.difference(water.buffer(20))) if part.length > 30]


def _name_lanes(plan: Plan, rng: Random) -> None:
    """Give the longer small streets of the district names that occur once."""
    names = [f"{word}{kind}" for kind in ("街", "巷") for word in LANE_WORDS]
    rng.shuffle(names)
    longest = sorted(
        (s for s in plan.streets if not s.name and s.rank in {"minor", "lane"}),
        key=lambda s: (-round(s.line.length), round(s.line.centroid.x), round(s.line.centroid.y)),
    )
    named = {id(street): name for street, name in zip(longest, names, strict=False)}
    plan.streets = [Street(s.line, s.rank, named.get(id(s), s.name)) for s in plan.streets]


def road_land(plan: Plan) -> tuple[shapely.STRtree, list[Polygon]]:
    """The land that streets take, as a tree over one polygon per street."""
    taken = [
        street.line.buffer(WIDTH[street.rank] / 2 + 3, cap_style="flat", quad_segs=3)
        for street in plan.streets
        if street.rank != "express"
    ]
    return shapely.STRtree(taken), taken


def blocks_of(
    face: Face, plan: Plan, roads: tuple[shapely.STRtree, list[Polygon]]
) -> list[Polygon]:
    """What is left of a face to build on, corners rounded, largest first."""
    tree, taken = roads
    near = [taken[i] for i in tree.query(face.outline)]
    wet = [plan.banks, plan.river, plan.lake_park, plan.plaza]
    land = face.outline.difference(unary_union([*near, *wet]))
    soft = land.buffer(-9, join_style="mitre").buffer(9, quad_segs=2)
    return polygons_in(soft, least=1500)
