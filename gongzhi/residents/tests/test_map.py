"""The register's map: what a choice holds, for whom, with and without a script."""

import json

import pytest

from gongzhi.places.models import Building, Component, Dwelling, Estate, Stairwell
from gongzhi.residents.forms import Chosen
from gongzhi.residents.models import Resident
from gongzhi.residents.reads import selecting
from gongzhi.residents.rules.selection import Selection, read
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.sheets.models import Outgoing

pytestmark = pytest.mark.django_db
MAP, LIST = "/desk/residents/map/", "/desk/residents/"
AROUND = "117.305,31.791;117.307,31.791;117.307,31.793;117.305,31.793"  # holds 3栋
BESIDE = "117.3085,31.7905;117.3115,31.7905;117.3115,31.7935;117.3085,31.7935"  # grid_2 only


@pytest.fixture
def people(take, home, grid_2, far_grid, NOON):
    """王秀英 and 李四 in 3栋 (grid_1), 赵 without a home in grid_1, 钱 in 9栋 of far_grid."""
    take(WANG, LI)
    collection = home.collection
    Resident.objects.create(name="赵无门", grid=home.grid, collection=collection)
    estate = Estate.objects.create(
        area=far_grid.parent, name="云岭苑", kind="old", lng=117.3059, lat=31.7919
    )
    building = Building.objects.create(
        estate=estate, name="9栋", floors=6, lng=117.3059, lat=31.7919
    )
    stairwell = Stairwell.objects.create(building=building, name="1单元")
    far = Dwelling.objects.create(
        code="F", stairwell=stairwell, name="101", address="云岭苑9栋101", grid=far_grid,
        collection=collection,
    )  # fmt: skip
    Resident.objects.create(name="钱远方", grid=far_grid, home=far, collection=collection)


def estate_of(home):
    """The key of 望湖花园."""
    return home.stairwell.building.estate_id


# ── an address as a choice ────────────────────────────────────────────────────


def test_a_choice_survives_its_address_and_nonsense_is_left_out():
    choice = Selection(AROUND, ("349901001001-01",), (3, 4))
    assert read(choice.params()) == choice
    assert read({"grid": " ,,a,a", "estate": "1,x,٣,-4,9999999999999999999"}) == Selection(
        "", ("a",), (1,)
    )
    assert not read({})
    assert len(read({"grid": ",".join(map(str, range(500)))}).grids) == 60


# ── what it holds ─────────────────────────────────────────────────────────────


def test_a_drawing_holds_those_whose_home_is_in_it_and_within_reach(people, sun, he):
    found = selecting.summary(sun, Selection(draw=AROUND))
    assert (found.people, found.homes, found.buildings, found.homeless) == (2, 2, 1, 1)
    assert found.counts["party_member"] == 1
    assert selecting.summary(he, Selection(draw=AROUND)).people == 3  # the district sees 9栋 too
    assert selecting.summary(sun, Selection(draw=BESIDE)).people == 0


def test_a_grid_holds_everybody_of_it_also_without_a_home(people, sun, grid_1, grid_2):
    found = selecting.summary(sun, Selection(grids=(grid_1.code,)))
    assert (found.people, found.homes) == (3, 2)
    assert found.counts["party_member"] == 1
    assert selecting.summary(sun, Selection(grids=(grid_2.code,))).people == 0


def test_parts_are_joined_and_nobody_counts_twice(people, home, sun, grid_1, grid_2):
    both = Selection(AROUND, (grid_2.code,), (estate_of(home),))
    assert selecting.summary(sun, both).people == 2
    assert selecting.summary(sun, Selection(AROUND, (grid_1.code,))).people == 3
    assert selecting.counts(sun, Selection(AROUND, (grid_1.code,)))["party_member"] == 1


def test_a_grid_out_of_reach_holds_nobody(people, sun, li, far_grid, grid_2):
    assert selecting.summary(sun, Selection(grids=(far_grid.code,))).people == 0
    assert selecting.counts(sun, Selection(grids=(far_grid.code,))) == {}
    assert selecting.dots(sun, Selection(grids=(far_grid.code,))) == []


def test_tags_narrow_people_and_dots_are_buildings(people, sun):
    found = selecting.summary(sun, Selection(draw=AROUND), ("party_member",))
    assert (found.people, found.homes) == (1, 1)
    assert selecting.dots(sun, Selection(draw=AROUND)) == [[117.306, 31.792, "望湖花园3栋", 2]]


# ── the pages ─────────────────────────────────────────────────────────────────


def test_without_a_script_grids_and_estates_are_ticked(as_, people, home, sun, grid_1, grid_2):
    page = as_(sun).get(MAP).content.decode()
    assert f'name="grid" value="{grid_2.code}"' in page
    assert "云岭苑" not in page
    page = as_(sun).get(MAP, {"grid": [grid_1.code, grid_2.code], "estate": estate_of(home)})
    text = page.content.decode()
    assert "<dt>人</dt><dd>3</dd>" in text
    assert "党员<em>1</em>" in text
    assert f"grid={grid_1.code}%2C{grid_2.code}" in text


def test_htmx_gets_the_figures_alone(as_, people, sun):
    piece = as_(sun).get(MAP, {"draw": AROUND}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert "<dt>户室</dt><dd>2</dd>" in piece
    assert "另有 1 人没有登记到户室" in piece


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        ("117.305,31.791;117.307,31.793;117.307,31.791;117.305,31.793", "互相交叉"),
        ("117.305,31.791", "至少要点三个角"),
        ("117.2,31.7;117.4,31.7;117.4,31.9;117.2,31.9", "太大了"),
        ("118.305,31.791;118.307,31.791;118.307,31.793", "不在本区"),
    ],
)
def test_a_bad_drawing_is_a_sentence_on_every_page(as_, people, sun, draw, sentence):
    for page in (MAP, LIST, "/desk/tables/out/of/residents.people/"):
        answer = as_(sun).get(page, {"draw": draw})
        assert answer.status_code == 422, page
        assert sentence in answer.content.decode(), page


def test_the_list_keeps_the_choice_through_pages_and_tags(as_, people, sun, take, home):
    rows = [f'<a href="/desk/residents/{r.pk}/">' for r in Resident.objects.order_by("pk")]
    text = as_(sun).get(LIST, {"draw": AROUND}).content.decode()
    assert [row in text for row in rows] == [True, True, False, False]
    assert "地图上画的范围" in text
    assert 'name="draw" value="117.305,31.791;' in text
    assert "tag=party_member&amp;draw=117.305" in text
    with_words = as_(sun).get(LIST, {"draw": AROUND, "q": "王秀"}).content.decode()
    assert [row in with_words for row in rows] == [True, False, False, False]
    with_tag = as_(sun).get(LIST, {"draw": AROUND, "tag": "party_member"}).content.decode()
    assert [row in with_tag for row in rows] == [True, False, False, False]
    elsewhere = as_(sun).get(LIST, {"draw": BESIDE, "tag": "party_member"}).content.decode()
    assert rows[0] not in elsewhere


def test_the_choice_is_exported_with_a_reason_on_record(as_, people, sun):
    page = "/desk/tables/out/of/residents.people/"
    shown = as_(sun).get(page, {"draw": AROUND})
    assert "共 2 行" in shown.content.decode()
    typed = {"column_name": "on", "place_name": "1", "title": "名册", "shape": "csv"}
    answer = as_(sun).post(f"{page}?draw={AROUND}", {**typed, "reason": "消防隐患排查"})
    assert answer.status_code == 302
    made = Outgoing.objects.get()
    assert (made.rows, made.reason) == (2, "消防隐患排查")


def test_grid_outlines_and_homes_end_where_the_reach_ends(as_, people, li, sun, grid_1, grid_2):
    found = as_(li).get(f"{MAP}grids.json").json()["features"]
    assert [f["properties"]["code"] for f in found] == [grid_1.code]
    homes = as_(sun).get(f"{MAP}homes.json", {"draw": AROUND}).json()["homes"]
    assert homes == [[117.306, 31.792, "望湖花园3栋", 2]]
    assert as_(sun).get(f"{MAP}homes.json").json() == {"homes": []}
    assert "王秀英" not in json.dumps(homes, ensure_ascii=False)


def test_components_of_the_box_by_class(as_, people, home, sun, grid_1, far_grid):
    for code, grid, lng in (
        ("3499010104000001", grid_1, 117.306),
        ("3499010104000002", far_grid, 117.3061),
    ):
        Component.objects.create(
            code=code, kind="01", name="路灯", grid=grid, lng=lng, lat=31.792, state="damaged",
            collection=home.collection,
        )  # fmt: skip
    found = as_(sun).get(f"{MAP}components.json", {"box": "117.3,31.79,117.31,31.8"}).json()
    assert [row[3:] for row in found["components"]] == [["01", "路灯 3499010104000001 · 破损", 0]]
    for box in ("", "1,2,3", "117,31,118,32", "nan,31.79,nan,31.8", "a,b,c,d"):
        assert as_(sun).get(f"{MAP}components.json", {"box": box}).status_code == 422, box


@pytest.mark.parametrize("who", ["wang", "guan", "wu", "qian"])
@pytest.mark.parametrize("page", [MAP, f"{MAP}grids.json", f"{MAP}homes.json"])
def test_who_may_not_see_the_register_sees_no_map_of_it(as_, request, world, who, page):
    assert as_(request.getfixturevalue(who)).get(page).status_code == 403


def test_questions_do_not_grow_with_people(people, sun, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        selecting.summary(sun, Selection(draw=AROUND))


def test_a_filter_survives_as_the_search_takes_it(rf, sun, world):
    chosen = Chosen.read(rf.get("/", {"grid": ["a", "b,c"], "estate": "7"}).GET)
    assert chosen.within == Selection("", ("a", "b", "c"), (7,))
    assert chosen.query() == "grid=a%2Cb%2Cc&estate=7"
