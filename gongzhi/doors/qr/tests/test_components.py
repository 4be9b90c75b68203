"""A code on a registered component: the report opened by it is about that one, until it is gone."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.utils.timezone import now

from conftest import HERE, LAMP
from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry
from gongzhi.doors.qr import actions, reads
from gongzhi.doors.qr.models import Code
from gongzhi.doors.qr.words import Kind
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood
from gongzhi.places.models import Component
from gongzhi.places.words import ComponentState

pytestmark = pytest.mark.django_db
DESK = "/desk/doors/codes/"
SPACED = "3499 0101 0400 0012"


@pytest.fixture
def post(world, lamp_post):
    """The registered lamp post beside HERE."""
    return lamp_post


@pytest.fixture
def cover(post):
    """A manhole cover without an address in the same grid."""
    return Component.objects.create(
        code="3499010100100013", kind="01", name="上水井盖", grid=post.grid, lng=HERE[0],
        lat=HERE[1], collection=post.collection,
    )  # fmt: skip


@pytest.fixture
def code(post, sun, NOON):
    """A code on the lamp post, for lamps that are out."""
    [made] = actions.make_codes(by=sun, spots=[reads.spot_of(post)], item_code=LAMP, at=NOON)
    return made


def scanned(client, code):
    """What the report page is opened with."""
    asked = parse_qs(urlsplit(client.get(f"/q/{code.token}/")["Location"]).query)
    return {name: value[0] for name, value in asked.items()}


class TestScanning:
    def test_place_item_and_component_are_fixed(self, client, code, post):
        asked = scanned(client, code)
        assert asked["component"] == post.code
        assert (asked["address"], asked["item"]) == ("3栋北门路灯", LAMP)
        page = client.get("/report/", asked).content.decode()
        assert "二维码已定好地点" in page
        assert "二维码已定好设施" in page
        assert SPACED in page
        assert "路灯不亮" in page
        assert 'name="painted"' not in page, "nothing is asked that the code says"
        assert page.count(f'name="component" value="{post.code}"') == 1

    def test_the_case_carries_the_component_and_the_code_its_entry(self, client, code, post, work):
        said = {**scanned(client, code), "pinned": "1", "key": uuid4(), "text": "坏了两天了"}
        answer = client.post("/report/", said)
        assert answer.status_code == 302, answer.content.decode()
        case = Case.objects.get()
        assert (case.component, case.area, case.item.code) == (post, post.grid, LAMP)
        work(now())
        assert Entry.objects.get().issuer == str(code.pk)

    def test_a_form_shown_again_still_has_it(self, client, code):
        said = {**scanned(client, code), "pinned": "1", "key": uuid4(), "text": ""}
        page = client.post("/report/", said)
        assert page.status_code == 422
        assert "二维码已定好设施" in page.content.decode()
        assert 'name="pinned" value="1"' in page.content.decode()

    def test_the_question_about_known_ones_carries_it_on(self, client, code, report, post):
        report("路灯不亮，已经三天", component=post.code, at=now())
        said = {**scanned(client, code), "pinned": "1", "key": uuid4(), "text": "路灯不亮"}
        page = client.post("/report/", said).content.decode()
        assert "附近已有人反映" in page
        assert '<input type="hidden" name="pinned" value="1">' in page
        assert f'<input type="hidden" name="component" value="{post.code}">' in page

    def test_a_component_chosen_after_a_code_of_a_place_is_not_called_fixed(self, client, post):
        said = {"via": "x", "component": post.code, "lng": HERE[0], "lat": HERE[1], "text": ""}
        assert "二维码已定好设施" not in client.post("/report/", said).content.decode()

    def test_it_lies_where_the_component_stands_now(self, client, code, post):
        Component.objects.filter(pk=post.pk).update(lat=HERE[1] + 0.01)
        assert scanned(client, code)["lat"] == f"{HERE[1] + 0.01:.6f}"

    def test_one_whose_component_is_gone_says_so_and_leads_on_with_the_place(
        self, client, code, post
    ):
        Component.objects.filter(pk=post.pk).update(state=ComponentState.RETIRED)
        answer = client.get(f"/q/{code.token}/")
        page = answer.content.decode()
        assert answer.status_code == 410
        assert "这个码贴的路灯已登记停用" in page
        assert SPACED in page
        onward = page.split('href="/report/?')[1].split('"')[0].replace("&amp;", "&")
        asked = {name: value[0] for name, value in parse_qs(onward).items()}
        assert asked["address"] == "3栋北门路灯"
        assert asked["via"] == code.token
        assert "component" not in asked
        assert "item" not in asked
        assert client.get(f"/report/?{onward}").status_code == 200

    def test_a_revoked_one_says_that_first(self, client, code, post, sun, NOON):
        Component.objects.filter(pk=post.pk).update(state=ComponentState.RETIRED)
        actions.revoke(by=sun, code=code, at=NOON)
        assert "这个码已经停用" in client.get(f"/q/{code.token}/").content.decode()

    def test_an_address_with_a_component_there_is_not_is_an_ordinary_form(self, client, world):
        page = client.get("/report/", {"via": "x", "component": "<b>"})
        assert page.status_code == 200
        assert "二维码已定好设施" not in page.content.decode()


class TestMaking:
    def make(self, browser, **said):
        return browser.post(DESK, {"kind": "component", "item": "", **said})

    def test_one_for_each_of_a_name_within_an_area(self, as_, sun, post, cover, community):
        answer = self.make(as_(sun), area=community.code, name="路灯")
        made = Code.objects.get()
        assert (made.component, made.kind, made.area) == (post, Kind.LAMP_POST, post.grid)
        page = as_(sun).get(answer["Location"]).content.decode()
        assert page.count("<article") == 1
        assert f"路灯 编号 <b>{SPACED}</b>" in page
        assert SPACED in as_(sun).get(DESK).content.decode()

    def test_a_single_one_by_its_number(self, as_, sun, post, cover):
        assert self.make(as_(sun), number="3499 0101 0010 0013").status_code == 302
        made = Code.objects.get()
        assert (made.component, made.kind, made.label) == (cover, Kind.COMPONENT, "上水井盖")

    def test_two_without_an_address_get_a_code_each(self, sun, cover, post, NOON):
        Component.objects.filter(pk=post.pk).update(name=cover.name, address="")
        both = [reads.spot_of(one) for one in Component.objects.order_by("pk")]
        made = actions.make_codes(by=sun, spots=both, item_code="", at=NOON)
        assert len({code.token for code in made}) == 2

    def test_made_twice_it_is_the_same_also_when_it_is_described_anew(self, code, post, sun, NOON):
        post.address = "3栋西门"
        again = actions.make_codes(by=sun, spots=[reads.spot_of(post)], item_code=LAMP, at=NOON)
        assert again == [code]
        event = Event.objects.get(name="qr.made")
        assert event.facts["component"] == post.code

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({}, "社区或网格"),
            ({"area": "nowhere", "name": "路灯"}, "社区或网格"),
            ({"number": "12"}, "没有登记编号"),
            ({"number": "3499010104099999"}, "没有登记编号"),
            ({"number": "<b>"}, "没有登记编号"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_made(self, as_, sun, post, said, words):
        answer = self.make(as_(sun), **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Code.objects.exists()

    @pytest.mark.parametrize(("name", "words"), [("", "部件名称"), ("电梯", "没有登记这种部件")])
    def test_a_name_is_needed_and_must_occur(self, as_, sun, post, community, name, words):
        answer = self.make(as_(sun), area=community.code, name=name)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_none_for_what_is_out_of_use(self, as_, sun, post, code, NOON):
        Component.objects.filter(pk=post.pk).update(state=ComponentState.RETIRED)
        assert "已停用" in self.make(as_(sun), number=post.code).content.decode()
        post.refresh_from_db()
        with pytest.raises(NotUnderstood):
            actions.make_codes(by=sun, spots=[reads.spot_of(post)], item_code="", at=NOON)
        assert "部件已停用，请作废" in as_(sun).get(DESK).content.decode()

    def test_only_within_ones_own_area(self, as_, gu, post, community, NOON):
        assert self.make(as_(gu), area=community.code, name="路灯").status_code == 422
        with pytest.raises(NotAllowed):
            actions.make_codes(by=gu, spots=[reads.spot_of(post)], item_code="", at=NOON)
        assert not Code.objects.exists()


def test_a_lift_that_is_registered_is_called_one(post):
    post.name = "电梯"
    assert reads.spot_of(post).kind == Kind.LIFT
    post.address = "长" * 160
    assert len(reads.spot_of(post).label) == actions.LABEL_MOST
