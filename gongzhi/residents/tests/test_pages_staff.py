"""The register at the desk: found, shown, masked; nothing outside of one's reach."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed
from gongzhi.places.models import Dwelling
from gongzhi.residents import actions
from gongzhi.residents.models import Organisation, Resident, Tag
from gongzhi.residents.panels import PANELS, Panel, PanelLine, adds_panel
from gongzhi.residents.rows import NewOrganisation
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.residents.words import RevealGround

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(take):
    take(WANG, LI)
    return Resident.objects.order_by("pk")


def test_one_box_finds_by_name_initials_tails_address_and_tag(as_, sun, people):
    browser = as_(sun)
    for line in ("秀英", "wxy", "6021", "002X", "3栋2单元501", "高龄" if _aged() else "王"):
        page = browser.get("/desk/residents/", {"q": line}).text
        assert "王秀英" in page, line
        assert "李四" not in page, line
    page = browser.get("/desk/residents/").text
    assert "共 2 人" in page
    assert "138****6021" in page
    assert "13812346021" not in page
    assert "11010519491231002X" not in page
    assert "没有找到" in browser.get("/desk/residents/", {"q": "无此人"}).text


def _aged():
    return localdate().year >= 2030


def test_filters_by_area_and_tag_and_the_part_for_htmx(as_, sun, people, grid_2):
    browser = as_(sun)
    assert "共 0 人" in browser.get("/desk/residents/", {"area": grid_2.code}).text
    page = browser.get("/desk/residents/", {"tag": "party_member"}).text
    assert "王秀英" in page
    assert "李四" not in page
    assert 'aria-current="true"' in page
    part = browser.get("/desk/residents/", headers={"HX-Request": "true"}).text
    assert part.startswith('<form class="regbar"')
    assert "tag=party_member" in page  # the export takes the filters along


def test_everything_about_a_person_on_one_page(as_, sun, people):
    wang = people[0]
    page = as_(sun).get(f"/desk/residents/{wang.pk}/").text
    for said in ("王秀英", "1****************X", "138****6021", "党员", "H001", "人员.xlsx"):
        assert said in page, said
    assert "11010519491231002X" not in page
    assert "登记以来没有变更" in page
    assert "没有本人上报的事件" in page


def test_each_look_at_a_person_is_on_record_once(as_, sun, gu, shen, li, people, NOON):
    def looks():
        found = Event.objects.filter(name="residents.looked_at", subject_id=people[0].pk)
        return list(found.order_by("pk").values_list("by__username", flat=True))

    browser = as_(sun)
    for _again in range(2):
        browser.get(f"/desk/residents/{people[0].pk}/")
    assert looks() == ["sun"]
    browser.get(f"/desk/residents/{people[1].pk}/")
    as_(shen).get(f"/desk/residents/{people[0].pk}/")
    as_(gu).get(f"/desk/residents/{people[0].pk}/")  # outside of their reach
    assert looks() == ["sun", "shen"]
    assert actions.look_at(by=li, resident=people[0], at=NOON)
    assert not actions.look_at(by=li, resident=people[0], at=NOON + timedelta(minutes=9))
    assert actions.look_at(by=li, resident=people[0], at=NOON + timedelta(minutes=11))
    with pytest.raises(NotAllowed):
        actions.look_at(by=gu, resident=people[0], at=NOON)


def test_a_page_is_not_shown_when_the_look_cannot_be_recorded(as_, sun, people, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("gongzhi.residents.actions.looking.tell", broken)
    with pytest.raises(OSError, match="disk full"):
        as_(sun).get(f"/desk/residents/{people[0].pk}/")


def test_the_auditor_reads_who_looked_at_whom(as_, sun, shen, people, NOON):
    actions.look_at(by=sun, resident=people[0], at=NOON)
    actions.reveal(by=sun, resident=people[0], ground=RevealGround.VISIT, at=NOON)
    actions.look_at(by=sun, resident=people[1], at=NOON)
    browser = as_(shen)
    body = browser.get("/desk/record/", {"resident": people[0].pk}).text.split("<tbody>")[1]
    for said in (
        "查看居民",
        "查看完整证件号与电话",
        "上门走访联系",
        "孙丽",
        f"居民 {people[0].pk}",
    ):
        assert said in body, said
    assert f"居民 {people[1].pk}" not in body
    assert "王秀英" not in body
    assert "谁看过、改过" in browser.get(f"/desk/residents/{people[0].pk}/").text


def test_cases_stand_on_the_page_of_who_reported_them(as_, sun, wang, people, report, NOON):
    from gongzhi.residents.models import AccountLink

    AccountLink.objects.create(account=wang, resident=people[0], linked_at=NOON)
    case = report("路灯不亮", by=wang)
    page = as_(sun).get(f"/desk/residents/{people[0].pk}/").text
    assert f"/desk/cases/{case.pk}/" in page
    page = as_(sun).get(f"/desk/residents/{people[1].pk}/").text
    assert f"/desk/cases/{case.pk}/" not in page


def test_a_panel_of_another_package_stands_on_the_page(as_, sun, people):
    @adds_panel("tests")
    def say(viewer, resident, at):
        return Panel(
            "tests", "服务", "hand-heart", [PanelLine("理发上门", status="已完成", css="done")]
        )

    try:
        assert "理发上门" in as_(sun).get(f"/desk/residents/{people[0].pk}/").text
        with pytest.raises(RuntimeError):
            adds_panel("tests")(say)
    finally:
        PANELS.pop("tests")


def test_what_was_changed_is_on_the_page_masked_where_it_is_secret(as_, sun, take, people):
    from dataclasses import replace

    take(replace(WANG, ethnicity="汉族", registered_address="安徽省寿县"))
    page = as_(sun).get(f"/desk/residents/{people[0].pk}/").text
    assert "<ins>汉族</ins>" in page
    assert "户籍地址" in page
    take(replace(LI, id_number="340123195602030318"[:17] + _digit()))
    page = as_(sun).get(f"/desk/residents/{people[1].pk}/").text
    assert "340123195602" not in page


def _digit():
    from gongzhi.kernel import codes

    return codes.id_check("34012319560203031")


def test_homes_and_who_lives_there(as_, sun, people):
    browser = as_(sun)
    assert "望湖花园3栋2单元501室" in browser.get("/desk/residents/homes/", {"q": "501"}).text
    home = Dwelling.objects.get(name="501")
    page = browser.get(f"/desk/residents/homes/{home.pk}/").text
    assert "王秀英" in page
    assert "李四" not in page


def test_organisations(as_, sun, people, collected, grid_1, NOON):
    actions.take_in_organisations(
        by=sun,
        rows=[NewOrganisation("望湖超市", credit_code="91350100M000100Y43", grid=grid_1,
                              phone="13812340000")],
        collected=collected,
        at=NOON,
    )  # fmt: skip
    browser = as_(sun)
    assert "望湖超市" in browser.get("/desk/residents/organisations/", {"q": "超市"}).text
    page = browser.get(f"/desk/residents/organisations/{Organisation.objects.get().pk}/").text
    assert "138****0000" in page
    assert "13812340000" not in page


def test_nothing_outside_of_ones_reach(as_, gu, wang, people):
    home = Dwelling.objects.get(name="501")
    for address in (f"{people[0].pk}/", f"homes/{home.pk}/"):
        assert as_(gu).get(f"/desk/residents/{address}").status_code == 404
    assert "王秀英" not in as_(gu).get("/desk/residents/").text
    assert "501" not in as_(gu).get("/desk/residents/homes/").text
    assert as_(wang).get("/desk/residents/").status_code == 403


def test_a_list_costs_the_same_however_long(as_, sun, take, people):
    from dataclasses import replace

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get("/desk/residents/")
        return len(asked)

    browser = as_(sun)
    browser.get("/desk/residents/")
    few = cost()
    names = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"
    take(*(replace(LI, name=f"李{c}", phones=(f"1391234{n:04d}",)) for n, c in enumerate(names)))
    assert cost() == few


def test_reasons_of_tags_are_told(as_, sun, people):
    Tag.objects.create(
        resident=people[1], code="party_member", origin="manual", note="本人要求登记",
        since=localdate(), place=people[1].grid_id,
    )  # fmt: skip
    assert "本人要求登记" in as_(sun).get(f"/desk/residents/{people[1].pk}/").text
