"""The faces of a community joined to grids: connected, compact, with a like share of the land."""

import heapq
import math
from collections.abc import Sequence
from random import Random

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gongzhi.demo.town_streets import Face

TRIES = 14  # seeds are drawn anew this often; the best division is kept
SHARED = 25.0  # metres of common border that make two faces neighbours

Division = list[list[int]]  # for each grid the places of its faces


class Land:
    """The faces of one community, reduced to the numbers that dividing them needs."""

    def __init__(self, faces: Sequence[Face], water: BaseGeometry) -> None:
        """Measure dry land, outlines and common borders once."""
        outlines = [face.outline for face in faces]
        self.dry = [o.difference(water).area + 0.15 * o.intersection(water).area for o in outlines]
        self.area = [o.area for o in outlines]
        self.length = [o.length for o in outlines]
        self.spots = [(face.spot.x, face.spot.y) for face in faces]
        self.shared = _borders(outlines)

    def badness(self, grid: Sequence[int], fair: float) -> float:
        """How far a grid is from a square with a fair share of the land; 0 is best."""
        if not grid:
            return 100.0
        members = set(grid)
        inner = sum(b for i in grid for j, b in self.shared[i].items() if j in members)
        outline = sum(self.length[i] for i in grid) - inner
        ragged = outline**2 / (16 * sum(self.area[i] for i in grid)) - 1
        return 4 * (sum(self.dry[i] for i in grid) / fair - 1) ** 2 + ragged

    def connected(self, grid: Sequence[int]) -> bool:
        """Whether one can walk from each face to each other without leaving the grid."""
        if not grid:
            return False
        members, reached, edge = set(grid), {grid[0]}, [grid[0]]
        while edge:
            step = [j for j in self.shared[edge.pop()] if j in members and j not in reached]
            reached.update(step)
            edge += step
        return reached == members

    def middle(self, grid: Sequence[int]) -> tuple[float, float]:
        """The mean of its faces' spots, by area."""
        total = sum(self.area[i] for i in grid)
        x = sum(self.spots[i][0] * self.area[i] for i in grid) / total
        y = sum(self.spots[i][1] * self.area[i] for i in grid) / total
        return x, y


def _borders(outlines: list[Polygon]) -> list[dict[int, float]]:
    """For each face the neighbours with the length of the common border.

    Borders that are too short to walk across do not count, unless a face has no longer one.
    """
    shared: list[dict[int, float]] = [{} for _ in outlines]
    tree = shapely.STRtree(outlines)
    for i, j in tree.query(outlines, predicate="touches").T.tolist():
        shared[i][j] = shapely.intersection(outlines[i].exterior, outlines[j].exterior).length
    kept: list[dict[int, float]] = [{} for _ in outlines]
    for i, borders in enumerate(shared):
        longest = max(borders.values(), default=0.0)
        for j, border in borders.items():
            if border >= min(SHARED, longest) > 0:
                kept[i][j] = kept[j][i] = border
    return kept


def grids_of(faces: Sequence[Face], count: int, water: BaseGeometry, rng: Random) -> Division:
    """The places in `faces` of each of `count` grids, northern grids first."""
    land = Land(faces, water)
    fair = sum(land.dry) / count
    best: Division = []
    least = math.inf
    for _try in range(TRIES):
        division = _evened(land, _grown(land, count, fair, rng), fair)
        badness = sum(land.badness(grid, fair) for grid in division)
        if badness < least:
            best, least = division, badness
    if sum(len(grid) for grid in best) != len(faces):
        raise ValueError("a face touches no other face of its community")
    return sorted(best, key=lambda grid: _reading_order(land.middle(grid)))


def outline(faces: Sequence[Face], places: Sequence[int]) -> Polygon:
    """The faces as one polygon, with every corner kept so that neighbours meet exactly."""
    joined = shapely.coverage_union_all([faces[i].outline for i in places])
    if not isinstance(joined, Polygon):
        raise ValueError("faces of an area are not connected")
    return joined


def _grown(land: Land, count: int, fair: float, rng: Random) -> Division:
    """Grow grids from drawn faces, nearest face first; each is connected because it grows."""
    grids: Division = [[] for _ in range(count)]
    owned: set[int] = set()
    size = [0.0] * count
    queue = [(-1.0, place, i) for i, place in enumerate(rng.sample(range(len(land.area)), count))]
    seeds = [land.spots[place] for _, place, _ in queue]
    heapq.heapify(queue)
    while queue:
        _cost, place, grid = heapq.heappop(queue)
        if place in owned:
            continue
        owned.add(place)
        grids[grid].append(place)
        size[grid] += land.dry[place]
        for near in land.shared[place]:
            away = math.dist(land.spots[near], seeds[grid])
            heapq.heappush(queue, (away * (0.4 + size[grid] / fair), near, grid))
    return grids


def _evened(land: Land, division: Division, fair: float) -> Division:
    """Hand single faces to a neighbouring grid as long as the two together become better."""
    owner = {place: i for i, grid in enumerate(division) for place in grid}
    for _round in range(30):
        before = dict(owner)
        for place in sorted(owner):
            home = owner[place]
            for other in sorted({owner[near] for near in land.shared[place]} - {home}):
                if _is_better(land, owner, place, other, fair):
                    owner[place] = other
                    break
        if owner == before:
            break
    return [[p for p in sorted(owner) if owner[p] == i] for i in range(len(division))]


def _is_better(land: Land, owner: dict[int, int], place: int, other: int, fair: float) -> bool:
    """Whether both grids together gain when `place` goes to the grid `other`."""
    home = [p for p in owner if owner[p] == owner[place]]
    there = [p for p in owner if owner[p] == other]
    left = [p for p in home if p != place]
    now = land.badness(home, fair) + land.badness(there, fair)
    then = land.badness(left, fair) + land.badness([*there, place], fair)
    return then < now - 1e-9 and land.connected(left)


def _reading_order(middle: tuple[float, float]) -> tuple[int, float]:
    """From north to south in bands, from west to east within one."""
    return round(-middle[1] / 520), middle[0]
