"""WGS-84, GCJ-02 and BD-09 turned into each other; a round trip ends within a millimetre.

All positions are (lng, lat) in degrees. Everything stored is WGS-84: call `to_wgs84` once, where a
position enters (WeChat and AMap give GCJ-02, Baidu BD-09), and nowhere else.
"""

import math
from collections.abc import Callable

from django.utils.translation import gettext as _

from gongzhi.places.words import Datum

Position = tuple[float, float]

A = 6378245.0  # Krasovsky 1940, metres: the ellipsoid GCJ-02 is defined on
EE = 0.00669342162296594323
X_PI = math.pi * 3000 / 180
CLOSE = 1e-10  # degrees, 0.01 mm
EARTH = 6371008.8  # mean radius, metres

# Where GCJ-02 shifts positions at all, and the box that tells a swapped pair of a Chinese place.
SHIFTED_LNG, SHIFTED_LAT = (72.004, 137.8347), (0.8293, 55.8271)
CHINA_LNG, CHINA_LAT = (73.0, 136.0), (3.0, 54.0)


def to_wgs84(lng: float, lat: float, datum: Datum | str = Datum.WGS84) -> Position:
    """The position in WGS-84, or ValueError with a Chinese sentence when it cannot be one.

    Refused: not finite, out of range, both zero (a phone without a fix), and latitude given first.
    """
    checked(lng, lat)
    try:
        convert = INTO_WGS84[Datum(datum)]
    except ValueError:
        raise ValueError(_("坐标系只能是 WGS-84、GCJ-02 或 BD-09。")) from None
    return checked(*convert(lng, lat))


def checked(lng: float, lat: float) -> Position:
    """The pair itself when it can be a position on earth, else ValueError (Chinese)."""
    if not (math.isfinite(lng) and math.isfinite(lat)):
        raise ValueError(_("经纬度必须是普通数字。"))
    if _in_china(lat, lng) and not _in_china(lng, lat):
        raise ValueError(_("经度和纬度好像写反了：经度在前，纬度在后，例如 117.306, 31.792。"))
    if not -180 <= lng <= 180:
        raise ValueError(_("经度应在 -180 到 180 之间。"))
    if not -90 <= lat <= 90:
        raise ValueError(_("纬度应在 -90 到 90 之间。"))
    if lng == 0 and lat == 0:
        raise ValueError(_("手机没有给出位置，请在地图上点选，或写清地点。"))
    return lng, lat


def wgs84_to_gcj02(lng: float, lat: float) -> Position:
    """The GCJ-02 position; outside the box around China it is the same."""
    if not _is_shifted(lng, lat):
        return lng, lat
    d_lng, d_lat = _shift(lng, lat)
    return lng + d_lng, lat + d_lat


def gcj02_to_wgs84(lng: float, lat: float) -> Position:
    """The inverse, found by iteration: there is no formula for it."""
    if not _is_shifted(lng, lat, margin=0.05):  # far away the iteration need not settle
        return lng, lat
    guess_lng, guess_lat = lng, lat
    for _turn in range(30):  # each turn gains about three digits
        d_lng, d_lat = _shift(guess_lng, guess_lat)
        miss_lng, miss_lat = lng - guess_lng - d_lng, lat - guess_lat - d_lat
        guess_lng, guess_lat = guess_lng + miss_lng, guess_lat + miss_lat
        if abs(miss_lng) < CLOSE and abs(miss_lat) < CLOSE:
            break
    return (guess_lng, guess_lat) if _is_shifted(guess_lng, guess_lat) else (lng, lat)


def gcj02_to_bd09(lng: float, lat: float) -> Position:
    """The BD-09 position."""
    radius = math.hypot(lng, lat) + 0.00002 * math.sin(lat * X_PI)
    angle = math.atan2(lat, lng) + 0.000003 * math.cos(lng * X_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(lng: float, lat: float) -> Position:
    """The inverse, by iteration too: the usual closed form is off by up to a metre."""
    guess_lng, guess_lat = lng - 0.0065, lat - 0.006
    for _turn in range(30):
        made_lng, made_lat = gcj02_to_bd09(guess_lng, guess_lat)
        miss_lng, miss_lat = lng - made_lng, lat - made_lat
        guess_lng, guess_lat = guess_lng + miss_lng, guess_lat + miss_lat
        if abs(miss_lng) < CLOSE and abs(miss_lat) < CLOSE:
            break
    return guess_lng, guess_lat


def wgs84_to_bd09(lng: float, lat: float) -> Position:
    """The BD-09 position of a WGS-84 one."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lng, lat))


def bd09_to_wgs84(lng: float, lat: float) -> Position:
    """The WGS-84 position of a BD-09 one."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lng, lat))


INTO_WGS84: dict[Datum, Callable[[float, float], Position]] = {
    Datum.WGS84: lambda lng, lat: (lng, lat),
    Datum.GCJ02: gcj02_to_wgs84,
    Datum.BD09: bd09_to_wgs84,
}


def metres_between(one: Position, other: Position) -> float:
    """The distance along the great circle, in metres."""
    lng1, lat1, lng2, lat2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def _in_china(lng: float, lat: float) -> bool:
    return CHINA_LNG[0] <= lng <= CHINA_LNG[1] and CHINA_LAT[0] <= lat <= CHINA_LAT[1]


def _is_shifted(lng: float, lat: float, *, margin: float = 0) -> bool:
    (west, east), (south, north) = SHIFTED_LNG, SHIFTED_LAT
    return west - margin <= lng <= east + margin and south - margin <= lat <= north + margin


def _shift(lng: float, lat: float) -> Position:
    """How far GCJ-02 moves a WGS-84 position, in degrees."""
    x, y = lng - 105, lat - 35
    ripple = _waves(x, ((6, 20), (2, 20)))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += ripple + _waves(x, ((1, 20), (1 / 3, 40), (1 / 12, 150), (1 / 30, 300)))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += ripple + _waves(y, ((1, 20), (1 / 3, 40), (1 / 12, 160), (1 / 30, 320)))
    radians = math.radians(lat)
    squeeze = 1 - EE * math.sin(radians) ** 2
    d_lng = east * 180 / (A / math.sqrt(squeeze) * math.cos(radians) * math.pi)
    d_lat = north * 180 / (A * (1 - EE) / (squeeze * math.sqrt(squeeze)) * math.pi)
    return d_lng, d_lat


def _waves(value: float, terms: tuple[tuple[float, float], ...]) -> float:
    """A sum of sines, in metres: (frequency, amplitude) with the common factor of two thirds."""
    return sum(high * math.sin(often * value * math.pi) for often, high in terms) * 2 / 3
