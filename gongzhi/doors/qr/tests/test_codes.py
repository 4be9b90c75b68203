"""A printed code fixes place and item; revoked it leads to a kind word; every press is checked."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry
from gongzhi.doors.qr import actions
from gongzhi.doors.qr.actions import Spot
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import Kind
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood
from gongzhi.places.models import Building, Estate, Stairwell

pytestmark = pytest.mark.django_db
DESK = "/desk/doors/codes/"
LAMP = "02001"


@pytest.fixture
def estate(world, community):
    """望湖花园 with two buildings of two stairwells each."""
    estate = Estate.objects.create(
        area=community, name="望湖花园", kind="commercial", lng=117.3055, lat=31.7915
    )
    for n in (1, 2):
        building = Building.objects.create(
            estate=estate, name=f"{n}栋", floors=11, lng=117.3055 + n / 2000, lat=31.7918
        )
        for well in (1, 2):
            Stairwell.objects.create(building=building, name=f"{well}单元")
    return estate


@pytest.fixture
def code(world, sun, NOON):
    """A code on a lamp post in grid_1."""
    spot = Spot(Kind.LAMP_POST, "路灯WH-0777", 117.306, 31.792)
    [made] = actions.make_codes(by=sun, spots=[spot], item_code=LAMP, at=NOON)
    return made


class TestScanning:
    def test_it_opens_the_report_with_place_and_item(self, client, code):
        answer = client.get(f"/q/{code.token}/")
        parts = urlsplit(answer["Location"])
        assert parts.path == "/report/"
        assert {name: value[0] for name, value in parse_qs(parts.query).items()} == {
            "via": code.token, "lng": "117.306000", "lat": "31.792000",
            "address": "路灯WH-0777", "item": LAMP,
        }  # fmt: skip
        page = client.get(answer["Location"]).content.decode()
        assert "二维码已定好地点" in page
        assert "路灯WH-0777" in page
        assert "路灯不亮" in page
        code.refresh_from_db()
        assert code.scans == 1

    def test_one_sentence_is_enough_and_the_code_gets_an_entry(self, client, code, work, NOON):
        asked = parse_qs(urlsplit(client.get(f"/q/{code.token}")["Location"]).query)
        typed = {name: value[0] for name, value in asked.items()}
        answer = client.post("/report/", {**typed, "key": uuid4(), "text": "坏了两天了"})
        assert answer.status_code == 302, answer.content.decode()
        case = Case.objects.get()
        assert (case.item.code, case.address, case.area.level) == (LAMP, "路灯WH-0777", "grid")
        assert (case.lng, case.lat) == (117.306, 31.792)
        from django.utils.timezone import now

        work(now())
        work(now())
        entry = Entry.objects.get()
        assert (entry.door, entry.issuer, entry.case) == (Door.QR, str(code.pk), case)

    def test_a_mark_that_is_no_codes_is_left_alone(self, client, world, work):
        from django.utils.timezone import now

        said = {
            "key": uuid4(), "text": "路灯坏了", "via": "x" * 300, "item": "99999",
            "lng": "117.306", "lat": "31.792",
        }  # fmt: skip
        assert client.post("/report/", said).status_code == 302
        work(now())
        assert Case.objects.count() == 1
        assert not Entry.objects.exists()

    def test_what_the_address_says_is_shown_as_words(self, client, world):
        page = client.get("/report/", {"via": "<b>", "address": "<script>x</script>", "item": "<"})
        assert page.status_code == 200
        assert "<script>x" not in page.content.decode()

    def test_a_revoked_code_gives_a_kind_page_with_the_way_on(self, client, code, sun, NOON):
        actions.revoke(by=sun, code=code, at=NOON)
        answer = client.get(f"/q/{code.token}/")
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "已经停用" in page
        assert 'href="/report/"' in page
        code.refresh_from_db()
        assert code.scans == 0

    @pytest.mark.parametrize("token", ["aaaa", "a" * 24])
    def test_an_unknown_code_does_so_too(self, client, world, token):
        answer = client.get(f"/q/{token}/")
        assert answer.status_code == 404
        assert 'href="/report/"' in answer.content.decode()


class TestMaking:
    def make(self, browser, **said):
        return browser.post(DESK, {"kind": "building", "item": "", **said})

    @pytest.mark.parametrize(
        ("kind", "labels"),
        [
            ("estate", ["望湖花园"]),
            ("building", ["望湖花园1栋", "望湖花园2栋"]),
            ("lift", [f"望湖花园{b}栋{w}单元电梯" for b in (1, 2) for w in (1, 2)]),
        ],
    )
    def test_codes_of_an_estate_go_to_the_printer(self, as_, sun, estate, kind, labels):
        answer = self.make(as_(sun), kind=kind, estate=estate.pk)
        assert list(Code.objects.order_by("pk").values_list("label", flat=True)) == labels
        page = as_(sun).get(answer["Location"]).content.decode()
        assert page.count("<article>") == page.count("<svg") == len(labels)
        assert all(label in page for label in labels)
        assert "style=" not in page

    def test_made_twice_they_are_the_same(self, as_, sun, estate):
        first = self.make(as_(sun), estate=estate.pk)["Location"]
        assert self.make(as_(sun), estate=estate.pk)["Location"] == first
        assert Code.objects.count() == 2

    def test_a_revoked_one_is_replaced(self, as_, sun, code, NOON):
        actions.revoke(by=sun, code=code, at=NOON)
        spot = Spot(Kind.LAMP_POST, code.label, code.lng, code.lat)
        [new] = actions.make_codes(by=sun, spots=[spot], item_code=LAMP, at=NOON)
        assert new.token != code.token

    def test_lamp_posts_line_by_line(self, as_, sun, world):
        text = "路灯WH-0001 117.306 31.792\n\n路灯 WH-0002，117.307，31.792"
        assert self.make(as_(sun), kind="lamp_post", spots=text, item=LAMP).status_code == 302
        assert list(Code.objects.order_by("pk").values_list("label", "item_code")) == [
            ("路灯WH-0001", LAMP), ("路灯 WH-0002", LAMP),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"kind": "window"}, "贴在哪里"),
            ({"kind": "building", "estate": ""}, "选择小区"),
            ({"kind": "building", "estate": "99999999"}, "选择小区"),
            ({"kind": "lamp_post", "spots": ""}, "没有可以做码的地点"),
            ({"kind": "lamp_post", "spots": "路灯"}, "第1行没有看懂"),
            ({"kind": "lamp_post", "spots": "路灯 东 北"}, "第1行没有看懂"),
            ({"kind": "lamp_post", "spots": "路灯 2.35 48.85"}, "本区以外"),
            ({"kind": "lamp_post", "spots": "路灯 nan 31.79"}, "没有看懂"),
            ({"kind": "lamp_post", "spots": "灯 117.306 31.792"}, "2 到 80"),
            ({"kind": "lamp_post", "spots": "路灯 117.306 31.792", "item": "99"}, "事项不存在"),
            ({"kind": "lamp_post", "spots": "路灯 117.306 31.792\n" * 301}, "最多做300"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_made(self, as_, sun, estate, said, words):
        answer = self.make(as_(sun), **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Code.objects.exists()

    def test_only_for_ones_own_area(self, as_, world, gu, sun, code, estate, NOON):
        assert self.make(as_(gu), estate=estate.pk).status_code == 422
        spot = Spot(Kind.SPOT, "菜市场门口", 117.306, 31.792)
        with pytest.raises(NotAllowed):
            actions.make_codes(by=gu, spots=[spot], item_code="", at=NOON)
        with pytest.raises(NotAllowed):
            actions.revoke(by=gu, code=code, at=NOON)
        assert code.label not in as_(gu).get(DESK).content.decode()
        assert "<article>" not in as_(gu).get(f"{DESK}sheet/?ids={code.pk}").content.decode()
        assert as_(gu).post(f"{DESK}{code.pk}/revoke/").status_code == 404

    def test_revoking_once(self, as_, sun, code, NOON):
        assert as_(sun).post(f"{DESK}{code.pk}/revoke/").status_code == 302
        with pytest.raises(NotPossible):
            actions.revoke(by=sun, code=code, at=NOON)
        page = as_(sun).get(DESK, {"state": "revoked"}).content.decode()
        assert "已作废" in page

    def test_nothing_to_make(self, sun, NOON, world):
        with pytest.raises(NotUnderstood):
            actions.make_codes(by=sun, spots=[], item_code="", at=NOON)


@pytest.mark.parametrize("path", [DESK, DESK + "sheet/"])
def test_who_may_see_it(path, as_, world, chen, sun, li, wang, wu, guan, qian):
    for person, status in ((chen, 200), (sun, 200), (li, 403), (wang, 403), (wu, 403),
                           (guan, 403), (qian, 403)):  # fmt: skip
        assert as_(person).get(path).status_code == status
    assert as_(None).get(path).status_code == 302
