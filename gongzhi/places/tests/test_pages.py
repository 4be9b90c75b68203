"""Tiles, the small picture and the layers over HTTP: bounds, caching, and every odd parameter."""

import gzip
import json
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from gongzhi.places import basemap
from gongzhi.places.models import Area
from gongzhi.places.words import Level

TILE = "/tiles/15/27061/13353.svg"


def sound(response):
    return ElementTree.fromstring(response.content).get("viewBox")


def test_a_tile_is_a_picture_to_be_kept(client, drawn):
    response = client.get(TILE)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/svg+xml")
    assert sound(response) == "0 0 2560 2560"
    assert "public" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    assert "Cookie" not in response.get("Vary", "")


def test_a_tile_the_browser_has_is_not_sent_again(client, drawn):
    etag = client.get(TILE)["ETag"]
    again = client.get(TILE, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""


def test_a_tile_under_its_version_is_kept_for_a_year(client, drawn):
    pinned = client.get(f"{TILE}?v={basemap.current().version}")
    assert "immutable" in pinned["Cache-Control"]
    assert "immutable" not in client.get(f"{TILE}?v=other")["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/21/0/0.svg",
        "/tiles/2/4/0.svg",
        "/tiles/2/0/4.svg",
        "/tiles/-1/0/0.svg",
        "/tiles/2/a/0.svg",
        "/tiles/2/0/0.png",
        f"/tiles/{'9' * 5000}/0/0.svg",
        f"/tiles/5/{'9' * 300}/0.svg",
    ],
)
def test_there_are_no_tiles_beyond_the_scheme(client, drawn, path):
    assert client.get(path).status_code == 404


def test_tiles_are_only_read(client):
    assert client.post(TILE).status_code == 405


@pytest.mark.parametrize("theme", ["dark", "light", "<svg>", ""])
def test_any_theme_gives_a_tile(client, drawn, theme):
    assert sound(client.get(TILE, {"theme": theme}))


def test_the_small_picture_has_a_pin_and_the_notice(client, drawn, settings):
    settings.MAP_NOTICE = "审图号 GS(2026)0000号"
    response = client.get("/minimap.svg", {"lng": "117.306", "lat": "31.792"})
    assert sound(response) == "0 0 3580 1500"
    assert "审图号 GS(2026)0000号" in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "box"),
    [
        ({"w": "640", "h": "400"}, "0 0 6400 4000"),
        ({"w": "999999999", "h": "1e300"}, "0 0 12000 9000"),
        ({"w": "-5", "h": "0"}, "0 0 800 600"),
        ({"w": "nan", "h": "abc"}, "0 0 3580 1500"),
        ({"w": "inf", "h": "-inf"}, "0 0 12000 600"),
        ({"w": "", "h": "１２０", "z": "-3"}, "0 0 3580 1200"),
        ({"z": "99", "theme": "x", "more": "y"}, "0 0 3580 1500"),
    ],
)
def test_sizes_are_brought_into_bounds(client, drawn, asked, box):
    response = client.get("/minimap.svg", {"lng": "117.306", "lat": "31.792", **asked})
    assert response.status_code == 200
    assert sound(response) == box


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "缺少位置"),
        ({"lng": "117.3"}, "缺少位置"),
        ({"lng": "", "lat": ""}, "缺少位置"),
        ({"lng": "东经", "lat": "北纬"}, "缺少位置"),
        ({"lng": "nan", "lat": "31.8"}, "普通数字"),
        ({"lng": "inf", "lat": "31.8"}, "普通数字"),
        ({"lng": "31.8", "lat": "117.3"}, "写反了"),
        ({"lng": "200", "lat": "31.8"}, "经度应在"),
        ({"lng": "0", "lat": "0"}, "没有给出位置"),
        ({"lng": "117\x00", "lat": "31.8"}, "缺少位置"),
    ],
)
def test_without_a_position_there_is_a_sentence_instead(client, drawn, asked, told):
    response = client.get("/minimap.svg", asked)
    assert response.status_code == 422
    assert told in response.content.decode()


@bounds(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(), st.floats(), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_whatever_is_asked_is_a_picture_or_a_sentence(client, lng, lat, w, h, z):
    asked = {"lng": str(lng), "lat": str(lat), "w": w, "h": h, "z": z}
    assert client.get("/minimap.svg", asked).status_code in {200, 422}


@pytest.fixture
def grid(db):
    ring = [[117.3, 31.79], [117.31, 31.79], [117.31, 31.8], [117.3, 31.79]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    community = Area.objects.create(
        code="349901001001", name="望湖社区", level=Level.COMMUNITY, polygon=polygon
    )
    return Area.objects.create(
        code="349901001001-07",
        name="第07网格",
        level=Level.GRID,
        parent=community,
        polygon=polygon,
        lng=117.305,
        lat=31.795,
    )


def test_the_layers_hold_the_map_and_the_grids(client, drawn, grid):
    layers = client.get("/places/basemap.json").json()
    assert list(layers) == [
        "water", "green", "block", "building", "road", "poi", "grid", "boundary",
    ]  # fmt: skip
    assert layers["building"] == drawn["building"]
    assert layers["grid"]["features"][0]["properties"] == {
        "id": grid.pk,
        "code": "349901001001-07",
        "name": "第07网格",
        "label": [117.305, 31.795],
        "no": "07",
        "community": "望湖社区",
    }
    assert layers["boundary"]["features"][0]["properties"]["level"] == "community"


def test_without_a_base_map_the_layers_are_empty_but_there(client, db):
    layers = client.get("/places/basemap.json").json()
    assert all(layer == {"type": "FeatureCollection", "features": []} for layer in layers.values())
    assert len(layers) == 8


def test_the_layers_are_sent_zipped_and_only_once(client, drawn, grid):
    response = client.get("/places/basemap.json", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.content))["grid"]["features"]
    unchanged = {"If-None-Match": response["ETag"]}
    assert client.get("/places/basemap.json", headers=unchanged).status_code == 304
    grid.name = "第07网格（新）"
    grid.save()
    assert client.get("/places/basemap.json", headers=unchanged).status_code == 200
