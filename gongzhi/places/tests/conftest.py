"""A small base map to draw; without it each test starts with none and no polygons in memory."""

import json

import pytest

from gongzhi.places import locate

CENTRE = (117.306, 31.792)


@pytest.fixture(autouse=True)
def _nothing_remembered(settings, tmp_path):
    settings.BASEMAP = tmp_path / "basemap.json"
    locate.forget()
    yield
    locate.forget()


def around(west, south, east, north):
    """A ring so many thousandths of a degree around the centre."""
    lng, lat = CENTRE
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[round(lng + x / 1000, 6), round(lat + y / 1000, 6)] for x, y in ring]


def feature(geometry, coordinates, **facts):
    return {
        "type": "Feature",
        "properties": facts,
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


@pytest.fixture
def small_map():
    """A pond with an island, a street with a name, a building with a number, a school."""
    lng, lat = CENTRE
    layers = {
        "water": [feature("Polygon", [around(-4, 1, -1, 3), around(-3, 1.5, -2, 2)], name="望湖")],
        "green": [feature("MultiPolygon", [[around(1, 1, 2, 2)], [around(3, 1, 4, 2)]])],
        "block": [feature("Polygon", [around(0, -3, 4, -1)], kind="home")],
        "building": [feature("Polygon", [around(1, -2, 1.5, -1.8)], h=18, kind="home", name="3栋")],
        "road": [
            feature(
                "LineString",
                [[lng - 0.02, lat], [lng + 0.02, lat + 0.001]],
                cls="major",
                name="翠微路",
                width=30,
            )
        ],
        "poi": [
            feature("Point", [lng + 0.003, lat - 0.002], name="<翠微>小学 & 园", kind="school")
        ],
    }
    return {k: {"type": "FeatureCollection", "features": v} for k, v in layers.items()}


@pytest.fixture
def drawn(settings, small_map):
    """The small map as the installation's base map."""
    settings.BASEMAP.write_text(json.dumps(small_map), encoding="utf-8")
    return small_map
