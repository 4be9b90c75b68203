"""Reporting from a phone's browser, scripts or not: good reports, bad input, nothing lost."""

import re
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import now

from conftest import HERE, LAMP
from gongzhi.cases.models import Attachment, Case, Claimant
from gongzhi.cases.tests.uploads import WEBM, photo, upload
from gongzhi.cases.words import Source
from gongzhi.places.models import Building, Estate
from gongzhi.places.words import EstateKind

pytestmark = pytest.mark.django_db
FORM = "/report/"


@pytest.fixture
def filled(world):
    """`filled(text=…)`: a form with everything it needs, as a phone sends it."""

    def form(**changes):
        lng, lat = HERE
        return {
            "key": str(uuid4()),
            "text": "西门的路灯不亮，晚上看不见路",
            "lng": str(lng),
            "lat": str(lat),
            "datum": "wgs84",
            "address": "望湖花园3栋北门",
            **changes,
        }

    return form


@pytest.fixture
def phone(as_):
    """A stranger's browser that has opened the form, as everybody does before sending it."""

    def open_form():
        browser = as_(None)
        browser.get(FORM)
        return browser

    return open_form


def said(response):
    """The page as text."""
    return response.content.decode()


def test_a_stranger_reports_and_gets_number_secret_and_promise(phone, filled):
    browser = phone()
    sent = browser.post(FORM, filled(phone="100 1234-5678"))
    case = Case.objects.get()
    assert sent.status_code == 302
    page = browser.get(sent.url)
    assert page.status_code == 200
    assert case.number in said(page)
    assert f"{case.secret[:4]} {case.secret[4:]}" in said(page)
    assert "望湖社区" in said(page)
    assert "前办好" in said(page)
    assert case.source == Source.POCKET
    assert case.contact_phone == "10012345678"
    assert case.reporter_ref.startswith("d:")
    assert case.item.code == LAMP


def test_the_receipt_is_shown_to_nobody_else(phone, filled, as_, wang):
    sent = phone().post(FORM, filled())
    assert phone().get(sent.url).status_code == 404
    assert as_(wang).get(sent.url).status_code == 404


def test_a_signed_in_resident_reports_under_their_name_with_their_own_phone(as_, wang, filled):
    wang.phone = "10012345678"
    wang.save()
    browser = as_(wang)
    assert 'value="100****5678"' in said(browser.get(FORM))
    browser.post(FORM, filled(phone="100****5678"))
    case = Case.objects.get()
    assert (case.reported_by, case.reporter_ref) == (wang, f"p:{wang.pk}")
    assert case.contact_phone == "10012345678"


def test_the_same_form_sent_twice_makes_one_case(phone, filled):
    browser, form = phone(), filled()
    first, second = browser.post(FORM, form), browser.post(FORM, form)
    assert first.url == second.url
    assert Case.objects.count() == 1


def test_anothers_key_makes_anothers_case(phone, filled):
    form = filled(sure="1")
    phone().post(FORM, form)
    phone().post(FORM, form)
    assert Case.objects.count() == 2


def test_every_form_has_a_key_of_its_own_and_keeps_it_when_shown_again(phone, filled):
    browser = phone()
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', said(browser.get(FORM)))
    assert UUID(fresh[1])
    again = browser.post(FORM, filled(key=fresh[1], text=""))
    assert f'name="key" value="{fresh[1]}"' in said(again)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "请写下发生了什么"),
        ({"text": "a"}, "至少两个字"),
        ({"text": "灯" * 20_000}, "内容最多 2000 字"),
        ({"text": "\x00\x00"}, "请写下发生了什么"),
        ({"lng": "NaN", "lat": "NaN"}, "位置没有看懂"),
        ({"lng": "31.79", "lat": "117.30"}, "位置没有看懂"),
        ({"lng": "-0.12", "lat": "51.5"}, "在本区以外"),
        ({"lng": "", "lat": "", "address": ""}, "请写明地点"),
        ({"lng": "117.306", "lat": ""}, "位置没有看懂"),
        ({"datum": "mars"}, "位置没有看懂"),
        ({"phone": "今天下午打给我"}, "电话号码不对"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_words_are_kept(phone, filled, wrong, sentence):
    form = filled(**wrong)
    answer = phone().post(FORM, form)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert 'role="alert"' in said(answer)
    assert not Case.objects.exists()
    if "text" not in wrong:
        assert form["text"] in said(answer)


def test_null_bytes_and_control_characters_are_dropped_and_the_rest_is_taken(phone, filled):
    phone().post(FORM, filled(text="路灯\x00不亮\x07，𠮷田路口😀"))
    assert Case.objects.get().text == "路灯不亮，𠮷田路口😀"


def test_html_is_shown_as_it_was_typed(phone, filled):
    browser = phone()
    sent = browser.post(FORM, filled(text="<script>alert(1)</script>路灯不亮"))
    for url in (sent.url, f"/track/{Case.objects.get().number}/", "/mine/"):
        page = said(browser.get(url))
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_position_outside_is_dropped_from_the_form_so_that_the_way_out_is_open(phone, filled):
    page = said(phone().post(FORM, filled(lng="-0.12", lat="51.5")))
    assert 'name="lng" id="lng" value=""' in page


def test_photos_and_voice_go_with_the_report(phone, filled):
    browser = phone()
    voice = upload(WEBM, "voice.webm")
    browser.post(FORM, filled(photos=[upload(photo()), upload(photo())], voice=voice))
    assert sorted(Attachment.objects.values_list("kind", flat=True)) == ["photo", "photo", "voice"]
    page = said(browser.get(f"/track/{Case.objects.get().number}/"))
    assert page.count("/thumb/") == 2
    assert "<audio" in page


def test_eleven_photos_are_refused_in_words(phone, filled):
    answer = phone().post(FORM, filled(photos=[upload(photo()) for _ in range(11)]))
    assert answer.status_code == 422
    assert "照片最多6张" in said(answer)
    assert filled()["text"] in said(answer)


def test_no_photo_is_a_sentence_and_the_words_stay(phone, filled):
    answer = phone().post(FORM, filled(photos=[upload(b"PK\x03\x04 not a photo", "a.jpg")]))
    assert answer.status_code == 422
    assert filled()["text"] in said(answer)


def kept_in(page):
    """The sealed files that a form carries on."""
    return re.search(r'name="kept" value="([^"]*)"', page)[1]


def test_photos_taken_in_before_an_error_need_not_be_chosen_again(phone, filled):
    browser, key = phone(), str(uuid4())
    answer = browser.post(FORM, filled(key=key, phone="x", photos=[upload(photo())]))
    assert answer.status_code == 422
    assert "已经收到，不用再选" in said(answer)
    browser.post(FORM, filled(key=key, kept=kept_in(said(answer))))
    assert Case.objects.get().files.count() == 1


def test_kept_photos_can_be_dropped(phone, filled):
    browser = phone()
    answer = browser.post(FORM, filled(phone="x", photos=[upload(photo())]))
    browser.post(FORM, filled(kept=kept_in(said(answer)), drop="1"))
    assert Case.objects.get().files.count() == 0


def test_kept_photos_of_another_device_are_not_taken_over(phone, filled):
    answer = phone().post(FORM, filled(phone="x", photos=[upload(photo())]))
    phone().post(FORM, filled(kept=kept_in(said(answer))))
    assert Case.objects.get().files.count() == 0


def test_without_scripts_the_estate_says_where(phone, filled, community, grid_1):
    estate = Estate.objects.create(
        area=community, name="望湖花园", kind=EstateKind.COMMERCIAL, lng=117.305, lat=31.791
    )
    Building.objects.create(estate=estate, name="3栋", floors=6, lng=117.3072, lat=31.7931)
    browser = phone()
    assert "望湖花园" in said(browser.get(FORM))
    browser.post(FORM, filled(lng="", lat="", estate=str(estate.pk), address="3 栋楼下"))
    case = Case.objects.get()
    assert (case.lng, case.lat) == (117.3072, 31.7931)
    assert case.area == grid_1
    assert case.address == "望湖花园3 栋楼下"


def test_an_address_alone_is_taken_for_a_person_to_place(phone, filled, world):
    phone().post(FORM, filled(lng="", lat="", address="菜市场门口"))
    assert Case.objects.get().area == world


def test_the_class_chosen_picks_among_the_scorers_candidates(phone, filled):
    phone().post(FORM, filled(text="路灯坏了，垃圾没人扫", kind="01"))
    assert Case.objects.get().item.item_class.code == "01"


def test_danger_is_taken_in_at_once_and_says_whom_to_call(phone, filled, report):
    report("楼道里闻到煤气味", at=now())
    browser = phone()
    danger = filled(text="厨房有燃气味，闻到煤气很重")
    assert 'href="tel:119"' in said(browser.post(FORM, danger))  # first of all: whom to call
    sent = browser.post(FORM, {**danger, "safe": "1"})
    assert sent.status_code == 302  # no question about what is known nearby
    page = said(browser.get(sent.url))
    assert "请立即撤离并拨打119。" in page
    assert 'href="tel:119"' in page


# ── already known nearby ──────────────────────────────────────────────────


@pytest.fixture
def known(report):
    """A lamp reported today by a stranger whose words hold what nobody else should read."""
    return report("路灯不亮，找三栋张老太要钥匙，电话10099998888", at=now())


def test_without_scripts_the_question_comes_before_the_report(phone, filled, known):
    browser, form = phone(), filled(photos=[upload(photo())])
    asked = browser.post(FORM, form)
    assert asked.status_code == 200
    assert "附近已有 1 件类似的反映" in said(asked)
    assert Case.objects.count() == 1
    again = filled(key=form["key"], kept=kept_in(said(asked)), sure="1")
    browser.post(FORM, again)
    mine = Case.objects.exclude(pk=known.pk).get()
    assert (str(mine.key), mine.files.count()) == (form["key"], 1)


def test_what_is_known_nearby_shows_no_words_of_its_reporter(phone, filled, known):
    page = said(phone().post(FORM, filled()))
    assert "路灯不亮" in page  # the item's name
    for secret in ("张老太", "10099998888", known.secret, known.number):
        assert secret not in page


def ticket_in(page):
    """What the “me too” button sends."""
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def test_me_too_joins_instead_of_opening_another(phone, filled, known):
    browser = phone()
    ticket = ticket_in(said(browser.post(FORM, filled())))
    joined = browser.post("/report/join/", {"ticket": ticket}, follow=True)
    known.refresh_from_db()
    assert (known.joined, Case.objects.count()) == (1, 1)
    page = said(joined)
    assert "我也遇到了" in page
    assert known.number in page
    for secret in ("张老太", "10099998888", known.secret):
        assert secret not in page
    assert known.number in said(browser.get("/mine/"))
    assert "张老太" not in said(browser.get("/mine/"))


def test_saying_me_too_twice_counts_once(phone, filled, known):
    browser = phone()
    ticket = ticket_in(said(browser.post(FORM, filled())))
    for _ in range(2):
        browser.post("/report/join/", {"ticket": ticket})
    assert Claimant.objects.count() == 1


@pytest.mark.parametrize("ticket", ["", "1", "MQ:1abc:def"])
def test_nobody_joins_a_case_by_guessing(phone, known, ticket):
    assert phone().post("/report/join/", {"ticket": ticket}).status_code == 422
    assert not Claimant.objects.exists()


def test_nobody_is_asked_to_join_their_own_report(phone, filled):
    browser = phone()
    browser.post(FORM, filled())
    assert browser.post(FORM, filled()).status_code == 302
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "elsewhere",
    [{"text": "垃圾成堆没有人来清"}, {"lng": "117.310"}],
)
def test_another_matter_or_place_raises_no_question(phone, filled, known, elsewhere):
    assert phone().post(FORM, filled(**elsewhere)).status_code == 302


def test_the_script_gets_place_duplicates_and_danger_as_a_piece(phone, filled, known, li):
    browser = phone()
    piece = said(browser.post("/report/near/", filled()))
    assert "data-known" in piece
    assert "第01网格" in piece
    assert "李强" in piece
    assert "119" in said(browser.post("/report/near/", filled(text="闻到煤气味")))
    assert "不在本区" in said(browser.post("/report/near/", filled(lng="-0.12", lat="51.5")))
    assert browser.post("/report/near/", {"lng": "NaN", "text": "\x00"}).status_code == 200


# ── how often ─────────────────────────────────────────────────────────────


def test_a_device_is_stopped_after_ten_reports_while_another_gets_in(phone, filled):
    eager, honest = phone(), phone()
    for _ in range(10):
        assert eager.post(FORM, filled(sure="1")).status_code == 302
    stopped = eager.post(FORM, filled(sure="1"))
    assert stopped.status_code == 429
    assert filled()["text"] in said(stopped)
    assert honest.post(FORM, filled(sure="1")).status_code == 302


def test_an_address_that_throws_away_its_cookies_is_stopped_too(as_, filled, settings):
    settings.REPORTS_PER_ADDRESS = 5
    answers = [as_(None).post(FORM, filled(sure="1")).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2


def test_the_form_is_refused_without_its_token_and_says_what_to_do(as_, filled):
    browser = as_(None, enforce_csrf_checks=True)
    answer = browser.post(FORM, filled())
    assert answer.status_code == 403
    assert "返回上一页" in said(answer)
