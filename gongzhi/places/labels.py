"""Names on the drawn map, set once per zoom so that they never overlap or break between tiles."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gongzhi.places.basemap import Basemap, current
from gongzhi.places.mercator import TILE, side

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the whole world
Cell = tuple[int, int]

# The lowest zoom at which a kind of place is named; the more public the earlier.
FIRST_ZOOM = {"park": 14, "hospital": 15, "service": 15, "sport": 15, "office": 15, "estate": 15,
              "school": 16, "market": 16, "police": 16, "fire": 16, "civic": 16}  # fmt: skip
IMPORTANCE = ["park", "service", "hospital", "office", "sport", "school", "market", "police",
              "fire", "civic", "estate"]  # fmt: skip
ROAD_ZOOM = {"express": 13, "trunk": 13, "major": 14, "minor": 16, "lane": 17}
EVERY = 620  # pixels between two names of the same street


@dataclass(frozen=True)
class Glyphs:
    """A piece of text at a place: its middle in world pixels, and the turn in degrees."""

    text: str
    x: float
    y: float
    turn: float = 0


@dataclass(frozen=True)
class Label:
    """A name: one piece of text, or one per character along a street."""

    kind: str  # a key of Palette.text
    size: float  # pixels
    glyphs: tuple[Glyphs, ...]
    dot: tuple[float, float] | None = None  # where the place itself is


def on_map(zoom: int) -> dict[Cell, list[Label]]:
    """The labels of each tile at this zoom, for the current base map."""
    basemap = current()
    return _on_map(basemap.version, zoom)


@lru_cache(maxsize=32)
def _on_map(version: str, zoom: int) -> dict[Cell, list[Label]]:
    """Set the labels in order of importance; a later one that would overlap is left out."""
    taken: dict[Cell, list[Box]] = defaultdict(list)
    cells: dict[Cell, list[Label]] = defaultdict(list)
    for label, box in _candidates(current(), zoom):
        touched = list(_cells(box))
        if any(_overlap(box, other) for cell in touched for other in taken[cell]):
            continue
        for cell in touched:
            taken[cell].append(box)
            cells[cell].append(label)
    return dict(cells)


def _candidates(basemap: Basemap, zoom: int) -> Iterator[tuple[Label, Box]]:
    yield from _waters(basemap, zoom)
    yield from _places(basemap, zoom)
    yield from _streets(basemap, zoom)
    if zoom >= 18:
        yield from _numbers(basemap, zoom)


def _places(basemap: Basemap, zoom: int) -> Iterator[tuple[Label, Box]]:
    """Public places with a dot, estates without."""
    layer = basemap.layers["poi"]
    order = {kind: rank for rank, kind in enumerate(IMPORTANCE)}
    named = [
        (order.get(facts.get("kind", ""), 99), place)
        for place, facts in enumerate(layer.facts)
        if facts.get("name") and zoom >= FIRST_ZOOM.get(facts.get("kind", ""), 17)
    ]
    for _rank, place in sorted(named):
        kind, name = layer.facts[place].get("kind", ""), str(layer.facts[place]["name"])
        x, y = _pixels(layer.shapes[place].centroid, zoom)
        size = 12.5 if kind == "estate" and zoom >= 16 else 11.5 + (zoom >= 17)
        if kind == "estate":
            yield _line(name, kind, size, x, y)
        else:
            label, (left, top, right, bottom) = _line(name, kind, size, x, y + size * 0.95)
            yield Label(kind, size, label.glyphs, (x, y)), (left, top - size, right, bottom)


def _waters(basemap: Basemap, zoom: int) -> Iterator[tuple[Label, Box]]:
    """Lakes in their middle, rivers every few hundred pixels along their length."""
    layer = basemap.layers["water"]
    for facts, shape in zip(layer.facts, layer.shapes, strict=True):
        name = str(facts.get("name") or "")
        if not name or zoom < 13:
            continue
        spaced = " ".join(name)
        left, _, right, _ = shape.bounds
        length = (right - left) * side(zoom)
        count = max(1, int(length // 700)) if facts.get("kind") == "river" else 1
        for i in range(count):
            spot = _across(shape, left + (right - left) * (i + 0.5) / count)
            if spot is not None:
                x, y = _pixels(spot, zoom)
                yield _line(spaced, "water", 12.5, x, y)


def _across(shape: BaseGeometry, x: float) -> BaseGeometry | None:
    """The middle of the shape where a north-south line at x crosses it."""
    _, low, _, high = shape.bounds
    cut = LineString([(x, low - 1e-6), (x, high + 1e-6)]).intersection(shape)
    return None if cut.is_empty else cut.centroid


def _numbers(basemap: Basemap, zoom: int) -> Iterator[tuple[Label, Box]]:
    """The numbers painted on buildings."""
    layer = basemap.layers["building"]
    for facts, shape in zip(layer.facts, layer.shapes, strict=True):
        if name := facts.get("name"):
            x, y = _pixels(shape.centroid, zoom)
            yield _line(str(name), "number", 10, x, y)


def _streets(basemap: Basemap, zoom: int) -> Iterator[tuple[Label, Box]]:
    """Names along streets, each character upright or turned with the street."""
    layer = basemap.layers["road"]
    longest = sorted(range(len(layer.shapes)), key=lambda i: -layer.shapes[i].length)
    for place in longest:
        facts, line = layer.facts[place], layer.shapes[place]
        name = str(facts.get("name") or "")
        if not name or zoom < ROAD_ZOOM.get(str(facts.get("cls")), 17):
            continue
        length = line.length * side(zoom)
        room = len(name) * 17 + 24
        count = max(1, int(length // EVERY)) if length > room else 0
        for i in range(count):
            yield _along(name, line, (i + 0.5) / count, zoom)


def _along(name: str, line: BaseGeometry, share: float, zoom: int) -> tuple[Label, Box]:
    """The characters of a name set around a point of the line, read from the left or the top."""
    size, world = 11.5, side(zoom)
    step = size * 1.25 / world
    middle = line.length * share
    ends = [line.interpolate(middle + shift * step * len(name) / 2) for shift in (-1, 1)]
    dx, dy = ends[1].x - ends[0].x, ends[1].y - ends[0].y
    steep = abs(dy) > abs(dx)
    way = 1 if (dy if steep else dx) >= 0 else -1
    turn = 0.0 if steep else math.degrees(math.atan(dy / dx))
    glyphs = []
    for i, character in enumerate(name):
        spot = line.interpolate(middle + way * (i - (len(name) - 1) / 2) * step)
        glyphs.append(Glyphs(character, spot.x * world, spot.y * world, round(turn, 1)))
    xs, ys = [g.x for g in glyphs], [g.y for g in glyphs]
    box = (min(xs) - size, min(ys) - size, max(xs) + size, max(ys) + size)
    return Label("road", size, tuple(glyphs)), box


def _line(text: str, kind: str, size: float, x: float, y: float) -> tuple[Label, Box]:
    """One line of text around (x, y)."""
    half = sum(size if ord(c) > 0x2E7F else size * 0.58 for c in text) / 2 + 4
    label = Label(kind, size, (Glyphs(text, x, y),))
    return label, (x - half, y - size * 0.8, x + half, y + size * 0.8)


def _pixels(spot: BaseGeometry, zoom: int) -> tuple[float, float]:
    return spot.centroid.x * side(zoom), spot.centroid.y * side(zoom)


def _cells(box: Box) -> Iterator[Cell]:
    left, top, right, bottom = (int(edge // TILE) for edge in box)
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            yield x, y


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
