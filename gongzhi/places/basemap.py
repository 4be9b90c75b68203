"""The base map: layers of GeoJSON from one file, kept in memory and read again when it changes.

The file (settings.BASEMAP) is an object of FeatureCollections: water, green, block, building, road,
poi. It may be missing; then the map is empty and tiles are plain.
"""

import hashlib
import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gongzhi.places.mercator import to_units

logger = logging.getLogger(__name__)

LAYERS = ("water", "green", "block", "building", "road", "poi")


class Layer:
    """The features of one layer in the unit square, found by where they are."""

    def __init__(self, features: list[dict[str, Any]]) -> None:
        """Take GeoJSON features; those without a shape are left out."""
        shaped = [feature for feature in features if feature.get("geometry")]
        self.facts: list[dict[str, Any]] = [f.get("properties") or {} for f in shaped]
        self.shapes: list[BaseGeometry] = [
            shapely.transform(_sound(shape(feature["geometry"])), to_units) for feature in shaped
        ]
        self._tree = shapely.STRtree(self.shapes)

    def inside(self, window: BaseGeometry) -> list[int]:
        """The places of the features that come near the window, in the file's order."""
        return sorted(self._tree.query(window).tolist())


def _sound(geometry: BaseGeometry) -> BaseGeometry:
    return geometry if geometry.is_valid else shapely.make_valid(geometry)


@dataclass(frozen=True)
class Basemap:
    """All layers, under a version that changes with the file."""

    version: str
    source: dict[str, Any]  # the GeoJSON as it was read
    layers: dict[str, Layer]


EMPTY = Basemap("empty", {}, {name: Layer([]) for name in LAYERS})

_lock = threading.Lock()
_held: tuple[tuple[str, int, int], Basemap] | None = None


def current() -> Basemap:
    """The base map as the file is now; reading takes about half a second, asking a microsecond."""
    global _held
    path = Path(settings.BASEMAP)
    try:
        stat = path.stat()
    except OSError:
        return EMPTY
    mark = (str(path), stat.st_mtime_ns, stat.st_size)
    held = _held
    if held is not None and held[0] == mark:
        return held[1]
    with _lock:
        if _held is None or _held[0] != mark:
            _held = (mark, _read(path))
        return _held[1]


def _read(path: Path) -> Basemap:
    """Parse the file; a broken one is told in the log and drawn as an empty map."""
    try:
        raw = path.read_bytes()
        source = json.loads(raw)
        layers = {name: Layer(source.get(name, {}).get("features", [])) for name in LAYERS}
    except (OSError, ValueError, TypeError, AttributeError, KeyError, shapely.GEOSException):
        logger.exception("base map %s cannot be read; the map stays empty", path)
        return EMPTY
    return Basemap(hashlib.sha256(raw).hexdigest()[:12], source, layers)
