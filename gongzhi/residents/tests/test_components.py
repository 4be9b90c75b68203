"""City components at the desk: the list, the page, who may see them."""

import pytest

from gongzhi.places.models import Collection, Component

pytestmark = pytest.mark.django_db
LIST = "/desk/residents/components/"


@pytest.fixture
def things(grid_1, far_grid, NOON):
    """A lamp post in grid_1, a broken manhole cover there, a lamp post far away."""
    made = Collection.objects.create(source="table", purpose="upkeep", collected_at=NOON)
    rows = [
        ("3499010104000012", "01", "路灯", grid_1, 117.3061, 31.7921, "intact"),
        ("3499010100100013", "01", "上水井盖", grid_1, 117.3063, 31.7921, "damaged"),
        ("3499010104000999", "01", "路灯", far_grid, 117.316, 31.794, "intact"),
    ]
    return [
        Component.objects.create(
            code=code, kind=kind, name=name, grid=grid, lng=lng, lat=lat, state=state,
            owner="望湖区城市管理局", collection=made,
        )
        for code, kind, name, grid, lng, lat, state in rows
    ]  # fmt: skip


def test_the_list_holds_what_is_within_reach_and_finds_last_digits(as_, li, things):
    page = as_(li).get(LIST).content.decode()
    assert "3499010104000012" in page
    assert "3499010104000999" not in page
    found = as_(li).get(LIST, {"q": "00013"}).content.decode()
    assert "上水井盖" in found
    assert "3499010104000012" not in found
    broken = as_(li).get(LIST, {"state": "damaged", "kind": "01"}).content.decode()
    assert "3499010100100013" in broken
    assert "3499010104000012" not in broken


def test_a_component_says_what_it_is_and_whose(as_, sun, things):
    page = as_(sun).get(f"{LIST}{things[1].pk}/").content.decode()
    for said in ("上水井盖", "3499010100100013", "公用设施", "破损", "望湖区城市管理局"):
        assert said in page
    assert "还没有人反映过它" in page


def test_a_component_elsewhere_is_not_there(as_, sun, things):
    assert as_(sun).get(f"{LIST}{things[2].pk}/").status_code == 404
    assert as_(sun).get(f"{LIST}999999/").status_code == 404


@pytest.mark.parametrize("who", ["wang", "guan", "wu"])
def test_others_are_turned_away(as_, request, world, things, who):
    browser = as_(request.getfixturevalue(who))
    assert browser.get(LIST).status_code == 403
    assert browser.get(f"{LIST}{things[0].pk}/").status_code == 403


def test_a_leader_sees_components_without_the_register(as_, qian, things):
    page = as_(qian).get(LIST).content.decode()
    assert "3499010104000999" in page
    assert "/desk/residents/homes/" not in page
