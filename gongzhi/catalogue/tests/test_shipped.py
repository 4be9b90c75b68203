"""What the product ships: 9 classes and 143 items that a professional would recognise."""

import re

import pytest

from gongzhi.calendars.words import LimitUnit
from gongzhi.catalogue.rules import content
from gongzhi.catalogue.rules.grading import WORST_FIRST
from gongzhi.catalogue.tests import shipped
from gongzhi.catalogue.words import Evidence, Grade, Tier


def item(name: str) -> content.Item:
    return next(each for each in shipped.catalogue().items if each.name == name)


def test_there_are_9_classes_and_143_items():
    assert len(shipped.catalogue().classes) == 9
    assert len(shipped.catalogue().items) == 143


def test_every_item_has_words_enough_to_be_found_by():
    short = [i.name for i in shipped.catalogue().items if len(i.synonyms) < 6 or not i.hints]
    assert short == []


def test_no_two_items_have_the_same_name():
    names = [i.name for i in shipped.catalogue().items]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("私搭乱建", [(4, "wh"), (7, "wd"), (20, "wd")]),
        ("暴露垃圾", [(4, "wh")]),
        ("路面积水", [(4, "wh")]),
        ("道路不洁", [(2, "wh")]),
        ("绿化养护不到位", [(5, "wd")]),
    ],
)
def test_the_trades_usual_limits_are_kept(name, limits):
    assert [(stage.limit, stage.unit) for stage in item(name).stages] == limits


def test_what_cannot_wait_is_counted_in_hours_of_the_clock():
    late = [
        i.name
        for i in shipped.catalogue().items
        if i.grade == Grade.URGENT and i.stages[0].unit != LimitUnit.CLOCK_HOURS
    ]
    assert late == []


def test_every_urgent_item_says_whom_to_call():
    silent = [i.name for i in shipped.catalogue().items if i.grade == "urgent" and not i.emergency]
    assert silent == []


def test_a_matter_of_a_tier_is_led_by_a_unit_that_is_no_higher_than_needed():
    tiers = {unit.code: unit.tier for unit in shipped.catalogue().units}
    order = list(Tier.values)
    odd = [
        i.name
        for i in shipped.catalogue().items
        if i.tier == Tier.DISTRICT and order.index(tiers[i.lead]) < order.index(Tier.TOWNSHIP)
    ]
    assert odd == []


def test_the_rules_know_the_same_words_as_the_product():
    assert set(content.EVIDENCE) == set(Evidence.values)
    assert set(content.TIERS) == set(Tier.values)
    assert set(content.LIMIT_UNITS) == set(LimitUnit.values)
    assert list(WORST_FIRST) == list(Grade.values)


def test_every_item_has_phrases_for_the_demo():
    assert set(shipped.phrases()) == {i.code for i in shipped.catalogue().items}
    for code, said in shipped.phrases().items():
        assert 3 <= len(said["says"]) <= 5, code
        assert len(said["notes"]) == 2, code
        assert set(said) <= {"says", "notes", "returns"}, code


def test_phrases_leave_room_for_place_and_days_and_nothing_else():
    for said in shipped.phrases().values():
        for text in [*said["says"], *said["notes"]]:
            assert set(re.findall(r"\{.*?\}", text)) <= {"{place}", "{days}"}


def test_phrases_hold_no_telephone_number():
    for said in shipped.phrases().values():
        for text in [*said["says"], *said["notes"]]:
            assert not re.search(r"\d{6,}", text)
