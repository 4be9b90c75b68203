"""The base map drawn as SVG in pure Python: tiles for maps, and a small picture with a pin.

No key, no internet, no script: a picture is a function of the base map and a window on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

import shapely
from django.conf import settings
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from gongzhi.places.basemap import EMPTY, Basemap, current
from gongzhi.places.labels import Label, on_map
from gongzhi.places.mercator import TILE, metres_per_pixel, side, to_unit
from gongzhi.places.palette import STREETS, THEMES, Palette, colour

TENTH = 10  # the drawing's unit: a tenth of a pixel, so that coordinates are whole numbers
RIM = (12, 40)  # pixels and metres drawn beyond the window, so that no street ends at its edge
FONT = "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
DOTTED = 16  # from this zoom public places carry a dot


@dataclass(frozen=True)
class Window:
    """A rectangle of the world at a zoom; left and top in pixels of the whole world."""

    zoom: int
    left: float
    top: float
    width: int
    height: int

    def ground(self) -> Polygon:
        """The window with its rim, in the unit square."""
        world = side(self.zoom)
        rim = RIM[0] + RIM[1] / metres_per_pixel(self.top / world, self.zoom)
        return shapely.box(
            (self.left - rim) / world,
            (self.top - rim) / world,
            (self.left + self.width + rim) / world,
            (self.top + self.height + rim) / world,
        )


def url() -> str:
    """Where maps get their tiles; our own carry the version, so that browsers may keep them."""
    address: str = settings.TILE_URL
    version = current().version
    if address.startswith("/tiles/") and "?" not in address and version != EMPTY.version:
        return f"{address}?v={version}"
    return address


def tile(zoom: int, x: int, y: int, theme: str = "light") -> bytes:
    """One tile of the usual scheme as SVG; the numbers must lie in the scheme."""
    return _tile(current().version, zoom, x, y, theme)


@lru_cache(maxsize=2048)
def _tile(version: str, zoom: int, x: int, y: int, theme: str) -> bytes:
    return picture(Window(zoom, x * TILE, y * TILE, TILE, TILE), theme).encode()


@lru_cache(maxsize=512)
def _minimap(
    version: str, lng: float, lat: float, size: tuple[int, int], zoom: int, look: tuple[str, str]
) -> bytes:
    width, height = size
    theme, notice = look
    x, y = to_unit(lng, lat)
    world = side(zoom)
    window = Window(zoom, x * world - width / 2, y * world - height / 2 - 8, width, height)
    pin = _pin(width / 2, height / 2 + 8)
    return picture(window, theme, extra=pin + _notice(notice, width, height, theme)).encode()


def minimap(
    lng: float, lat: float, *, size: tuple[int, int], zoom: int, theme: str, notice: str
) -> bytes:
    """A picture around a WGS-84 position with a pin on it and the map's notice in the corner."""
    key = (round(lng, 6), round(lat, 6))
    return _minimap(current().version, *key, size, zoom, (theme, notice))


def picture(window: Window, theme: str, extra: str = "") -> str:
    """The SVG of a window: ground, blocks, green, water, streets, buildings, names, `extra`."""
    palette = THEMES[theme]
    basemap = current()
    ground = window.ground()
    w, h = window.width, window.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}"'
        f' viewBox="0 0 {w * TENTH} {h * TENTH}">'
        f'<rect width="100%" height="100%" fill="{palette.ground}"/>',
        *_areas(basemap, "block", palette.block, window, ground),
        *_areas(basemap, "green", palette.green, window, ground),
        *_water(basemap, palette, window, ground),
        *_streets(basemap, palette, window, ground, under=True),
        *(_buildings(basemap, palette, window, ground) if window.zoom >= 15 else ()),
        *_streets(basemap, palette, window, ground, under=False),
        *_names(palette, window),
        f'<g transform="scale({TENTH})">{extra}</g>' if extra else "",
        "</svg>",
    ]
    return "".join(parts)


Shape = tuple[dict[str, object], BaseGeometry]


def _visible(basemap: Basemap, layer: str, ground: Polygon) -> Iterator[Shape]:
    """What of a layer lies in the window, cut at its rim."""
    held = basemap.layers[layer]
    for place in held.inside(ground):
        shape = held.shapes[place]
        if not shapely.contains_properly(ground, shape):
            shape = shape.intersection(ground)  # clip_by_rect fails where a ring only touches
        if not shape.is_empty:
            yield held.facts[place], shape


def _by_kind(shapes: Iterable[Shape], key: str = "kind") -> dict[str, list[BaseGeometry]]:
    groups: dict[str, list[BaseGeometry]] = defaultdict(list)
    for facts, shape in shapes:
        groups[str(facts.get(key) or "")].append(shape)
    return groups


def _areas(
    basemap: Basemap, layer: str, colours: dict[str, str], window: Window, ground: Polygon
) -> Iterator[str]:
    """The plain areas of a layer, one path per kind; a pitch lies on top of its track."""
    groups = _by_kind(_visible(basemap, layer, ground))
    for kind in sorted(groups, key=lambda k: (k == "pitch", k == "track", k)):
        yield f'<path fill="{colour(colours, kind)}" d="{_paths(groups[kind], window)}"/>'


def _water(basemap: Basemap, palette: Palette, window: Window, ground: Polygon) -> Iterator[str]:
    shapes = [shape for _, shape in _visible(basemap, "water", ground)]
    if shapes:
        yield (
            f'<path fill="{palette.water}" stroke="{palette.shore}" stroke-width="{TENTH}"'
            f' d="{_paths(shapes, window)}"/>'
        )


def _buildings(
    basemap: Basemap, palette: Palette, window: Window, ground: Polygon
) -> Iterator[str]:
    """Buildings over their shadows; the higher the longer."""
    seen = list(_visible(basemap, "building", ground))
    if window.zoom >= 16:
        yield from _shadows(seen, palette, window)
    groups = _by_kind(seen)
    for kind in sorted(groups):
        edge = colour(palette.edge, kind)
        yield (
            f'<path fill="{colour(palette.building, kind)}" stroke="{edge}"'
            f' stroke-width="{7 if window.zoom >= 16 else 3}" d="{_paths(groups[kind], window)}"/>'
        )


def _shadows(seen: list[Shape], palette: Palette, window: Window) -> Iterator[str]:
    """The outlines once more in three steps of height, a little to the south-east."""
    tall: dict[int, list[BaseGeometry]] = defaultdict(list)
    for facts, shape in seen:
        height = facts.get("h")
        metres = float(height) if isinstance(height, int | float) else 9.0
        tall[1 if metres < 15 else 2 if metres < 45 else 4].append(shape)
    for step, shapes in sorted(tall.items()):
        shift = round(step * TENTH * 0.8 * 2 ** (window.zoom - 17))
        yield (
            f'<path fill="{palette.shade}" fill-opacity=".34"'
            f' transform="translate({shift} {shift})" d="{_paths(shapes, window)}"/>'
        )


def _streets(
    basemap: Basemap, palette: Palette, window: Window, ground: Polygon, *, under: bool
) -> Iterator[str]:
    """All casings, then all surfaces, so that crossings are open; the express road comes last."""
    scale = metres_per_pixel((ground.bounds[1] + ground.bounds[3]) / 2, window.zoom)
    groups: dict[str, list[tuple[float, BaseGeometry]]] = defaultdict(list)
    for facts, shape in _visible(basemap, "road", ground):
        width = facts.get("width")
        metres = float(width) if isinstance(width, int | float) else 12.0
        groups[str(facts.get("cls") or "minor")].append((metres, shape))
    ranks = [r for r in STREETS if r in groups and window.zoom >= STREETS[r][1]]
    ranks = [r for r in ranks if (r == "express") != under]
    casing = 1.6 if window.zoom >= 15 else 1.0
    for colours, wider in ((palette.casing, casing), (palette.road, 0.0)):
        for rank in ranks:
            least = STREETS[rank][0]
            width = max(least, groups[rank][0][0] / scale) + wider
            lines = _paths([shape for _, shape in groups[rank]], window)
            yield (
                f'<path fill="none" stroke="{colour(colours, rank)}" stroke-linejoin="round"'
                f' stroke-width="{width * TENTH:.0f}" d="{lines}"/>'
            )


def _names(palette: Palette, window: Window) -> Iterator[str]:
    """The labels of all tiles that the window touches, each once."""
    cells = on_map(window.zoom)
    across = range(int(window.left // TILE), int((window.left + window.width - 1) // TILE) + 1)
    down = range(int(window.top // TILE), int((window.top + window.height - 1) // TILE) + 1)
    labels = dict.fromkeys(label for x in across for y in down for label in cells.get((x, y), ()))
    if not labels:
        return
    yield (
        f'<g font-family="{FONT}" text-anchor="middle" stroke="{palette.halo}" stroke-width="28"'
        ' stroke-linejoin="round" paint-order="stroke">'
    )
    for label in labels:
        yield _name(label, palette, window)
    yield "</g>"


def _name(label: Label, palette: Palette, window: Window) -> str:
    fill = colour(palette.text, label.kind)
    size = label.size * TENTH
    found = []
    if label.dot and window.zoom >= DOTTED:
        x, y = _tenths(*label.dot, window)
        found.append(f'<circle cx="{x}" cy="{y - 30}" r="38" fill="{fill}" stroke-width="16"/>')
    for glyph in label.glyphs:
        x, y = _tenths(glyph.x, glyph.y, window)
        turned = f' transform="rotate({glyph.turn} {x} {y})"' if glyph.turn else ""
        found.append(f'<text x="{x}" y="{y + size * 0.36:.0f}"{turned}>{escape(glyph.text)}</text>')
    weight = ' font-weight="600"' if label.kind in {"service", "hospital"} else ""
    return f'<g fill="{fill}" font-size="{size:.0f}"{weight}>{"".join(found)}</g>'


def _tenths(x: float, y: float, window: Window) -> tuple[int, int]:
    return round((x - window.left) * TENTH), round((y - window.top) * TENTH)


def _paths(shapes: Iterable[BaseGeometry], window: Window) -> str:
    """The path data of polygons and lines, in relative steps of whole tenths of a pixel."""
    return "".join(_path(line, window) for shape in shapes for line in _lines(shape))


def _lines(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Rings of polygons and lines of lines; points are left out."""
    if isinstance(shape, Polygon):
        yield shape.exterior
        yield from shape.interiors
    elif isinstance(shape, LineString):
        yield shape
    else:
        for part in getattr(shape, "geoms", ()):
            yield from _lines(part)


def _path(line: BaseGeometry, window: Window) -> str:
    scale = side(window.zoom) * TENTH
    spots = shapely.get_coordinates(line) * scale
    spots -= (window.left * TENTH, window.top * TENTH)
    whole = spots.round().astype(int).tolist()
    x, y = whole[0]
    steps = []
    for to_x, to_y in whole[1:]:
        if to_x != x or to_y != y:
            steps.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    closed = "z" if whole[0] == whole[-1] and len(steps) > 2 else ""
    if closed:
        steps.pop()
    if not steps:
        return ""
    return f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}{closed}".replace(" -", "-")


def _pin(x: float, y: float) -> str:
    """A drop whose tip is at (x, y), with a soft circle around the tip."""
    return (
        f'<circle cx="{x}" cy="{y}" r="24" fill="#1558d6" fill-opacity=".16"/>'
        f'<ellipse cx="{x}" cy="{y}" rx="7" ry="3" fill="#14202e" fill-opacity=".28"/>'
        f'<path d="M{x} {y}c-9-11-14-17-14-25a14 14 0 0 1 28 0c0 8-5 14-14 25z" fill="#c4301c"'
        ' stroke="#fff" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{y - 25}" r="5" fill="#fff"/>'
    )


def _notice(text: str, width: int, height: int, theme: str) -> str:
    if not text:
        return ""
    palette = THEMES[theme]
    return (
        f'<text x="{width - 5}" y="{height - 5}" text-anchor="end" font-size="9.5"'
        f' font-family="{FONT}" fill="{palette.text[""]}" stroke="{palette.halo}"'
        f' stroke-width="2.5" paint-order="stroke">{escape(text)}</text>'
    )
