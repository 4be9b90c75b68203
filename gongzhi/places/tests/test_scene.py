"""The screen's map says the same as GeoJSON, in half-metres."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.places import basemap, layers, scene

POSITIONS = st.tuples(st.floats(73, 135), st.floats(18, 54))


def decoded(path: list[int]) -> list[tuple[float, float]]:
    found, x, y = [], 0, 0
    for n in range(0, len(path), 2):
        x, y = x + path[n], y + path[n + 1]
        found.append((x * scene.UNIT, y * scene.UNIT))
    return found


def feature(kind, positions, **facts):
    return {"properties": facts, "geometry": {"type": kind, "coordinates": positions}}


@given(st.lists(POSITIONS, min_size=1, max_size=30))
def test_no_position_moves_by_more_than_half_a_metre(line):
    source = {"road": {"features": [feature("LineString", line, cls="major")]}}
    [[told, path]] = scene.encoded(source)["road"]
    assert told == "major"
    for there, back in zip(line, decoded(path), strict=True):
        assert back == pytest.approx(there, abs=scene.UNIT / 2 + 1e-9)


def test_holes_and_parts_are_kept_and_rings_not_closed_twice():
    ring = [[117, 31], [117.01, 31], [117.01, 31.01], [117, 31]]
    hole = [[117.002, 31.001], [117.004, 31.001], [117.004, 31.002], [117.002, 31.001]]
    shape = feature("MultiPolygon", [[ring, hole], [ring]], h=18)
    one, two = scene.encoded({"building": {"features": [shape]}})["building"]
    assert one[0] == two[0] == 18
    assert [len(decoded(path)) for path in one[1:]] == [3, 3]
    assert len(two) == 2


def test_what_cannot_be_seen_from_above_is_left_out():
    paths = {"features": [feature("LineString", [[117, 31], [118, 31]], cls="path")]}
    assert scene.encoded({"road": paths})["road"] == []


@pytest.mark.django_db
def test_the_scene_has_every_grid_with_its_number_and_key(grid_1, grid_2):
    told = json.loads(gzip.decompress(scene.body(layers.version())))
    grids = {g[0]["id"]: g[0] for g in told["layers"]["grid"]}
    assert grids[grid_1.pk] == {
        "id": grid_1.pk,
        "code": grid_1.code,
        "no": "01",
        "name": "第01网格",
        "community": "望湖社区",
        "label": [grid_1.lng, grid_1.lat],
    }
    assert set(grids) == {grid_1.pk, grid_2.pk}
    assert set(told["layers"]) == set(basemap.LAYERS) | {"grid", "boundary"}
