"""A piece of the map as somebody drew it: read from an address, checked, and what it holds."""

import math
import re
from collections.abc import Sequence

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import Polygon

from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.coordinates import Position
from gongzhi.places.locate import atlas
from gongzhi.places.models import Building
from gongzhi.places.words import Level

MOST_POINTS = 200
MOST_KM2 = 60
LEAST_M2 = 20
DEGREE = 111_320  # metres of a degree of latitude
POINT = re.compile(r"(-?\d{1,3}(?:\.\d{1,10})?),(-?\d{1,2}(?:\.\d{1,10})?)")


def ring_of(text: str) -> list[Position]:
    """The corners in "117.30500,31.79100;117.30600,…" (WGS-84, lng before lat), not closed again.

    NotUnderstood when it is something else, has fewer than three corners or too many.
    """
    pieces = [piece for piece in text.strip().split(";") if piece]
    found = [POINT.fullmatch(piece.strip()) for piece in pieces]
    corners = [(float(one[1]), float(one[2])) for one in found if one is not None]
    if len(corners) < len(pieces) or any(abs(x) > 180 or abs(y) > 90 for x, y in corners):
        raise NotUnderstood(_("圈选的范围没有看懂，请在地图上重新画。"), field="draw")
    if len(pieces) > MOST_POINTS:
        raise NotUnderstood(
            _("画的点太多了（最多 %(most)s 个），请画得简单些。") % {"most": MOST_POINTS},
            field="draw",
        )
    if corners and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3:
        raise NotUnderstood(_("至少要点三个角，才能围成一块范围。"), field="draw")
    return corners


def outline_of(text: str) -> Polygon:
    """The polygon of the text, fit to be asked. NotUnderstood says in words why it is not."""
    polygon = Polygon(ring_of(text))
    if not polygon.is_valid:
        raise NotUnderstood(
            _("画的线互相交叉了，分不清里外。请重新画一圈不交叉的线。"), field="draw"
        )
    size = square_metres(polygon)
    if size < LEAST_M2:
        raise NotUnderstood(_("画的范围太小了，请画大一些。"), field="draw")
    if size > MOST_KM2 * 1e6:
        raise NotUnderstood(
            _("画的范围有 %(km)s 平方公里，太大了（最多 %(most)s）。请画小一些，或直接选网格。")
            % {"km": round(size / 1e6), "most": MOST_KM2},
            field="draw",
        )
    if not _touches_the_district(polygon):
        raise NotUnderstood(_("画的范围不在本区，请在本区内重新画。"), field="draw")
    return polygon


def square_metres(polygon: Polygon) -> float:
    """About how large a small polygon in degrees is."""
    squeezed = math.cos(math.radians(polygon.centroid.y))
    return float(polygon.area) * DEGREE * DEGREE * squeezed


def _touches_the_district(polygon: Polygon) -> bool:
    known = atlas()
    whole = [o.polygon for o in known.outlines if o.level == Level.DISTRICT] or known.polygons
    return not whole or any(polygon.intersects(one) for one in whole)


def buildings_in(polygon: Polygon) -> list[int]:
    """The keys of the buildings whose middle lies in the polygon, in order."""
    west, south, east, north = polygon.bounds
    box = Building.objects.filter(lat__range=(south, north), lng__range=(west, east))
    rows = list(box.order_by("pk").values_list("pk", "lng", "lat"))
    return [rows[n][0] for n in _inside(polygon, [(lng, lat) for _pk, lng, lat in rows])]


def _inside(polygon: Polygon, points: Sequence[Position]) -> list[int]:
    if not points:
        return []
    where = np.asarray(points, dtype=float)
    held: list[int] = np.flatnonzero(shapely.intersects_xy(polygon, where)).tolist()
    return held
