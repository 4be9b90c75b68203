"""The buildings on each block of the demo town, in rows that face south as they do in life."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gongzhi.demo.town_shapes import (
    Spot,
    cross,
    ellipse,
    horseshoe,
    notched,
    oblong,
    polygons_in,
    put,
    ring_of,
    ring_track,
    tilt,
)
from gongzhi.demo.town_uses import Block

STOREY = 3.0  # metres
DISTRICT_BOX = shapely.box(-2150, -1480, 2050, 1820)
FADE = 560.0  # metres around the district in which surroundings have buildings
HOUSING = {"old", "dormitory", "resettlement", "mid", "tower", "villa"}


@dataclass(frozen=True)
class Style:
    """How buildings of one use stand: plan, size in metres, distances, storeys."""

    widths: tuple[float, ...]
    depth: float
    gap: float
    pitch: float  # from row to row
    storeys: tuple[int, ...]
    plan: str = "oblong"
    stairwells: float = 0  # metres of front per stairwell; 0 for one stairwell


STYLES = {
    "old": Style((44, 54, 60), 11.5, 9, 24.5, (5, 6, 6, 6), stairwells=16),
    "dormitory": Style((42, 50), 11, 8, 23, (3, 4, 5, 6), stairwells=17),
    "resettlement": Style((46, 52), 12.5, 11, 29, (7, 7, 11, 11), stairwells=18),
    "mid": Style((34, 40), 14, 12, 35, (9, 11, 11, 14, 18), stairwells=22),
    "tower": Style((28, 32), 19, 19, 47, (18, 24, 26, 30, 33), "notched"),
    "villa": Style((16, 19, 26), 12, 10, 27, (2, 3, 3)),
    "shop": Style((62, 84), 44, 18, 64, (2, 3, 4, 5)),
    "market": Style((70, 88), 36, 16, 52, (2, 2, 3)),
    "work": Style((50, 56), 38, 24, 66, (16, 22, 28, 34, 40, 48), "podium"),
    "civic": Style((56, 66), 22, 24, 54, (3, 4, 5, 8)),
    "health": Style((58, 70), 24, 22, 50, (4, 6, 10, 14)),
    "plant": Style((84, 104), 42, 14, 58, (3, 3, 4)),
}
MOST = {"civic": 3, "health": 4, "market": 4}


@dataclass
class House:
    """One building."""

    outline: Polygon
    storeys: int
    use: str
    stairwells: int = 0  # only homes have them
    number: str = ""  # "3栋", given when the estates are named

    @property
    def height(self) -> float:
        """Metres above the street."""
        return self.storeys * STOREY + (1 if self.stairwells else 1.5)


@dataclass
class Built:
    """What stands on one block."""

    houses: list[House] = field(default_factory=list)
    green: list[tuple[str, Polygon]] = field(default_factory=list)  # (kind, outline)
    water: list[Polygon] = field(default_factory=list)
    paths: list[LineString] = field(default_factory=list)


def build(block: Block, streets: BaseGeometry, rng: Random) -> Built:
    """Fill the block according to its use; `streets` are the lines of the larger streets."""
    if block.use == "green":
        return _park(block)
    if block.community is None and block.spot.distance(DISTRICT_BOX) > FADE:
        return Built()
    if block.use == "school":
        return _school(block, rng)
    if block.use == "stadium":
        return _stadium(block)
    if block.use in HOUSING:
        return _estate(block, streets, rng)
    return _rows_of(block, rng)


def _park(block: Block) -> Built:
    """Trees all over; in a large one a pond."""
    built = Built(green=[("park", block.outline)])
    inner = block.outline.buffer(-30)
    if inner.area > 12_000:
        size = math.sqrt(inner.area)
        at = inner.centroid
        pond = put(ellipse(size * 0.62, size * 0.4), (at.x, at.y), 0.5)
        built.water.append(pond)
        if block.community is not None:
            built.paths += _walks(block.outline, pond)
    return built


def _walks(park: Polygon, pond: Polygon) -> list[LineString]:
    """A walk around the park, one around the pond, and four that join them."""
    outer = polygons_in(park.buffer(-14).buffer(-12).buffer(12, quad_segs=4))
    if not outer:
        return []
    around, shore = outer[0].exterior, pond.buffer(9, quad_segs=2).exterior
    walks = [LineString(ring.simplify(0.6).coords) for ring in (around, shore)]
    for share in (0.1, 0.35, 0.6, 0.85):
        start = shore.interpolate(share, normalized=True)
        end = around.interpolate(around.project(start))
        walks.append(LineString([start, end]))
    return walks


def _estate(block: Block, streets: BaseGeometry, rng: Random) -> Built:
    """Homes in rows around a garden, with shops along the larger street."""
    built = Built()
    style = STYLES[block.use]
    inner: BaseGeometry = block.outline.buffer(-8)
    if block.use != "villa" and block.community is not None:
        shops = _frontage(block.outline, streets, rng)
        built.houses += shops
        inner = inner.difference(shapely.union_all([s.outline.buffer(11) for s in shops]))
    if block.outline.area > 34_000:
        size = math.sqrt(block.outline.area)
        middle = block.outline.centroid
        garden = put(
            ellipse(size * 0.27, size * 0.16, 12), (middle.x, middle.y), tilt(block.outline)
        )
        built.green.append(("garden", garden))
        inner = inner.difference(garden.buffer(2))
    every = 0.5 if block.community is None else 0.985  # surroundings are only hinted at
    for part in polygons_in(inner, least=500):
        angle = _angle_of(block)
        for at, width in rows(part, angle, style, rng):
            if rng.random() < every:
                built.houses.append(_home(block.use, style, at, width, angle, rng))
    return built


def _home(use: str, style: Style, at: Spot, width: float, angle: float, rng: Random) -> House:
    corners = oblong(width, style.depth)
    if style.plan == "notched":
        corners = rng.choice([notched, notched, cross])(width, style.depth + 2)
    count = max(1, round(width / style.stairwells)) if style.stairwells else 1
    return House(put(corners, at, angle), rng.choice(style.storeys), use, count)


def _rows_of(block: Block, rng: Random) -> Built:
    """Larger buildings: shops, offices, halls; little of the ground is left over."""
    built = Built()
    style = STYLES[block.use]
    angle = _angle_of(block)
    for part in polygons_in(block.outline.buffer(-11), least=700):
        for at, width in rows(part, angle, style, rng):
            if len(built.houses) < MOST.get(block.use, 99) and rng.random() < 0.93:
                built.houses += _hall(block.use, style, at, width, angle, rng)
    if block.use == "civic" and block.outline.area > 15_000:
        taken = shapely.union_all([house.outline.buffer(12) for house in built.houses])
        lawn = block.outline.buffer(-9).difference(taken).buffer(-7).buffer(7, quad_segs=2)
        built.green += [("garden", part) for part in polygons_in(lawn, least=900)[:2]]
    return built


def _hall(use: str, style: Style, at: Spot, width: float, angle: float, rng: Random) -> list[House]:
    storeys = rng.choice(style.storeys)
    whole = put(oblong(width, style.depth), at, angle)
    if style.plan != "podium":
        if use == "civic" and storeys > 3 and rng.random() < 0.5:
            whole = put(horseshoe(width, style.depth + 12, 14), at, angle)
        return [House(whole, storeys, use)]
    tower = put(oblong(width * 0.56, style.depth * 0.74), at, angle)
    return [House(whole, rng.choice([3, 4, 5]), use), House(tower, storeys, use)]


def _angle_of(block: Block) -> float:
    """How rows on the block are turned: with its sides, unless it lies across the others."""
    angle = tilt(block.outline)
    return angle if abs(angle) < 0.4 else 0.0


def _school(block: Block, rng: Random) -> Built:
    """A running track on one side, horseshoes and a gymnasium on the other."""
    built = Built()
    angle = _angle_of(block)
    inner: BaseGeometry = block.outline.buffer(-12)
    track = _track(inner, angle)
    if inner.contains(track):
        built.green.append(("track", track))
        built.green.append(("pitch", polygons_in(track.buffer(-9))[0]))
        inner = inner.difference(track.buffer(12))
    style = Style((48, 54), 34, 18, 56, (4, 5, 5))
    for part in polygons_in(inner, least=1500)[:1]:
        for at, width in rows(part, angle, style, rng):
            if len(built.houses) < 5:
                plan = horseshoe(width, 36, 11) if len(built.houses) % 2 == 0 else oblong(width, 15)
                built.houses.append(House(put(plan, at, angle), rng.choice(style.storeys), "civic"))
    return built


def _track(land: BaseGeometry, angle: float) -> Polygon:
    """A running track along the eastern side of wide land, the southern side of deep land."""
    level = affinity.rotate(land, -angle, (0, 0), use_radians=True)
    left, low, right, high = level.bounds
    if right - left > high - low:
        length = min(150.0, (high - low) * 0.8)
        at, turn = (right - length * 0.29, (low + high) / 2), math.pi / 2
    else:
        length = min(150.0, (right - left) * 0.85)
        at, turn = ((left + right) / 2, low + length * 0.29), 0.0
    return put(ring_track(length, length * 0.52), _turned(at, angle), angle + turn)


def _stadium(block: Block) -> Built:
    """An oval stand around a field."""
    at = block.outline.centroid
    size = min(190.0, math.sqrt(block.outline.area) * 0.72)
    outer = put(ellipse(size, size * 0.78, 28), (at.x, at.y), 0.2)
    field_ = put(ellipse(size * 0.66, size * 0.46, 24), (at.x, at.y), 0.2)
    stand = polygons_in(outer.difference(field_))[0]
    built = Built(houses=[House(stand, 8, "civic")])
    built.green = [("garden", block.outline.buffer(-14)), ("pitch", field_)]
    return built


def _frontage(block: Polygon, streets: BaseGeometry, rng: Random) -> list[House]:
    """Two-storey shops along the longest side that faces a larger street."""
    corners = ring_of(block.simplify(6))
    sides = [
        (a, b)
        for a, b in pairwise([*corners, corners[0]])
        if math.dist(a, b) > 95 and LineString([a, b]).distance(streets) < 32
    ]
    if not sides or rng.random() < 0.25:
        return []
    (ax, ay), (bx, by) = max(sides, key=lambda side: math.dist(*side))
    length = math.dist((ax, ay), (bx, by))
    ux, uy = (bx - ax) / length, (by - ay) / length
    inside = 1 if Polygon(corners).exterior.is_ccw else -1
    shops, done = [], 16.0
    while done < length - 50:
        front = min(rng.uniform(36, 72), length - 16 - done)
        along, in_ = done + front / 2, 11.0 * inside
        at = (ax + ux * along - uy * in_, ay + uy * along + ux * in_)
        outline = put(oblong(front, 12), at, math.atan2(uy, ux))
        if block.contains(outline):
            shops.append(House(outline, rng.choice([2, 2, 3]), "shop"))
        done += front + 9
    return shops


def rows(land: Polygon, angle: float, style: Style, rng: Random) -> Iterator[tuple[Spot, float]]:
    """Where buildings fit on the land: (middle, width), in rows from north to south."""
    level = affinity.rotate(land, -angle, (0, 0), use_radians=True)
    shapely.prepare(level)
    left, low, right, high = level.bounds
    depth = style.depth
    room = high - low - depth - 2
    if room < 0:
        return
    count = int(room // style.pitch) + 1
    pitch = min(room / (count - 1), style.pitch * 1.3) if count > 1 else 0.0
    top = (low + high) / 2 + pitch * (count - 1) / 2
    for row in range(count):
        y = top - row * pitch
        width = rng.choice(style.widths)
        strip = shapely.box(left - 1, y - depth / 2, right + 1, y + depth / 2)
        for start, end in _free_spans(level, strip, y, depth):
            for x in _spread(start, end, width, style.gap):
                if level.contains(put(oblong(width, depth), (x, y), 0)):
                    yield _turned((x, y), angle), width


def _free_spans(
    land: Polygon, strip: Polygon, y: float, depth: float
) -> Sequence[tuple[float, float]]:
    """The stretches of a row on which both the front and the back line lie on the land."""
    left, _, right, _ = strip.bounds
    front = LineString([(left, y - depth / 2), (right, y - depth / 2)]).intersection(land)
    back = LineString([(left, y + depth / 2), (right, y + depth / 2)]).intersection(land)
    spans = []
    for a in _spans(front):
        for b in _spans(back):
            start, end = max(a[0], b[0]), min(a[1], b[1])
            if end > start:
                spans.append((start, end))
    return sorted(spans)


def _spans(line: BaseGeometry) -> list[tuple[float, float]]:
    parts = line.geoms if hasattr(line, "geoms") else [line]
    return [(p.bounds[0], p.bounds[2]) for p in parts if p.length > 0]


def _spread(start: float, end: float, width: float, gap: float) -> list[float]:
    """Middles of as many buildings as fit, a little further apart where there is room."""
    count = int((end - start + gap) // (width + gap))
    if count < 1:
        return []
    spare = (end - start) - count * width - (count - 1) * gap
    wide = gap + (min(spare / (count - 1), gap * 0.7) if count > 1 else 0)
    first = (start + end) / 2 - (count - 1) * (width + wide) / 2
    return [first + i * (width + wide) for i in range(count)]


def _turned(spot: Spot, angle: float) -> Spot:
    point = affinity.rotate(Point(spot), angle, (0, 0), use_radians=True)
    return point.x, point.y
