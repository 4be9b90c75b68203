"""The lamp post picked while reporting: offered, tied to the case, shown on both sides."""

import re
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import GAS, HERE, LAMP, MANHOLE
from gongzhi.cases.models import Case, Claimant
from gongzhi.cases.reads.components import item_for
from gongzhi.cases.reads.known import nearby
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Collection, Component, Estate
from gongzhi.places.reads import components_beside, components_painted

pytestmark = pytest.mark.django_db
LAMP_POST, COVER, FAR_LAMP = "3499010104000012", "3499010100100013", "3499010104010012"
FORM = "/report/"


@pytest.fixture
def things(world, grid_1, NOON):
    """A lamp post and a manhole cover beside HERE, a retired lamp between, a lamp 200 m away."""
    made = Collection.objects.create(source="table", purpose="upkeep", collected_at=NOON)
    lng, lat = HERE
    rows = [
        (LAMP_POST, "路灯", 0.0001, "intact"),
        (COVER, "上水井盖", 0.0003, "damaged"),
        ("3499010104000077", "路灯", 0.0002, "retired"),
        (FAR_LAMP, "路灯", 0.0021, "intact"),
    ]
    return {
        code: Component.objects.create(
            code=code, kind="01", name=name, grid=grid_1, lng=lng + east, lat=lat, state=state,
            address="3栋北门" if code == LAMP_POST else "", collection=made,
        )
        for code, name, east, state in rows
    }  # fmt: skip


def form(**changes):
    """The form as a phone sends it."""
    lng, lat = HERE
    typed = {"key": str(uuid4()), "text": "这里坏了，请来看看", "lng": lng, "lat": lat}
    return {**typed, "datum": "wgs84", "address": "望湖花园3栋北门", **changes}


# ── what stands beside a place ────────────────────────────────────────────────


def test_the_nearest_come_first_and_what_is_retired_or_far_does_not(things):
    found = components_beside(*HERE)
    assert [one.component.code for one in found] == [LAMP_POST, COVER]
    assert [one.metres for one in found] == [9, 28]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LAMP_POST, [LAMP_POST]),
        ("3499 0101 0400 0012", [LAMP_POST]),
        ("00013", [COVER]),
        ("0012", [LAMP_POST, FAR_LAMP]),  # two end so: the whole code must be typed
        ("012", []),
        ("灯杆", []),
        ("٠٠١٢", []),
        ("9" * 40, []),
    ],
)
def test_a_painted_code_is_read_near_the_place(things, text, found):
    assert [one.code for one in components_painted(text, HERE)] == found


def test_last_digits_without_a_place_mean_nothing(things):
    assert components_painted("00013", None) == []
    assert components_painted(COVER, None)


# ── the verb ──────────────────────────────────────────────────────────────────


def test_a_component_is_tied_gives_item_and_place_and_is_on_record(report, things):
    case = report("坏了，请来看看", component=LAMP_POST, lng=None, lat=None, address="")
    assert case.component == things[LAMP_POST]
    assert case.item.code == LAMP
    assert (case.lng, case.lat) == (round(HERE[0] + 0.0001, 6), HERE[1])
    assert case.address == "3栋北门"
    assert Event.objects.get(name="cases.reported").facts["component"] == LAMP_POST


def test_clear_words_win_over_the_usual_item(report, things):
    assert report("井盖没了，有人差点掉下去", component=LAMP_POST).item.code == MANHOLE
    assert report("闻到煤气味，燃气泄漏", component=COVER).item.code == GAS


def test_nothing_is_asked_of_components_when_none_is_named(report, things):
    report()  # warms what is kept in memory
    with CaptureQueriesContext(connection) as asked:
        report("另一盏路灯也坏了")
    assert not [q for q in asked.captured_queries if 'FROM "places_component"' in q["sql"]]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("3499010104099999", "没有找到编号“3499010104099999”的公共设施"),
        (FAR_LAMP, None),
        ("x" * 16, "没有找到"),
    ],
)
def test_an_unknown_component_is_refused(report, things, code, sentence):
    if sentence is None:
        assert report(component=code).component.code == code
        return
    with pytest.raises(NotUnderstood, match=sentence) as refusal:
        report(component=code)
    assert refusal.value.field == "component"
    assert not Case.objects.exists()


def test_a_component_far_from_the_place_is_refused_with_the_distance(report, things):
    Component.objects.filter(code=FAR_LAMP).update(lng=HERE[0] + 0.005)
    with pytest.raises(NotUnderstood, match="473 米"):
        report(component=FAR_LAMP)
    assert not Case.objects.exists()


def test_every_item_of_the_shipped_file_exists(db):
    told = yaml.safe_load((settings.ROOT / "config/components.yaml").read_text("utf-8"))
    known = set()
    for path in (settings.ROOT / "config/catalogue").glob("0*.yaml"):
        known |= {item["code"] for item in yaml.safe_load(path.read_text("utf-8"))["items"]}
    assert set(told.values()) <= known


def test_a_cover_over_lamp_cables_is_a_cover(edition, things):
    things[LAMP_POST].name = "路灯井盖"
    assert item_for(things[LAMP_POST]).code == MANHOLE
    things[LAMP_POST].name = "无名构筑物"
    assert item_for(things[LAMP_POST]) is None


# ── me too ────────────────────────────────────────────────────────────────────


def test_cases_about_the_same_component_are_offered_however_worded(report, things, NOON):
    known = report("灯罩掉下来一半", component=LAMP_POST)
    report("夜里有人唱歌跳舞", component=COVER)
    found = nearby(*HERE, "灰尘", NOON, component=LAMP_POST)
    assert [one.case_id for one in found] == [known.pk]
    assert nearby(*HERE, "灰尘", NOON, component=LAMP_POST, but_not=[known.reporter_ref]) == []


def test_the_second_reporter_is_asked_and_can_join(as_, report, things):
    case = report("灯罩掉下来一半", component=LAMP_POST)
    phone = as_(None)
    phone.get(FORM)
    asked = phone.post(FORM, form(component=LAMP_POST))
    page = asked.content.decode()
    assert "附近已有人反映" in page
    assert f'name="component" value="{LAMP_POST}"' in page  # nothing chosen is lost
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    assert phone.post("/report/join/", {"ticket": ticket}).status_code == 302
    assert Claimant.objects.get().case == case
    assert Case.objects.count() == 1


# ── the resident's form ───────────────────────────────────────────────────────


def test_with_scripts_the_piece_lists_components_and_keeps_the_choice(client, things):
    lng, lat = HERE
    page = client.post("/report/near/", {"lng": lng, "lat": lat, "component": COVER})
    text = page.content.decode()
    assert text.index(LAMP_POST) < text.index(COVER)
    assert "9 米" in text
    assert re.search(rf'value="{COVER}" checked', text)
    assert "3499010104000077" not in text


def test_without_scripts_a_button_shows_them_and_sends_nothing(as_, things):
    phone = as_(None)
    phone.get(FORM)
    page = phone.post(FORM, form(look="1"))
    text = page.content.decode()
    assert page.status_code == 200
    assert f'value="{LAMP_POST}"' in text
    assert "这里坏了，请来看看" in text
    assert not Case.objects.exists()
    sent = phone.post(FORM, form(component=LAMP_POST))
    assert sent.status_code == 302
    assert Case.objects.get().component == things[LAMP_POST]


def test_looking_where_nothing_stands_says_so(as_, things):
    page = as_(None).post(FORM, form(look="1", lng=HERE[0] + 0.0011)).content.decode()
    assert "50 米内没有登记的公共设施" in page


def test_a_whole_code_counts_more_than_the_middle_of_the_estate(as_, things, community):
    """A large estate's middle may be further from its own lamp posts than a report may be."""
    lng, lat = HERE
    estate = Estate.objects.create(name="望湖花园", area=community, lng=lng + 0.005, lat=lat)
    as_(None).post(FORM, form(painted=LAMP_POST, estate=str(estate.pk), lng="", lat=""))
    case = Case.objects.get()
    assert (case.component, case.lng) == (things[LAMP_POST], round(lng + 0.0001, 6))
    assert case.address == "望湖花园3栋北门"


def test_a_painted_code_is_enough(as_, things):
    as_(None).post(FORM, form(painted="00013"))
    assert Case.objects.get().component == things[COVER]


@pytest.mark.parametrize(
    ("painted", "sentence"), [("4321", "没有找到编号“4321”的设施"), ("0012", "请写全 16 位")]
)
def test_a_painted_code_that_means_nothing_is_said_beside_its_field(as_, things, painted, sentence):
    page = as_(None).post(FORM, form(painted=painted))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'id="component-bad"' in page.content.decode()
    assert not Case.objects.exists()


# ── the round and the case's pages ────────────────────────────────────────────


def test_a_grid_worker_picks_it_on_the_round(as_, li, things):
    lng, lat = HERE
    piece = as_(li).post("/patrol/near/", {"lng": lng, "lat": lat}).content.decode()
    assert LAMP_POST in piece
    looked = as_(li).post("/patrol/report/", form(look="1")).content.decode()
    assert f'value="{COVER}"' in looked
    as_(li).post("/patrol/report/", form(component=COVER))
    case = Case.objects.get()
    assert case.component == things[COVER]
    assert COVER in as_(li).get(f"/patrol/cases/{case.pk}/").content.decode()


def test_case_and_component_show_each_other(as_, report, chen, wang, things):
    case = report("灯罩掉下来一半", by=wang, component=LAMP_POST)
    page = as_(chen).get(f"/desk/cases/{case.pk}/").content.decode()
    link = f"/desk/residents/components/{things[LAMP_POST].pk}/"
    assert link in page
    assert "灯罩掉下来一半" in as_(chen).get(link).content.decode()
    assert LAMP_POST in as_(wang).get(f"/track/{case.number}/").content.decode()


def test_the_component_shows_only_cases_the_viewer_may_see(as_, report, chen, gu, things):
    report("灯罩掉下来一半", component=LAMP_POST)
    link = f"/desk/residents/components/{things[LAMP_POST].pk}/"
    assert as_(gu).get(link).status_code == 404
