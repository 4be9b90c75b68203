"""Taking in dwellings, organisations and components."""

from decimal import Decimal

import pytest

from gongzhi.journal.models import Event
from gongzhi.places.models import Building, Collection, Component, Dwelling, Stairwell
from gongzhi.residents import actions
from gongzhi.residents.models import Change, Organisation, Ownership, Resident
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.rows import (
    BrokenRows,
    NewComponent,
    NewDwelling,
    NewOrganisation,
    NewOwner,
)
from gongzhi.residents.tests.conftest import LI, WANG

pytestmark = pytest.mark.django_db

DOOR = NewDwelling(estate="望湖花园", building="3号楼", stairwell="2单元", name="601")
SHOP = NewOrganisation(
    name="老王面馆", credit_code="91350100M000100Y43", lng=117.306, lat=31.792, phone="13812340001"
)
LAMP = NewComponent(code="3499010101200001", name="路灯", lng=117.306, lat=31.792)


@pytest.fixture
def bring(home, sun, collected, NOON):
    """`bring("dwellings", DOOR)`: 孙丽 takes the rows in."""

    def brought(what, *rows, by=sun):
        verb = getattr(actions, f"take_in_{what}")
        return [str(p.outcome) for p in verb(by=by, rows=rows, collected=collected, at=NOON)]

    return brought


def test_a_dwelling_is_put_behind_its_door_and_gets_a_code(bring, grid_1):
    assert bring("dwellings", DOOR) == ["new"]
    made = Dwelling.objects.get(name="601")
    assert made.address == "望湖花园3栋2单元601室"
    assert (len(made.code), made.code[:12], made.grid) == (26, "349901001001", grid_1)
    assert Stairwell.objects.count() == 1


def test_a_missing_stairwell_is_made_once(bring):
    third = [NewDwelling("望湖花园", "3栋", door, stairwell="3单元") for door in ("101", "102")]
    assert bring("dwellings", *third) == ["new", "new"]
    assert bring("dwellings", *third) == ["same", "same"]
    assert Stairwell.objects.count() == 2


def test_owners_are_people_of_the_register(bring, take):
    take(WANG)
    owned = NewDwelling(
        "望湖花园", "3栋", "501", stairwell="2单元", square_metres=Decimal("88.5"),
        owners=(NewOwner(WANG.id_number, parts=1, whole=2), NewOwner("340101199001010011")),
    )  # fmt: skip
    assert bring("dwellings", owned) == ["changed"]
    assert bring("dwellings", owned) == ["same"]
    owner = Ownership.objects.get()
    assert (owner.resident.name, owner.parts, owner.whole) == ("王秀英", 1, 2)
    assert Change.objects.get(subject="dwelling").after == "88.50"


def test_people_go_along_when_a_building_is_renamed(bring, take, sun):
    take(WANG, LI)
    Building.objects.update(name="5栋")
    renamed = NewDwelling("望湖花园", "5栋", "501", stairwell="2单元")
    assert bring("dwellings", renamed) == ["changed"]
    assert Resident.objects.get(name="王秀英").address == "望湖花园5栋2单元501室"
    assert [r.name for r in search(sun, Sought("5栋")).people] == ["王秀英"]
    assert [r.name for r in search(sun, Sought("3栋")).people] == ["李四"]


@pytest.mark.parametrize(
    ("what", "row", "says"),
    [
        ("dwellings", NewDwelling("没有花园", "3栋", "1"), "没有登记小区"),
        ("dwellings", NewDwelling("望湖花园", "99栋", "1"), "没有登记楼栋"),
        ("dwellings", NewDwelling("望湖花园", "3栋", ""), "户室号"),
        ("dwellings", NewDwelling("望湖花园", "3栋", "701", code="C501"), None),
        ("organisations", NewOrganisation(name="无处可寻"), "位置或所在网格"),
        ("organisations", NewOrganisation(name="太远", lng=117.316, lat=31.794), "辖区"),
        ("organisations", NewOrganisation(name="颠倒", lng=31.7, lat=117.3), "写反"),
        ("components", NewComponent("123", "路灯", 117.306, 31.792), "16位"),
        ("components", NewComponent("3499010601200001", "路灯", 117.306, 31.792), "16位"),
    ],
)
def test_faults_keep_everything_out(bring, what, row, says):
    if says is None:
        assert bring(what, row) == ["changed"]  # known by its code: the door was renumbered
        return
    before = Collection.objects.count()
    with pytest.raises(BrokenRows) as refused:
        bring(what, row)
    assert says in " ".join(p.sentence for p in refused.value.faults[0])
    assert Collection.objects.count() == before


def test_an_odd_credit_code_is_kept_and_marked(bring):
    odd = NewOrganisation(name="某店", credit_code="91350100M000100Y44", lng=117.306, lat=31.792)
    assert bring("organisations", SHOP, odd) == ["new", "new"]
    assert bring("organisations", SHOP, odd) == ["same", "same"]
    assert list(Organisation.objects.order_by("pk").values_list("code_is_odd", flat=True)) == [
        False,
        True,
    ]
    assert Event.objects.get(name="residents.organisations_taken_in").facts["new"] == 2


def test_components_stand_in_their_grid_with_the_class_of_their_code(bring, grid_1):
    assert bring("components", LAMP) == ["new"]
    assert bring("components", LAMP) == ["same"]
    lamp = Component.objects.get()
    assert (lamp.kind, lamp.grid, lamp.state) == ("01", grid_1, "intact")
