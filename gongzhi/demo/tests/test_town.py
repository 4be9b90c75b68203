"""The demo district: it tiles without gaps, holds every building, and is the same at every run."""

import itertools
import json
from collections import Counter

import pytest
import shapely
from shapely.geometry import Point, shape

from gongzhi.demo import town as towns
from gongzhi.demo.places import settle
from gongzhi.kernel import codes
from gongzhi.places import basemap
from gongzhi.places.locate import Atlas, Outline
from gongzhi.places.models import Area, Building, Estate, Stairwell
from gongzhi.places.words import Level

DECIMETRE = 1e-12  # square degrees, about a hundredth of a square metre


@pytest.fixture(scope="session")
def town():
    return towns.draw()


@pytest.fixture(scope="session")
def polygons(town):
    return {area.code: shape(area.polygon) for area in town.areas}


def of_level(town, level):
    return [area for area in town.areas if area.level == level]


def test_the_district_has_the_promised_parts(town):
    assert Counter(area.level for area in town.areas) == {
        Level.DISTRICT: 1,
        Level.TOWNSHIP: 2,
        Level.COMMUNITY: 6,
        Level.GRID: 40,
    }
    assert 55 <= len(town.estates) <= 75
    assert len(town.basemap["building"]["features"]) >= 2500


def test_codes_are_of_the_level_they_name_and_were_never_assigned(town):
    for area in town.areas:
        assert area.code.startswith("3499")
        if area.level != Level.GRID:
            assert codes.division(area.code).level == area.level.value
            assert area.parent is None or codes.division(area.code).parent == area.parent
        else:
            assert area.code.startswith(f"{area.parent}-")


def test_parents_come_before_children(town):
    seen = set()
    for area in town.areas:
        assert area.parent is None or area.parent in seen
        seen.add(area.code)


def test_every_polygon_is_valid_and_in_one_piece(polygons):
    assert all(p.is_valid and p.geom_type == "Polygon" for p in polygons.values())


@pytest.mark.parametrize("level", [Level.TOWNSHIP, Level.COMMUNITY, Level.GRID])
def test_each_level_tiles_the_one_above(town, polygons, level):
    """No overlap, no gap: neighbours share every corner."""
    parts = of_level(town, level)
    assert shapely.coverage_is_valid([polygons[a.code] for a in parts])
    for parent in {area.parent for area in parts}:
        children = [polygons[a.code] for a in parts if a.parent == parent]
        missed = shapely.symmetric_difference(shapely.union_all(children), polygons[parent])
        assert missed.area < DECIMETRE
        overlap = sum(a.intersection(b).area for a, b in itertools.combinations(children, 2))
        assert overlap < DECIMETRE


def test_grids_are_not_all_rectangles_and_of_like_size(town, polygons):
    grids = [polygons[a.code] for a in of_level(town, Level.GRID)]
    filled = [g.area / g.minimum_rotated_rectangle.area for g in grids]
    assert min(filled) < 0.8
    sizes = sorted(g.area for g in grids)
    assert sizes[-1] / sizes[0] < 5


def test_every_estate_and_building_lies_in_a_grid_of_its_community(town, polygons):
    outlines = [Outline(i, a.code, a.level, polygons[a.code]) for i, a in enumerate(town.areas)]
    atlas = Atlas(outlines)
    for estate in town.estates:
        for thing in (estate, *estate.buildings):
            held_by = town.areas[atlas.locate(thing.lng, thing.lat)]
            assert held_by.level == Level.GRID
            assert held_by.parent == estate.community


def test_every_grid_has_an_estate(town, polygons):
    spots = [Point(e.lng, e.lat) for e in town.estates]
    for grid in of_level(town, Level.GRID):
        assert any(polygons[grid.code].contains(spot) for spot in spots), grid.code


def test_labels_lie_inside_their_areas(town, polygons):
    assert all(polygons[a.code].contains(Point(a.lng, a.lat)) for a in town.areas)


def test_names_and_numbers_are_unique_where_people_use_them(town):
    assert len({e.name for e in town.estates}) == len(town.estates)
    for estate in town.estates:
        assert len({b.name for b in estate.buildings}) == len(estate.buildings) >= 1
        assert all(b.stairwells and b.floors >= 2 for b in estate.buildings)


def test_buildings_stand_neither_in_water_nor_on_each_other(town):
    layers = {
        name: [shape(f["geometry"]) for f in layer["features"]]
        for name, layer in town.basemap.items()
    }
    water = shapely.STRtree(layers["water"])
    assert water.query(layers["building"], predicate="intersects").size == 0
    homes = [
        shape(f["geometry"])
        for f in town.basemap["building"]["features"]
        if f["properties"]["kind"] == "home"
    ]
    pairs = shapely.STRtree(homes).query(homes, predicate="overlaps")
    assert pairs.size == 0


def test_the_map_is_light_enough_to_send(town):
    raw = json.dumps(town.basemap, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(raw) <= 1_500_000


def test_the_town_is_the_same_at_every_run(town):
    assert towns.draw() == town


def test_settling_stores_everything_and_tells_how_far_it_is(db, settings, tmp_path, town):
    settings.BASEMAP = tmp_path / "deep" / "basemap.json"
    steps = []
    settle(town, steps.append)
    assert sum(steps) == town.rows
    assert Area.objects.count() == len(town.areas)
    assert Estate.objects.count() == len(town.estates)
    assert Building.objects.count() == sum(len(e.buildings) for e in town.estates)
    assert Stairwell.objects.filter(building__estate__area__level=Level.COMMUNITY).count() == sum(
        len(b.stairwells) for e in town.estates for b in e.buildings
    )
    grid = Area.objects.get(code="349901001001-01")
    assert grid.full_name == "望湖区滨河街道望湖社区第01网格"
    assert basemap.current().source == town.basemap
    assert [p.name for p in settings.BASEMAP.parent.iterdir()] == ["basemap.json"]


def test_every_public_place_stands_in_or_beside_a_building(town):
    """A school or a police station without a house would look odd to a newcomer."""
    houses = shapely.STRtree([shape(f["geometry"]) for f in town.basemap["building"]["features"]])
    for place in town.basemap["poi"]["features"]:
        if place["properties"]["kind"] not in {"estate", "park"}:
            near = houses.query(shape(place["geometry"]), predicate="dwithin", distance=0.0012)
            assert near.size, place["properties"]["name"]
