"""From a position to the area that holds it, with all polygons in memory; safe in many threads.

A grid wins over anything higher, among overlapping grids the smallest one, and on a border between
two the one with the lower code, so that the same spot is always the same grid.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from django.db.models import Count, Max
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gongzhi.places.models import Area
from gongzhi.places.words import Level

RECHECK_SECONDS = 5.0  # how long another process may see the polygons of before a change
HAIRLINE = 0.000005  # degrees, half a metre: gaps between grids drawn by hand are closed so far

DEPTH = {level: depth for depth, level in enumerate(Level)}
Version = tuple[int, datetime | None]


@dataclass(frozen=True)
class Outline:
    """One area with a polygon, as the atlas needs it."""

    pk: int
    code: str
    level: str
    polygon: BaseGeometry


class Atlas:
    """An unchangeable set of outlines that answers which one holds a position."""

    def __init__(self, outlines: Iterable[Outline]) -> None:
        """Sort once by preference; the place in the list is the rank from then on."""
        self.outlines = sorted(
            outlines, key=lambda o: (-DEPTH[Level(o.level)], o.polygon.area, o.code)
        )
        self.polygons = [outline.polygon for outline in self.outlines]
        self.by_code = self._ranks_by_code()
        self.grids = sum(outline.level == Level.GRID for outline in self.outlines)
        self.has_districts = any(outline.level == Level.DISTRICT for outline in self.outlines)
        self.rows: dict[int, Area] = {}  # what was read of these areas, by pk; to be read only
        shapely.prepare(self.polygons)
        self._all = shapely.STRtree(self.polygons)
        self._grids = shapely.STRtree(self.polygons[: self.grids])
        for tree in (self._all, self._grids):  # built at its first question: ask before sharing it
            tree.query(shapely.Point(0, 0))

    def _ranks_by_code(self) -> list[int]:
        """For each rank its place in the order of levels and codes, for points on borders."""
        order = sorted(
            range(len(self.outlines)),
            key=lambda i: (-DEPTH[Level(self.outlines[i].level)], self.outlines[i].code),
        )
        places = [0] * len(order)
        for place, rank in enumerate(order):
            places[rank] = place
        return places

    def locate(self, lng: float, lat: float) -> int | None:
        """The pk of the grid, else of the lowest and smallest area, that holds the position."""
        point = shapely.Point(lng, lat)
        rank = self._first(self._grids.query(point).tolist(), lng, lat)
        if rank is None:
            rank = self._first(self._all.query(point).tolist(), lng, lat)
            if rank is not None and rank >= self.grids:
                rank = self._across_a_hairline(point, rank)
        return None if rank is None else self.outlines[rank].pk

    def _first(self, ranks: Sequence[int], lng: float, lat: float) -> int | None:
        """The best of the candidates: inside before on the border, then by rank or by code."""
        if len(ranks) > 1:
            ranks = sorted(ranks)
        on_border: list[int] = []
        for rank in ranks:
            polygon = self.polygons[rank]
            if on_border and self._levels_differ(on_border[0], rank):
                break  # the border of a grid comes before the inside of its community
            if shapely.contains_xy(polygon, lng, lat):
                return rank
            if shapely.intersects_xy(polygon, lng, lat):
                on_border.append(rank)
        return min(on_border, key=self.by_code.__getitem__) if on_border else None

    def _levels_differ(self, one: int, other: int) -> bool:
        return self.outlines[one].level != self.outlines[other].level

    def _across_a_hairline(self, point: BaseGeometry, rank: int) -> int:
        """The nearest grid when one is half a metre away inside the same area, else `rank`."""
        near = self._grids.query(point, predicate="dwithin", distance=HAIRLINE).tolist()
        return min(near, key=self.by_code.__getitem__) if near else rank

    def locate_many(self, points: Sequence[tuple[float, float]]) -> list[int | None]:
        """The same answer as `locate` for each (lng, lat), asked of the tree at once."""
        found: list[int | None] = [None] * len(points)
        if not points:
            return found
        where = np.asarray(points, dtype=float)
        hits = self._all.query(shapely.points(where), predicate="intersects").T.tolist()
        for index, group in groupby(sorted(hits), key=lambda hit: hit[0]):
            lng, lat = points[index]
            rank = self._first([rank for _, rank in group], lng, lat)
            if rank is not None and rank >= self.grids:
                rank = self._across_a_hairline(shapely.Point(lng, lat), rank)
            found[index] = None if rank is None else self.outlines[rank].pk
        return found

    def within_district(self, lng: float, lat: float) -> bool:
        """Whether a district (or, when none is drawn, any area) holds the position."""
        ranks = self._all.query(shapely.Point(lng, lat), predicate="intersects").tolist()
        if not self.has_districts:
            return bool(ranks) or not self.outlines
        return any(self.outlines[rank].level == Level.DISTRICT for rank in ranks)


class _Shelf:
    """Holds the current atlas of this process and knows when to look for a newer one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.atlas: Atlas | None = None
        self.version: Version = (0, None)
        self.look_again_at = 0.0

    def current(self) -> Atlas:
        """The atlas, read anew when areas were changed; one thread reads, the others wait."""
        atlas = self.atlas
        if atlas is not None and time.monotonic() < self.look_again_at:
            return atlas
        with self.lock:
            atlas = self.atlas
            if atlas is None or time.monotonic() >= self.look_again_at:
                version = areas_version()
                if atlas is None or version != self.version:
                    atlas = _read_atlas()
                self.atlas, self.version = atlas, version
                self.look_again_at = time.monotonic() + RECHECK_SECONDS
            return atlas

    def forget(self) -> None:
        """Drop the atlas, so that the next question reads the areas again."""
        with self.lock:
            self.atlas = None


_shelf = _Shelf()


def atlas() -> Atlas:
    """The outlines as they are now, at most `RECHECK_SECONDS` old."""
    return _shelf.current()


def forget() -> None:
    """To be called by whoever changes areas in this process (and between tests)."""
    _shelf.forget()


def locate(lng: float, lat: float) -> int | None:
    """The pk of the area that holds the WGS-84 position: its grid, else the lowest area known."""
    return _shelf.current().locate(lng, lat)


def locate_many(points: Sequence[tuple[float, float]]) -> list[int | None]:
    """`locate` for many (lng, lat) at once, in their order."""
    return _shelf.current().locate_many(points)


def within_district(lng: float, lat: float) -> bool:
    """Whether the position lies in the district served; True when no area has a polygon yet."""
    return _shelf.current().within_district(lng, lat)


def areas_version() -> Version:
    """A value that changes whenever an area is added, changed or removed; one query."""
    row = Area.objects.aggregate(count=Count("pk"), newest=Max("updated_at"))
    return row["count"], row["newest"]


def outline_of(geojson: dict[str, Any]) -> BaseGeometry:
    """The polygon of a GeoJSON geometry, repaired when its ring crosses itself."""
    polygon = shape(geojson)
    return polygon if polygon.is_valid else shapely.make_valid(polygon)


def _read_atlas() -> Atlas:
    rows = Area.objects.exclude(polygon=None).values_list("pk", "code", "level", "polygon")
    return Atlas(
        Outline(pk, code, level, outline_of(polygon))
        for pk, code, level, polygon in rows
        if polygon is not None
    )
