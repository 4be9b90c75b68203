"""The other sides of the demo: they know its places and orders, and can be thrown away."""

import json

import pytest

from gongzhi.demo import building, outside
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Door
from gongzhi.places.models import Building, Estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def beside(report, community, settings, tmp_path, NOON):
    """What runs beside the demo, by code."""
    settings.DATA_DIR = tmp_path
    estate = Estate.objects.create(name="海棠府", area=community, lng=117.306, lat=31.792)
    Building.objects.create(name="4栋", floors=6, estate=estate, lng=117.306, lat=31.792)
    Entry.objects.create(case=report(), door=Door.HOTLINE, external_id="HF-1", at=NOON)
    return {one.code: one.part for one in outside.others(8000, tmp_path / "log")}


def test_whoever_writes_begins_with_a_place_that_the_district_has(beside):
    for code in ("hotline", "city_management", "mail"):
        command = beside[code].command
        assert command[command.index("--place") + 1] == "海棠府4栋"


def test_the_city_knows_the_orders_that_were_there_before_it(beside, tmp_path):
    book = tmp_path / "city.json"
    assert str(book) in beside["hotline"].command
    assert json.loads(book.read_text(encoding="utf-8")) == {"past": ["HF-1"]}


def test_a_demo_that_ran_can_be_thrown_away(beside, tmp_path):
    building.clear_away()
    assert list(tmp_path.iterdir()) == []
