"""What somebody drew on a map: read, refused with a sentence, and what lies inside."""

import pytest

from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import drawn
from gongzhi.places.models import Building, Estate

SQUARE = "117.305,31.791;117.307,31.791;117.307,31.793;117.305,31.793"


def test_corners_are_read_and_the_last_may_repeat_the_first():
    corners = [(117.305, 31.791), (117.307, 31.791), (117.307, 31.793), (117.305, 31.793)]
    assert drawn.ring_of(SQUARE) == corners
    assert drawn.ring_of(SQUARE + ";117.305,31.791;") == corners


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("117.305,31.791", "至少要点三个角"),
        ("117.3,31.7;117.3,31.7;117.3,31.7", "至少要点三个角"),
        ("", "至少要点三个角"),
        ("一个圈", "没有看懂"),
        ("117.305,31.791;117.307", "没有看懂"),
        ("117.305,31.791;1e5,31;117,31", "没有看懂"),
        ("nan,nan;117,31;118,31", "没有看懂"),
        ("181,31;117,31;118,32", "没有看懂"),
        (";".join(f"117.{n:03d},31.{n * n % 997:03d}" for n in range(300)), "点太多了"),
    ],
)
def test_what_is_no_ring_is_refused_without_a_database(text, sentence):
    with pytest.raises(NotUnderstood, match=sentence) as refusal:
        drawn.ring_of(text)
    assert refusal.value.field == "draw"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("117.305,31.791;117.307,31.793;117.307,31.791;117.305,31.793", "互相交叉"),
        ("117.305,31.791;117.306,31.792;117.307,31.793", "互相交叉|太小"),
        ("117.305,31.791;117.30501,31.791;117.30501,31.79101", "太小"),
        ("117.2,31.7;117.4,31.7;117.4,31.9;117.2,31.9", "太大了"),
        ("118.305,31.791;118.307,31.791;118.307,31.793", "不在本区"),
    ],
)
def test_a_ring_that_cannot_be_asked_says_why(district, text, sentence):
    with pytest.raises(NotUnderstood, match=sentence):
        drawn.outline_of(text)


@pytest.mark.django_db
def test_buildings_inside_are_found_and_those_in_its_box_alone_are_not(community):
    estate = Estate.objects.create(area=community, name="甲", kind="old", lng=117.306, lat=31.792)
    spots = {"内": (117.3055, 31.7912), "盒": (117.3069, 31.7928), "外": (117.309, 31.792)}
    rows = {
        name: Building.objects.create(estate=estate, name=name, floors=6, lng=lng, lat=lat)
        for name, (lng, lat) in spots.items()
    }
    corner = drawn.outline_of("117.305,31.791;117.307,31.791;117.305,31.793")
    assert drawn.buildings_in(corner) == [rows["内"].pk]
    assert drawn.buildings_in(drawn.outline_of(SQUARE)) == [rows["内"].pk, rows["盒"].pk]
