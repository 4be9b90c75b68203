"""Plane geometry of the demo town: a frame in metres turned by six degrees, and a few outlines."""

import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

Spot = tuple[float, float]

ORIGIN = (117.3060, 31.7920)  # WGS-84: where (0, 0) of the frame lies
TURN = math.radians(6)
METRES_PER_DEGREE = (94_640.0, 110_874.0)  # at this latitude, east and north


def to_degrees(x: float, y: float, digits: int) -> list[float]:
    """Metres of the frame as [lng, lat]."""
    east = x * math.cos(TURN) - y * math.sin(TURN)
    north = x * math.sin(TURN) + y * math.cos(TURN)
    lng = ORIGIN[0] + east / METRES_PER_DEGREE[0]
    lat = ORIGIN[1] + north / METRES_PER_DEGREE[1]
    return [round(lng, digits), round(lat, digits)]


def to_geojson(shape: BaseGeometry, digits: int = 6) -> dict[str, Any]:
    """A point, line, polygon or collection of one kind as GeoJSON in degrees."""
    there = partial(_turned, digits=digits)
    found: dict[str, Any] = json.loads(shapely.to_geojson(shapely.transform(shape, there)))
    return found


def _turned(metres: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    return np.array([to_degrees(float(x), float(y), digits) for x, y in metres])


def curve(bend: Callable[[float], float], start: float, end: float, step: float) -> list[Spot]:
    """Spots (t, bend(t)) from start to end."""
    count = max(2, round((end - start) / step) + 1)
    return [(float(t), bend(float(t))) for t in np.linspace(start, end, count)]


def rounded(spots: Sequence[Spot], times: int) -> Polygon:
    """The polygon through these corners with each corner cut `times` times (Chaikin)."""
    ring = np.array(spots, dtype=float)
    for _turn in range(times):
        after = np.roll(ring, -1, axis=0)
        ring = np.stack([0.75 * ring + 0.25 * after, 0.25 * ring + 0.75 * after], axis=1)
        ring = ring.reshape(-1, 2)
    return Polygon(ring)


def put(corners: Sequence[Spot], at: Spot, angle: float) -> Polygon:
    """The outline turned by `angle` (radians) and moved to `at`."""
    cos, sin = math.cos(angle), math.sin(angle)
    return Polygon([(at[0] + x * cos - y * sin, at[1] + x * sin + y * cos) for x, y in corners])


def oblong(width: float, depth: float) -> list[Spot]:
    """A rectangle around (0, 0)."""
    w, d = width / 2, depth / 2
    return [(-w, -d), (w, -d), (w, d), (-w, d)]


def notched(width: float, depth: float) -> list[Spot]:
    """A tower's plan: a rectangle with a notch in the north, where stairs and lifts are."""
    w, d, n = width / 2, depth / 2, width / 8
    return [(-w, -d), (w, -d), (w, d), (n, d), (n, d * 0.45), (-n, d * 0.45), (-n, d), (-w, d)]


def cross(width: float, depth: float) -> list[Spot]:
    """A tower's plan with four wings."""
    w, d, a, b = width / 2, depth / 2, width / 4.5, depth / 4.5
    quarter = [(w, -b), (w, b), (a, b), (a, d)]
    return [*quarter, *((-x, y) for x, y in reversed(quarter)),
            *((-x, -y) for x, y in quarter), *((x, -y) for x, y in reversed(quarter))]  # fmt: skip


def horseshoe(width: float, depth: float, thick: float) -> list[Spot]:
    """Three wings around a yard that is open to the south, as schools are built."""
    w, d = width / 2, depth / 2
    return [(-w, -d), (-w + thick, -d), (-w + thick, d - thick), (w - thick, d - thick),
            (w - thick, -d), (w, -d), (w, d), (-w, d)]  # fmt: skip


def ring_track(length: float, width: float) -> list[Spot]:
    """A running track: two straights and two half circles."""
    r, straight = width / 2, (length - width) / 2
    turn = [math.radians(a) for a in range(-90, 91, 20)]
    east = [(straight + r * math.cos(a), r * math.sin(a)) for a in turn]
    return [*east, *((-x, -y) for x, y in east)]


def ellipse(width: float, depth: float, corners: int = 14) -> list[Spot]:
    """An ellipse around (0, 0)."""
    turn = [2 * math.pi * i / corners for i in range(corners)]
    return [(width / 2 * math.cos(a), depth / 2 * math.sin(a)) for a in turn]


def polygons_in(shape: BaseGeometry, least: float = 1.0) -> list[Polygon]:
    """The polygons of a geometry that are larger than `least` square metres, largest first."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    found = [part for part in parts if isinstance(part, Polygon) and part.area > least]
    return sorted(found, key=lambda part: -part.area)


def ring_of(shape: BaseGeometry) -> list[Spot]:
    """The corners of a polygon's outer ring, without the first one again at the end."""
    if not isinstance(shape, Polygon):
        raise TypeError(f"a polygon has a ring, not a {shape.geom_type}")
    return [(x, y) for x, y in shape.exterior.coords][:-1]


def tilt(shape: Polygon) -> float:
    """The angle (radians, within ±45°) at which the sides of a roughly square outline lie."""
    (x1, y1), (x2, y2) = ring_of(shapely.oriented_envelope(shape))[:2]
    angle = math.atan2(y2 - y1, x2 - x1) % (math.pi / 2)
    return angle - math.pi / 2 if angle > math.pi / 4 else angle
