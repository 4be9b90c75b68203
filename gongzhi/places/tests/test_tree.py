"""The area tree: paths that cannot be confused, and the ways up and down."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.kernel.codes import DivisionLevel
from gongzhi.places import reads, rules
from gongzhi.places.models import Area, Building, Estate, Stairwell
from gongzhi.places.words import EstateKind, Level

codes = st.from_regex(r"[0-9]{12}(-[0-9]{2})?", fullmatch=True)


@given(codes, codes, codes)
def test_a_path_is_read_back_as_its_codes(district, community, grid):
    path = rules.path_under(rules.path_under(rules.path_under("", district), community), grid)
    assert rules.codes_on(path) == [district, community, grid]
    assert path.startswith("/")
    assert path.endswith("/")
    ways_up = [path]
    while ways_up[-1]:
        ways_up.append(rules.path_above(ways_up[-1]))
    assert [len(rules.codes_on(one)) for one in ways_up] == [3, 2, 1, 0]
    assert all(path.startswith(one) for one in ways_up)


@pytest.mark.parametrize("code", ["", "3499/01", "/"])
def test_what_would_break_a_path_is_no_code(code):
    with pytest.raises(ValueError, match="not an area code"):
        rules.path_under("/349901000000/", code)


def test_a_grid_code_tells_its_community():
    assert rules.grid_code("349901001001", 3) == "349901001001-03"
    assert rules.community_of("349901001001-03") == "349901001001"
    assert rules.community_of("349901001001") is None


def test_levels_of_codes_are_levels_of_areas():
    assert {Level(level.value) for level in DivisionLevel} == set(Level) - {Level.GRID}


@pytest.fixture
def tree(db):
    """A district with two sub-districts, the first with two communities, the first with a grid."""
    made = {}
    for code, name, level, above in [
        ("349901000000", "望湖区", Level.DISTRICT, None),
        ("349901001000", "滨河街道", Level.TOWNSHIP, "349901000000"),
        ("349901002000", "云谷街道", Level.TOWNSHIP, "349901000000"),
        ("349901001001", "望湖社区", Level.COMMUNITY, "349901001000"),
        ("349901001002", "翠微社区", Level.COMMUNITY, "349901001000"),
        ("349901001001-01", "第01网格", Level.GRID, "349901001001"),
    ]:
        parent = made[above] if above else None
        made[code] = Area.objects.create(code=code, name=name, level=level, parent=parent)
    return made


def test_under_holds_itself_and_everything_below(tree):
    below = Area.objects.under(tree["349901001000"]).order_by("code")
    assert [a.name for a in below] == ["滨河街道", "望湖社区", "第01网格", "翠微社区"]
    assert Area.objects.under("/349901000000/").count() == 6
    assert Area.objects.grids().get() == tree["349901001001-01"]


def test_a_code_that_begins_like_another_is_not_below_it(tree):
    odd = Area.objects.create(code="349901001001-011", name="远处", level=Level.GRID)
    assert odd not in Area.objects.under(tree["349901001001-01"])
    assert not tree["349901001001-01"].holds(odd)


def test_an_area_holds_itself_and_what_is_below_but_nothing_beside_or_above(tree):
    community = tree["349901001001"]
    assert community.holds(community)
    assert community.holds(tree["349901001001-01"])
    assert community.holds(tree["349901001001-01"].path)
    assert not community.holds(tree["349901001002"])
    assert not community.holds(tree["349901000000"])


def test_the_way_up_takes_one_query(tree, django_assert_num_queries):
    grid = Area.objects.get(code="349901001001-01")
    with django_assert_num_queries(1):
        assert [a.name for a in grid.ancestors()] == ["望湖区", "滨河街道", "望湖社区"]
        assert grid.community == tree["349901001001"]
        assert grid.township == tree["349901001000"]
        assert grid.district == tree["349901000000"]
        assert grid.full_name == "望湖区滨河街道望湖社区第01网格"
    assert tree["349901001000"].community is None


def test_two_areas_never_share_a_code(tree):
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(code="349901001001", name="冒名社区", level=Level.COMMUNITY)


def test_the_district_is_found_or_missed_loudly(tree):
    assert reads.district() == tree["349901000000"]


def test_without_areas_there_is_no_district(db):
    with pytest.raises(LookupError):
        reads.district()


def test_while_nothing_is_drawn_everything_is_in_the_district(tree):
    assert reads.area_at(117.3, 31.8) == tree["349901000000"]


@pytest.fixture
def building(tree):
    estate = Estate.objects.create(
        area=tree["349901001001"], name="翠湖雅苑", kind=EstateKind.COMMERCIAL, lng=117.3, lat=31.8
    )
    Building.objects.create(estate=estate, name="2栋", floors=6, lng=117.3006, lat=31.8)
    return Building.objects.create(estate=estate, name="3栋", floors=6, lng=117.3, lat=31.8)


def test_a_stairwell_is_called_by_its_address(building):
    assert str(Stairwell.objects.create(building=building, name="1单元")) == "翠湖雅苑3栋1单元"


def test_the_nearest_building_is_found_when_it_is_near(building, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert str(reads.building_at(117.3001, 31.8)) == "翠湖雅苑3栋"
    assert str(reads.building_at(117.3005, 31.8)) == "翠湖雅苑2栋"
    assert reads.building_at(117.302, 31.8) is None


def test_estates_are_found_by_a_part_of_their_name(building, tree):
    assert [str(e) for e in reads.estates_like(" 翠湖 ", within=tree["349901000000"])] == [
        "翠湖雅苑"
    ]
    assert reads.estates_like("翠湖", within=tree["349901002000"]) == []
