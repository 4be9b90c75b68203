"""The map as layers of GeoJSON: the base map's own, and the grids and borders as they are now."""

import gzip
import json
from functools import lru_cache
from typing import Any

from gongzhi.places import basemap
from gongzhi.places.locate import areas_version
from gongzhi.places.models import Area
from gongzhi.places.words import Level

Collection = dict[str, Any]


def version() -> str:
    """A mark that begins with the base map's version and changes with every change of an area."""
    count, newest = areas_version()
    return f"{basemap.current().version}-{count}-{newest.timestamp() if newest else 0:.6f}"


def body(mark: str, *, zipped: bool) -> bytes:
    """All layers as JSON (water … poi, grid, boundary), kept in memory under the mark."""
    return _zipped(mark) if zipped else _plain(mark)


@lru_cache(maxsize=2)
def _plain(mark: str) -> bytes:
    held = basemap.current().source
    layers = {name: held.get(name) or _collection([]) for name in basemap.LAYERS} | area_layers()
    return json.dumps(layers, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=2)
def _zipped(mark: str) -> bytes:
    return gzip.compress(_plain(mark), compresslevel=9, mtime=0)


def area_layers() -> dict[str, Collection]:
    """`grid` (code, no, name, community, label) and `boundary` (level …) of areas with polygons."""
    areas = Area.objects.exclude(polygon=None).select_related("parent").order_by("code")
    grids, borders = [], []
    for area in areas:
        facts: dict[str, Any] = {"id": area.pk, "code": area.code, "name": area.name}
        facts |= {"label": [area.lng, area.lat]}
        if area.level == Level.GRID:
            number = area.code.rpartition("-")[2]
            facts |= {"no": number, "community": area.parent.name if area.parent else ""}
            grids.append(_feature(area, facts))
        else:
            borders.append(_feature(area, facts | {"level": area.level}))
    return {"grid": _collection(grids), "boundary": _collection(borders)}


def _feature(area: Area, facts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": facts, "geometry": area.polygon}


def _collection(features: list[dict[str, Any]]) -> Collection:
    return {"type": "FeatureCollection", "features": features}
