"""The map for the command screen: the layers in whole half-metres, a third of GeoJSON's size."""

import gzip
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gongzhi.places import basemap, layers

UNIT = 5e-6  # degrees; about half a metre, too little to be seen from above
Facts = dict[str, Any]

# What the screen does not show from its height is left out.
LEFT_OUT = {"green": {"garden", "track", "pitch"}, "road": {"path"}}
# Which of a feature's facts the screen needs, by layer.
TOLD: dict[str, Callable[[Facts], object]] = {
    "water": lambda facts: 0,
    "green": lambda facts: 0,
    "block": lambda facts: 0,
    "building": lambda facts: facts.get("h", 6),
    "road": lambda facts: facts.get("cls", "minor"),
    "poi": lambda facts: [facts.get("name", ""), facts.get("kind", "")],
    "grid": lambda facts: _chosen(facts, "id", "code", "no", "name", "community", "label"),
    "boundary": lambda facts: _chosen(facts, "id", "code", "name", "level", "label"),
}


def body(mark: str) -> bytes:
    """The scene as gzipped JSON, kept in memory under the map's version (`layers.version()`).

    {"unit": 5e-6, "layers": {name: [[facts, path, …], …]}}: each path a flat list of whole units,
    longitude before latitude, every position as the difference to the one before it and the first
    to zero. Rings are not closed again; further paths of a polygon are its holes.
    """
    return _zipped(mark)


@lru_cache(maxsize=2)
def _zipped(_mark: str) -> bytes:
    scene = {"unit": UNIT, "layers": encoded(basemap.current().source | layers.area_layers())}
    text = json.dumps(scene, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def encoded(source: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Collections of GeoJSON as lists of features; a feature of several parts becomes several."""
    return {
        name: [
            [told(feature["properties"]), *paths]
            for feature in source.get(name, {}).get("features", [])
            if not _left_out(name, feature["properties"])
            for paths in _parts(feature["geometry"])
        ]
        for name, told in TOLD.items()
    }


def _left_out(layer: str, facts: Facts) -> bool:
    return (facts.get("kind") or facts.get("cls")) in LEFT_OUT.get(layer, ())


def _chosen(facts: Facts, *names: str) -> Facts:
    return {name: facts[name] for name in names if facts.get(name) is not None}


def _parts(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """The paths of each part: a polygon's rings, a line, a point."""
    kind, positions = geometry["type"].removeprefix("Multi"), geometry["coordinates"]
    parts = positions if geometry["type"].startswith("Multi") else [positions]
    if kind == "Polygon":
        return [[_differences(ring[:-1]) for ring in part] for part in parts]
    return [[_differences([part] if kind == "Point" else part)] for part in parts]


def _differences(positions: list[list[float]]) -> list[int]:
    units = [(round(lng / UNIT), round(lat / UNIT)) for lng, lat, *_ in positions]
    before = [(0, 0), *units[:-1]]
    return [
        n
        for (x, y), (left, below) in zip(units, before, strict=True)
        for n in (x - left, y - below)
    ]
