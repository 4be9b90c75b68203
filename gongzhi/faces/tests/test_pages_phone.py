"""The pages of the phone faces that join several domains, for everybody and in both modes."""

import gzip
import re

import pytest
from django.test import Client
from django.utils.timezone import now

from conftest import NOON, PASSWORD
from gongzhi.access.models import Unit
from gongzhi.cases import actions
from gongzhi.faces.core_css import NO_SCRIPT, core_css, minified, style_sources
from gongzhi.journal.record import run_one
from gongzhi.messages.models import Message
from gongzhi.places.models import Estate
from gongzhi.places.words import EstateKind

pytestmark = pytest.mark.django_db
FOR_STRANGERS = [
    "/", "/report/", "/mine/", "/track/", "/solved/", "/grid/", "/matters/", "/privacy/", "/me/",
    "/login/",
]  # fmt: skip
FOR_RESIDENTS = [*FOR_STRANGERS[:-1], "/messages/"]
FOR_PATROL = ["/patrol/", "/patrol/done/", "/patrol/map/", "/me/", "/messages/"]


def said(response):
    """The page as text."""
    return response.content.decode()


def elderly(browser):
    """The same browser with the elder mode on."""
    browser.get("/elder/on/")
    return browser


@pytest.mark.parametrize("url", FOR_STRANGERS)
def test_strangers_open_every_page_in_both_modes(as_, world, url):
    browser = as_(None)
    plain = browser.get(url)
    assert plain.status_code == 200
    assert "关怀版" in said(plain)
    large = elderly(browser).get(url)
    assert 'class="elder"' in said(large)
    assert "标准版" in said(large)
    assert "念给我听" in said(large)
    assert 'href="tel:' in said(large)


@pytest.mark.parametrize("url", FOR_RESIDENTS)
def test_residents_open_every_page_in_both_modes(as_, wang, world, report, url):
    report(by=wang)
    browser = as_(wang)
    assert browser.get(url).status_code == 200
    assert 'class="elder"' in said(elderly(browser).get(url))


@pytest.mark.parametrize("url", FOR_PATROL)
def test_grid_workers_open_every_page_in_both_modes(as_, li, world, url):
    browser = as_(li)
    assert 'href="/patrol/"' in said(browser.get(url))
    assert 'class="elder"' in said(elderly(browser).get(url))


def test_home_stands_before_anything_was_loaded(as_, db):
    assert as_(None).get("/").status_code == 200


@pytest.mark.parametrize("url", [*FOR_STRANGERS, "/patrol/", "/nothing-here/"])
def test_no_page_needs_inline_script_or_inline_style(as_, li, world, url):
    page = said(as_(li).get(url, follow=True))
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
    assert not scripts
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert styles == [core_css(), NO_SCRIPT]


def test_the_policy_lets_through_exactly_the_inlined_styles(as_, world):
    policy = as_(None).get("/")["Content-Security-Policy"]
    for source in style_sources():
        assert source in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("url", FOR_STRANGERS)
def test_resident_pages_weigh_little(as_, wang, world, report, url):
    for n in range(5):
        report(f"路灯不亮{n}", by=wang)
    page = as_(wang).get(url, follow=True).content
    assert len(gzip.compress(page)) < 20_000  # leaves 10 kB of the 30 for script and icon


def test_blanks_that_mean_something_stay():
    css = "a  {\n width: calc(1px + 2px) ; /* x */ }\n.b .c:focus , d > e { color : red; }"
    assert minified(css) == "a{width:calc(1px + 2px)}.b .c:focus,d > e{color :red}"


# ── elder mode and language ───────────────────────────────────────────────


def test_the_elder_mode_is_kept_and_left_again(as_, world):
    browser = as_(None)
    assert browser.get("/elder/on/?next=/report/").url == "/report/"
    assert 'class="elder"' in said(browser.get("/report/"))
    browser.get("/elder/off/")
    assert 'class="elder"' not in said(browser.get("/report/"))


@pytest.mark.parametrize("bad", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(as_, bad):
    assert as_(None).get("/elder/on/", {"next": bad}).url == "/"


def test_the_switch_leads_back_to_where_one_was(as_, world):
    page = said(as_(None).get("/grid/?estate=5"))
    assert "/elder/on/?next=%2Fgrid%2F%3Festate%3D5" in page


def test_english_is_one_press_away(as_, world):
    browser = as_(None)
    assert '<html lang="zh-CN"' in said(browser.get("/"))
    back = browser.post("/language/setlang/", {"language": "en", "next": "/me/"})
    assert back.url == "/me/"
    assert '<html lang="en"' in said(browser.get("/"))


# ── home, my grid, matters ────────────────────────────────────────────────


def test_home_greets_by_place_and_names_the_grid_worker(as_, wang, li, world):
    page = said(as_(wang).get("/"))
    for word in ("望湖社区", "滨河街道", "第01网格", "李强"):
        assert word in page
    assert "望湖区共治" in said(as_(None).get("/"))


def test_home_shows_my_cases_and_what_was_solved_to_nobody_else(as_, wang, zhou, report):
    case = report("路灯不亮呀", by=wang, at=now())
    page = said(as_(wang).get("/"))
    assert "路灯不亮呀" in page
    assert f"/track/{case.number}/" in page
    assert "路灯不亮呀" not in said(as_(zhou).get("/"))
    assert "路灯不亮呀" not in said(as_(None).get("/"))


def test_no_link_of_the_home_page_is_dead(as_, wang, report, world):
    report(by=wang)
    browser = as_(wang)
    links = set(re.findall(r'href="(/[^"#]*)"', said(browser.get("/"))))
    links = {u.replace("&amp;", "&") for u in links if not u.startswith("/static/")}
    assert len(links) > 10
    assert {u: browser.get(u).status_code for u in links if browser.get(u).status_code >= 400} == {}


@pytest.fixture
def estate(community):
    """望湖花园, in grid_1."""
    return Estate.objects.create(
        area=community, name="望湖花园", kind=EstateKind.OLD, lng=117.306, lat=31.792
    )


def test_my_grid_is_found_by_estate_and_remembered(as_, estate, li, world):
    Unit.objects.create(
        kind="community", name="望湖社区居委会", area=estate.area, phone="10088886666"
    )
    browser = as_(None)
    page = said(browser.get(f"/grid/?estate={estate.pk}"))
    for word in ("第01网格", "李强", "tel:10088886666"):
        assert word in page
    home = said(browser.get("/"))
    assert "望湖社区" in home
    assert "李强" in home


def test_my_grid_is_found_by_position(as_, li, world):
    assert "第01网格" in said(as_(None).get("/grid/?lng=117.306&lat=31.792"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("estate=999999", "没有找到这个小区"),
        ("estate=x%00", "没有找到这个小区"),
        ("estate=99999999999999999999999", "没有找到这个小区"),
        ("lng=NaN&lat=NaN", "没有拿到有效的位置"),
        ("lng=117.3", "没有拿到有效的位置"),
        ("lng=-0.12&lat=51.5", "不在本区"),
    ],
)
def test_a_place_that_is_none_is_said(as_, world, asked, sentence):
    answer = as_(None).get(f"/grid/?{asked}")
    assert answer.status_code == 422
    assert sentence in said(answer)


@pytest.mark.parametrize("code", ["x" * 5000, "\x00", "349901001001-99", "'; drop table"])
def test_a_made_up_grid_in_the_cookie_is_no_place(as_, world, code):
    browser = as_(None)
    browser.cookies["grid"] = code
    assert browser.get("/").status_code == 200


def test_what_can_be_reported_stands_with_its_limit(as_, edition):
    page = said(as_(None).get("/matters/"))
    for word in ("公共设施", "路灯不亮", "2个工作日", "暴露垃圾", "4工作小时", "4小时"):
        assert word in page


# ── messages ──────────────────────────────────────────────────────────────


def test_messages_are_worded_marked_read_and_lead_to_the_case(as_, wang, li, chen, report):
    case = report("路灯不亮呀", by=wang)
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    actions.accept(by=li, case=case, at=NOON)
    while run_one(at=now()):
        pass
    browser = as_(wang)
    assert 'class="badge"' in said(browser.get("/"))
    page = said(browser.get("/messages/"))
    assert "“路灯不亮呀”已经派单" in page
    assert "“路灯不亮呀”已经接单" in page
    assert f'href="/track/{case.number}/"' in page
    assert not Message.objects.filter(to=wang, read_at=None).exists()
    assert 'class="badge"' not in said(browser.get("/"))
    assert f'href="/patrol/cases/{case.pk}/"' in said(as_(li).get("/messages/"))


def test_a_message_about_a_case_that_went_to_others_leads_nowhere(as_, li, zhao, chen, report):
    case = report("路灯不亮呀")
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    while run_one(at=now()):
        pass
    link = f'href="/patrol/cases/{case.pk}/"'
    assert link in said(as_(li).get("/messages/"))
    far = zhao.held[0].area
    type(case).objects.filter(pk=case.pk).update(handler=zhao, area=far)
    page = said(as_(li).get("/messages/"))
    assert "路灯不亮呀" in page
    assert link not in page


def test_who_joined_reads_the_items_name_instead_of_the_reporters_words(
    as_, wang, zhou, chen, li, report
):
    case = report("路灯不亮，找三栋张老太", by=wang)
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    while run_one(at=now()):
        pass
    page = said(as_(zhou).get("/messages/"))
    assert "“路灯不亮”已经派单" in page
    assert "张老太" not in page


def test_strangers_are_sent_to_sign_in_for_messages(as_):
    assert as_(None).get("/messages/").url.startswith("/login/")


# ── signing in ────────────────────────────────────────────────────────────


def sign_in(username, password, **more):
    """One try from a browser of its own."""
    browser = Client()
    return browser, browser.post("/login/", {"username": username, "password": password, **more})


def test_each_signs_in_to_their_own_face(wang, li, chen, qian):
    faces = {"wang": "/", "li": "/patrol/", "chen": "/desk/", "qian": "/wall/"}
    for username, face in faces.items():
        browser, answer = sign_in(username, PASSWORD)
        assert answer.url == "/start/"
        assert browser.get("/start/").url == face


def test_a_wrong_password_says_so_and_keeps_the_name(wang):
    _browser, answer = sign_in("wang", "wrong")
    assert "账号或密码不对" in said(answer)
    assert 'value="wang"' in said(answer)


def test_five_wrong_passwords_lock_this_account_from_here_only(wang, zhou):
    for _ in range(5):
        sign_in("wang", "wrong")
    _browser, locked = sign_in("wang", PASSWORD)
    assert locked.status_code == 429
    assert "十五分钟后再登录" in said(locked)
    assert sign_in("zhou", PASSWORD)[1].status_code == 302


def test_signing_in_leads_nowhere_else(wang):
    assert sign_in("wang", PASSWORD, next="https://evil.example/")[1].url == "/start/"


def test_signing_out_takes_a_press(as_, wang):
    browser = as_(wang)
    assert browser.get("/logout/").status_code == 405
    browser.post("/logout/")
    assert "王秀英" not in said(browser.get("/me/"))


# ── refusals ──────────────────────────────────────────────────────────────


def test_a_missing_page_has_a_way_home(as_, world):
    answer = as_(None).get("/nothing-here/")
    assert answer.status_code == 404
    assert 'href="/"' in said(answer)


def test_a_crash_is_answered_in_words(as_, world, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("gongzhi.faces.pages_pocket.neighbourhood.around", broken)
    browser = as_(None, raise_request_exception=False)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "系统出了点问题" in said(answer)


def test_refusals_come_with_status_sentence_and_a_way_on(as_, wang, world):
    answer = as_(wang).get("/patrol/")
    assert answer.status_code == 403
    assert "不属于您的岗位" in said(answer)
    assert 'href="/start/"' in said(answer)
