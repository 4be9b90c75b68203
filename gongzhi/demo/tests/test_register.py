"""The demo's households are believable, their numbers nobody's, and the register holds them."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from gongzhi.demo.families import Families, households
from gongzhi.demo.register import settle_register
from gongzhi.kernel import codes
from gongzhi.places.models import Building, Dwelling, Estate, Stairwell
from gongzhi.residents.actions.tagging import Difference, retag_everybody
from gongzhi.residents.models import Findable, Request, Resident
from gongzhi.residents.reads.search import Sought, search

TODAY = date(2026, 3, 4)


def test_households_are_drawn_alike_and_look_like_a_town():
    families = list(households("town", TODAY, 3000))
    assert families == list(households("town", TODAY, 3000))
    people = [one for family in families for one in family]
    ages = [(TODAY - one.born).days / 365.25 for one in people]
    assert 2.0 < len(people) / 3000 < 3.2
    assert 0.12 < sum(age >= 60 for age in ages) / len(ages) < 0.32
    assert 0.45 < sum(one.female for one in people) / len(people) < 0.58
    assert min(ages) >= 0


def test_numbers_pass_their_check_and_are_nobodys():
    families = Families("numbers", TODAY)
    people = [one for _ in range(1500) for one in families.household()]
    for one in people:
        assert codes.resident_id(one.id_number, today=TODAY) == one.id_number
        assert codes.birth_date(one.id_number) == one.born
        assert (codes.gender(one.id_number) == "female") is one.female
        assert one.id_number.startswith("349901")
    for numbers in ([p.id_number for p in people], [n for p in people for n in p.phones]):
        assert max(Counter(numbers).values()) == 1
    assert all(phone.startswith("100") for one in people for phone in one.phones)


@pytest.mark.django_db
def test_the_demo_register_agrees_with_itself(world, community, li, sun, wang, NOON):
    estate = Estate.objects.create(
        area=community, name="望湖花园", kind="old", lng=117.306, lat=31.792
    )
    for name in ("1栋", "2栋"):
        building = Building.objects.create(
            estate=estate, name=name, floors=30, lng=117.306, lat=31.792
        )
        Stairwell.objects.create(building=building, name="1单元")
    settle_register(NOON, Random(1))
    assert Dwelling.objects.count() == 120
    people = Resident.objects.filter(state="present").count()
    assert people > 150
    assert Findable.objects.count() == Resident.objects.count()
    assert retag_everybody(by=None, at=NOON) == Difference()
    assert Request.objects.get().kind == "review"
    somebody = Resident.objects.filter(state="present").order_by("pk")[0]
    for line in (somebody.name, somebody.id_number, somebody.id_number[-6:], "#走访"):
        assert search(sun, Sought(line)).people, line
    # Keys go on after those that were poured in.
    Resident.objects.create(name="新来的", grid=somebody.grid, collection=somebody.collection)
