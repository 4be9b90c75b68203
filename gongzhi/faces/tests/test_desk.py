"""The desk's menu, messages and catalogue: only what works, for those for whom it works."""

import re

import pytest

from gongzhi.access.roles import Role

pytestmark = pytest.mark.django_db


def menu(page):
    nav = page.content.decode().split('id="side"')[1].split("</nav>")[0]
    return set(re.findall(r'<li><a href="([^"]+)"', nav))


@pytest.fixture
def person_of(somebody, world, lighting):
    """`person_of(Role.LEADER)`: somebody of the district in that role."""

    def make(role):
        unit = lighting if role == Role.UNIT_STAFF else None
        return somebody(f"a-{role}", role, world, unit=unit)

    return make


COMMON = {"/desk/messages/", "/desk/catalogue/", "/desk/calendar/"}
DOORS = {"/desk/doors/", "/desk/doors/hotline/", "/desk/doors/codes/"}
MENUS = {
    Role.GRID_WORKER: {"/desk/"},
    Role.COMMUNITY_WORKER: {"/desk/", "/desk/register/", "/wall/", *DOORS},
    Role.DISPATCHER: {"/desk/", "/desk/register/", "/wall/", *DOORS},
    Role.LEADER: {"/desk/", "/wall/"},
    Role.AUDITOR: {"/desk/", "/desk/record/"},
    Role.ADMINISTRATOR: {"/desk/errands/", "/desk/doors/"},
}


ALL = set().union(*MENUS.values())


@pytest.mark.parametrize("role", MENUS)
def test_the_menu_has_what_the_person_can_work_with_and_nothing_else(person_of, as_, role):
    browser = as_(person_of(role))
    shown = menu(browser.get("/desk/messages/"))
    assert shown >= COMMON | MENUS[role]
    assert not shown & (ALL - COMMON - MENUS[role])
    for url in shown:
        assert browser.get(url).status_code == 200, url


def test_an_administrator_arrives_at_the_desk(guan, world, as_):
    assert as_(guan).get("/start/")["Location"] == "/desk/catalogue/"


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.UNIT_STAFF])
def test_others_have_no_desk(person_of, as_, role):
    browser = as_(person_of(role))
    for url in (*COMMON, "/desk/", "/desk/record/", "/desk/errands/", "/desk/register/"):
        assert browser.get(url).status_code == 403


def test_what_is_not_in_the_menu_is_refused_too(chen, shen, guan, world, as_):
    assert as_(chen).get("/desk/record/").status_code == 403
    assert as_(chen).get("/desk/errands/").status_code == 403
    assert as_(shen).get("/desk/errands/").status_code == 403
    assert as_(guan).get("/desk/").status_code == 403
    assert as_(guan).get("/desk/record/").status_code == 403


def test_the_page_one_is_on_is_marked_and_only_that(chen, world, as_):
    page = as_(chen).get("/desk/register/").content.decode()
    nav = page.split('id="side"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current', nav) == ["/desk/register/"]


def test_the_menu_counts_what_is_to_do_and_unread_messages(report, chen, as_, monkeypatch):
    from conftest import NOON
    from gongzhi.journal.record import run_one

    report(), report()
    while run_one(at=NOON):
        pass
    browser = as_(chen)
    page = browser.get("/desk/catalogue/").content.decode()
    assert '<em id="count-todo">2</em>' in page
    assert '<em id="count-messages">2</em>' in page
    told = browser.get("/desk/messages/").content.decode()
    assert told.count("路灯不亮") >= 2
    assert '<em id="count-messages" hidden>0</em>' in browser.get("/desk/").content.decode()


def test_the_catalogue_shows_limits_evidence_and_closing_standards(world, chen, as_):
    page = as_(chen).get("/desk/catalogue/?class=02").content.decode()
    for words in (
        "路灯不亮",
        "修复 2工作日",
        "警戒 2工作时",
        "处置后照片",
        "问题已解决",
        "lighting",
    ):
        assert words in page
    assert "燃气泄漏" not in page


def test_the_catalogue_can_be_searched(world, chen, as_):
    page = as_(chen).get("/desk/catalogue/?q=燃气").content.decode()
    assert "燃气泄漏" in page
    assert "路灯不亮" not in page
    assert "没有找到事项" in as_(chen).get("/desk/catalogue/?q=%25").content.decode()


def test_the_desk_opens_before_a_catalogue_was_loaded(grid_1, calendar, chen, as_):
    for url in ("/desk/", "/desk/catalogue/", "/desk/register/"):
        assert as_(chen).get(url).status_code == 200
