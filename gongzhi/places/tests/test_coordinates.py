"""Positions go from one system to another and come back to the same spot."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.places import coordinates as c
from gongzhi.places.words import Datum

HERE = (117.285, 31.795)

in_china = st.tuples(st.floats(73.5, 135.5), st.floats(3.5, 53.5))


def test_the_systems_differ_at_a_known_place_by_the_known_distance():
    assert round(c.metres_between(HERE, c.wgs84_to_gcj02(*HERE))) == 566
    assert round(c.metres_between(HERE, c.wgs84_to_bd09(*HERE))) == 1215


@given(in_china)
def test_gcj02_and_back_is_the_same_spot(here):
    assert c.metres_between(here, c.to_wgs84(*c.wgs84_to_gcj02(*here), Datum.GCJ02)) < 0.001


@given(in_china)
def test_bd09_and_back_is_the_same_spot(here):
    assert c.metres_between(here, c.to_wgs84(*c.wgs84_to_bd09(*here), Datum.BD09)) < 0.001


@given(in_china)
def test_from_the_other_side_the_round_trip_holds_too(here):
    assert c.metres_between(here, c.gcj02_to_bd09(*c.bd09_to_gcj02(*here))) < 0.001
    assert c.metres_between(here, c.wgs84_to_gcj02(*c.gcj02_to_wgs84(*here))) < 0.001


@given(in_china)
def test_the_shift_is_a_few_hundred_metres_everywhere_in_china(here):
    assert 1 < c.metres_between(here, c.wgs84_to_gcj02(*here)) < 1000


@pytest.mark.parametrize("place", [(-0.1276, 51.5072), (151.2093, -33.8688), (-179.9, -89.9)])
def test_abroad_gcj02_is_wgs84(place):
    assert c.wgs84_to_gcj02(*place) == place
    assert c.gcj02_to_wgs84(*place) == place


def test_a_wgs84_position_is_kept_to_the_last_bit():
    assert c.to_wgs84(*HERE) == HERE
    assert c.to_wgs84(*HERE, "wgs84") == HERE


@pytest.mark.parametrize(
    ("lng", "lat", "told"),
    [
        (math.nan, 31.8, "普通数字"),
        (117.3, math.nan, "普通数字"),
        (math.inf, 31.8, "普通数字"),
        (117.3, -math.inf, "普通数字"),
        (31.795, 117.285, "写反了"),
        (39.9, 80.2, "写反了"),
        (180.1, 31.8, "经度应在"),
        (-1e300, 0.5, "经度应在"),
        (117.3, 90.5, "纬度应在"),
        (0.0, 0.0, "没有给出位置"),
        (-0.0, 0.0, "没有给出位置"),
    ],
)
@pytest.mark.parametrize("datum", Datum)
def test_what_is_no_position_gets_a_sentence(lng, lat, told, datum):
    with pytest.raises(ValueError, match=told):
        c.to_wgs84(lng, lat, datum)


def test_an_unknown_system_gets_a_sentence():
    with pytest.raises(ValueError, match="坐标系"):
        c.to_wgs84(*HERE, "CGCS2000?")


@given(st.floats(), st.floats(), st.sampled_from(Datum))
def test_any_two_numbers_become_a_finite_position_or_a_sentence(lng, lat, datum):
    try:
        answer = c.to_wgs84(lng, lat, datum)
    except ValueError as refusal:
        answer = ()
        sentence = str(refusal)
    if answer:
        assert -180 <= answer[0] <= 180
        assert -90 <= answer[1] <= 90
    else:
        assert sentence.endswith("。")
