"""Which areas positions lie in, asked one by one or many at once."""

import pytest

from conftest import HERE
from gongzhi.places import locate
from gongzhi.places.reads import area_at, areas_at

pytestmark = pytest.mark.django_db

EAST, NORTH, AWAY = (117.310, 31.792), (117.308, 31.796), (2.35, 48.85)


@pytest.fixture
def drawn(grid_1, grid_2, grid_3):
    """Three grids with polygons."""


def test_many_positions_are_answered_in_their_order(drawn, grid_1, grid_2, grid_3):
    assert areas_at([NORTH, HERE, AWAY, EAST, HERE]) == [grid_3, grid_1, None, grid_2, grid_1]
    assert areas_at([]) == []


def test_one_by_one_and_together_are_the_same(drawn):
    points = [HERE, EAST, NORTH, AWAY]
    assert [area_at(*point) for point in points] == areas_at(points)


def test_areas_are_read_once_and_again_after_a_change(drawn, grid_1, django_assert_num_queries):
    area_at(*HERE)
    with django_assert_num_queries(0):
        areas_at([HERE, HERE])
    grid_1.name = "改名的网格"
    grid_1.save()
    locate.forget()
    assert area_at(*HERE).name == "改名的网格"
