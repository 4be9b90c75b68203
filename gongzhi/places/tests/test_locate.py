"""A position finds its grid: inside, on borders, in holes, in overlaps, between and outside."""

import random
import threading
import time

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box, mapping

from gongzhi.places import locate
from gongzhi.places.locate import Atlas, Outline
from gongzhi.places.models import Area
from gongzhi.places.words import Level

DISTRICT, COMMUNITY, G1, G2, RING, ISLAND, BIG = range(7)

# Two grids side by side, one with a hole and an island in it, and one over the first two.
OUTLINES = [
    Outline(DISTRICT, "349901000000", Level.DISTRICT, box(0, 0, 10, 10)),
    Outline(COMMUNITY, "349901001001", Level.COMMUNITY, box(0, 0, 8, 8)),
    Outline(G2, "349901001001-02", Level.GRID, box(1, 0, 2, 1)),
    Outline(G1, "349901001001-01", Level.GRID, box(0, 0, 1, 1)),
    Outline(RING, "349901001001-03", Level.GRID, box(3, 3, 6, 6) - box(4, 4, 5, 5)),
    Outline(ISLAND, "349901001001-04", Level.GRID, box(4.2, 4.2, 4.4, 4.4)),
    Outline(BIG, "349901001001-00", Level.GRID, box(0.5, 0.5, 3, 3)),
]
ATLAS = Atlas(OUTLINES)


@pytest.mark.parametrize(
    ("lng", "lat", "where"),
    [
        (0.2, 0.2, G1),
        (1.2, 0.2, G2),
        (3.5, 3.5, RING),
        (4.5, 4.5, COMMUNITY),  # the hole belongs to nobody below the community
        (4.3, 4.3, ISLAND),
        (7.0, 7.0, COMMUNITY),
        (9.0, 9.0, DISTRICT),
        (10.1, 5.0, None),
        (-120.0, 45.0, None),
        (2.5, 2.5, BIG),
        (0.7, 0.7, G1),  # both hold it; the smaller grid wins although its code is higher
        (1.0, 0.2, G1),  # on the border of two: the lower code
        (1.0, 0.0, G1),  # a corner of both
        (0.0, 0.5, G1),  # on the outer border
        (3.0, 3.0, BIG),  # touches the corner of the ring: the lower code
        (4.0, 4.5, RING),  # on the rim of the hole
        (8.0, 8.0, COMMUNITY),
        (10.0, 10.0, DISTRICT),
        (1.0, 0.7, BIG),  # between grids 1 and 2, but well inside the one above them
    ],
)
def test_a_position_has_one_area(lng, lat, where):
    assert ATLAS.locate(lng, lat) == where
    assert ATLAS.locate_many([(lng, lat)]) == [where]


def test_the_order_in_which_areas_are_read_makes_no_difference():
    points = [(x / 8, y / 8) for x in range(-4, 90) for y in range(-4, 90)]
    shuffled = OUTLINES[:]
    random.Random(7).shuffle(shuffled)
    assert Atlas(shuffled).locate_many(points) == ATLAS.locate_many(points)


@given(st.lists(st.tuples(st.floats(-1, 11), st.floats(-1, 11)), max_size=30))
def test_many_are_located_like_each_alone(points):
    assert ATLAS.locate_many(points) == [ATLAS.locate(*point) for point in points]


@given(st.tuples(st.integers(-10, 110), st.integers(-10, 110)))
def test_many_are_located_like_each_alone_on_borders_too(tenths):
    point = (tenths[0] / 10, tenths[1] / 10)
    assert ATLAS.locate_many([point]) == [ATLAS.locate(*point)]


@given(st.floats(), st.floats())
def test_any_number_has_an_answer_and_nobody_is_held_by_what_is_far_away(lng, lat):
    found = ATLAS.locate(lng, lat)
    polygons = {outline.pk: outline.polygon for outline in OUTLINES}
    assert found is None or polygons[found].distance(shapely.Point(lng, lat)) < 0.001


def test_half_a_metre_between_two_grids_is_no_mans_land_no_more():
    gap = 0.000004
    atlas = Atlas(
        [
            Outline(1, "349901001001", Level.COMMUNITY, box(0, 0, 2, 1)),
            Outline(2, "349901001001-01", Level.GRID, box(0, 0, 1, 1)),
            Outline(3, "349901001001-02", Level.GRID, box(1 + gap, 0, 2, 1)),
        ]
    )
    assert atlas.locate(1 + gap / 2, 0.5) == 2
    assert atlas.locate(1 + gap * 0.9, 0.5) == 2
    assert atlas.locate(0.5, 1 + gap / 2) is None  # outside everything, however near


def test_within_district_asks_the_district_only():
    assert ATLAS.within_district(9, 9)
    assert ATLAS.within_district(10, 10)
    assert not ATLAS.within_district(10.01, 10)
    assert Atlas([]).within_district(9, 9)
    assert Atlas([]).locate(9, 9) is None
    assert not Atlas(OUTLINES[1:]).within_district(9, 9)


def test_a_look_up_takes_microseconds():
    """40 grids of 60 corners; the bound is generous for a busy machine, the target is 20 µs."""
    grids = [
        Outline(i * 6 + j, f"349901001001-{i * 6 + j:02d}", Level.GRID,
                box(i, j, i + 1, j + 1).segmentize(0.07))
        for i in range(7) for j in range(6)
    ]  # fmt: skip
    atlas = Atlas([*grids, Outline(99, "349901000000", Level.DISTRICT, box(0, 0, 7, 6))])
    points = [(random.Random(i).uniform(0, 7), random.Random(-i).uniform(0, 6)) for i in range(300)]
    best = min(_seconds(atlas, points) for _ in range(5))
    assert best / len(points) < 100e-6


def _seconds(atlas, points):
    start = time.perf_counter()
    for lng, lat in points:
        atlas.locate(lng, lat)
    return time.perf_counter() - start


@pytest.fixture
def grid(db):
    district = Area.objects.create(
        code="349901000000", name="望湖区", level=Level.DISTRICT, polygon=mapping(box(0, 0, 9, 9))
    )
    return Area.objects.create(
        code="349901001001-01",
        name="第01网格",
        level=Level.GRID,
        parent=district,
        polygon=mapping(box(0, 0, 1, 1)),
    )


def test_areas_are_read_from_the_database(grid):
    assert locate.locate(0.5, 0.5) == grid.pk
    assert locate.locate(5, 5) == grid.parent_id
    assert locate.locate_many([(0.5, 0.5), (20, 20)]) == [grid.pk, None]
    assert locate.within_district(5, 5)
    assert not locate.within_district(20, 5)


def test_a_redrawn_grid_is_seen_at_once_where_it_was_redrawn(grid):
    assert locate.locate(5, 5) == grid.parent_id
    grid.polygon = mapping(box(4, 4, 6, 6))
    grid.save()
    locate.forget()
    assert locate.locate(5, 5) == grid.pk
    assert locate.locate(0.5, 0.5) == grid.parent_id


def test_a_redrawn_grid_is_seen_elsewhere_within_seconds(grid, monkeypatch):
    assert locate.locate(5, 5) == grid.parent_id
    grid.polygon = mapping(box(4, 4, 6, 6))
    grid.save()
    assert locate.locate(5, 5) == grid.parent_id
    later = time.monotonic() + locate.RECHECK_SECONDS
    monkeypatch.setattr(locate.time, "monotonic", lambda: later)
    assert locate.locate(5, 5) == grid.pk


def test_looking_again_costs_one_query_and_in_between_none(
    grid, monkeypatch, django_assert_num_queries
):
    locate.locate(5, 5)
    with django_assert_num_queries(0):
        locate.locate(5, 5)
    later = time.monotonic() + locate.RECHECK_SECONDS
    monkeypatch.setattr(locate.time, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        locate.locate(5, 5)


def test_a_bow_tie_is_repaired_instead_of_refused(grid):
    grid.polygon = {"type": "Polygon", "coordinates": [[[2, 2], [4, 4], [4, 2], [2, 4], [2, 2]]]}
    grid.save()
    locate.forget()
    assert locate.locate(2.2, 3) == grid.pk
    assert locate.locate(3, 2.2) == grid.parent_id


def test_many_threads_get_the_same_answers():
    points = [(x / 4, y / 4) for x in range(40) for y in range(40)]
    expected = ATLAS.locate_many(points)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append([ATLAS.locate(*p) for p in points]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4
