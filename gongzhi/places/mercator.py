"""Web Mercator: from degrees to the unit square that all map tiles are cut from, and back."""

import math

import numpy as np
from numpy.typing import NDArray

TILE = 256  # pixels, the side of a tile
MOST_ZOOM = 20
EQUATOR = 40_075_016.686  # metres


def to_unit(lng: float, lat: float) -> tuple[float, float]:
    """The position in the unit square: x to the east, y to the south."""
    squeezed = math.radians(max(-85.05, min(85.05, lat)))
    return lng / 360 + 0.5, 0.5 - math.asinh(math.tan(squeezed)) / (2 * math.pi)


def to_units(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for rows of (lng, lat)."""
    radians = np.radians(np.clip(degrees[:, 1], -85.05, 85.05))
    y = 0.5 - np.arcsinh(np.tan(radians)) / (2 * np.pi)
    return np.column_stack([degrees[:, 0] / 360 + 0.5, y])


def to_lat(y: float) -> float:
    """The latitude of a height in the unit square."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def side(zoom: int) -> float:
    """Pixels along the whole world at this zoom."""
    return float(TILE * 2**zoom)


def metres_per_pixel(y: float, zoom: int) -> float:
    """How much ground a pixel covers at a height in the unit square."""
    return EQUATOR * math.cos(math.radians(to_lat(y))) / side(zoom)
