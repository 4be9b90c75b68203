"""Following a report: who may, what they read, guessing, adding, rating."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Case
from gongzhi.cases.reporters import refs_of
from gongzhi.cases.words import DeclineGround, Status

pytestmark = pytest.mark.django_db
PHOTO = StoredFile(token="t" * 43, kind="photo", media_type="image/jpeg", size=1)
WORDS = "路灯不亮，找三栋张老太要钥匙"


def said(response):
    """The page as text."""
    return response.content.decode()


@pytest.fixture
def case(report, wang):
    """Reported by 王秀英 with an account."""
    return report(WORDS, by=wang, contact_phone="10012345678")


@pytest.fixture
def ended(case, chen, li, sun):
    """The same, dispatched to 李强, handled, checked by 孙丽 and closed."""
    actions.dispatch(by=chen, case=case, to=li, at=NOON, opinion="内部意见请快办")
    actions.accept(by=li, case=case, at=NOON)
    actions.handle(
        by=li, case=case, note="已换新灯泡，灯亮了。", at=NOON + timedelta(hours=1), files=[PHOTO]
    )
    actions.approve(by=sun, case=case, at=NOON, opinion="内部核查意见")
    actions.close(by=sun, case=case, at=NOON + timedelta(hours=2))
    return case


def url(case, tail=""):
    """Where a case is followed."""
    return f"/track/{case.number}/{tail}"


def test_the_reporter_reads_every_step_but_not_what_staff_say_among_themselves(as_, wang, ended):
    page = said(as_(wang).get(url(ended)))
    for step in ("已提交", "已派单", "开始处置", "处置完毕", "核查通过", "已办结"):
        assert step in page
    assert "网格员李强" in page
    assert "已换新灯泡，灯亮了。" in page
    assert "张老太" in page
    for inside in ("内部意见", "内部核查意见", "陈静", "孙丽", "10012345678"):
        assert inside not in page


def test_a_declined_case_gives_its_reason(as_, wang, case, chen):
    actions.decline(
        by=chen, case=case, ground=DeclineGround.REPEATED, answer="上周已经答复过您。", at=NOON
    )
    page = said(as_(wang).get(url(case)))
    assert "不予受理" in page
    assert "上周已经答复过您。" in page


def test_what_is_promised_stands_on_top(as_, wang, report):
    case = report(by=wang, at=now())
    assert "前办结" in said(as_(wang).get(url(case)))
    Case.objects.filter(pk=case.pk).update(due_at=now() - timedelta(days=1))
    assert "已超过承诺时间" in said(as_(wang).get(url(case)))


@pytest.mark.parametrize("number", ["GZ260304000001", "GZ260304999999"])
def test_strangers_are_asked_for_the_secret_whether_or_not_the_number_exists(as_, case, number):
    answer = as_(None).get(f"/track/{number}/")
    assert (answer.status_code, answer.url) == (302, f"/track/?number={number}")


def test_other_residents_are_strangers_too(as_, zhou, case):
    assert as_(zhou).get(url(case)).status_code == 302


def test_number_and_secret_open_the_case_and_stay_open(as_, case):
    browser = as_(None)
    answer = browser.post("/track/", {"number": case.number.lower(), "secret": case.secret})
    assert (answer.status_code, answer.url) == (302, url(case))
    assert "张老太" in said(browser.get(url(case)))
    assert browser.get(f"/track/?number={case.number}").url == url(case)


@pytest.mark.parametrize(
    ("number", "secret"),
    [("GZ260304000001", "00000000"), ("GZ260304999999", "12345678"), ("", ""), ("\x00", "é")],
)
def test_a_wrong_pair_says_the_same_whatever_is_wrong_with_it(as_, case, number, secret):
    Case.objects.filter(pk=case.pk).update(secret="11112222")
    answer = as_(None).post("/track/", {"number": number, "secret": secret})
    assert answer.status_code == 422
    assert "编号和查询码对不上" in said(answer)


def guess(browser, case, secret, address="10.0.0.1"):
    """One try from an address."""
    typed = {"number": case.number, "secret": secret}
    return browser.post("/track/", typed, REMOTE_ADDR=address)


def wrong(case, n):
    """The n-th wrong secret."""
    return f"{(int(case.secret) + n) % 10**8:08d}"


def test_after_five_wrong_tries_even_the_right_secret_waits(as_, case):
    for n in range(1, 6):
        assert guess(as_(None), case, wrong(case, n)).status_code == 422
    assert guess(as_(None), case, case.secret).status_code == 429
    assert guess(as_(None), case, case.secret, "10.0.0.2").status_code == 429


def test_one_address_cannot_try_many_numbers(as_, case, report):
    others = [report("垃圾没人扫", reporter_ref=f"d:{n}") for n in range(6)]
    answers = [guess(as_(None), other, wrong(other, 1)).status_code for other in others]
    assert answers == [422] * 5 + [429]
    assert guess(as_(None), case, case.secret, "10.0.0.2").status_code == 302


def test_right_secrets_are_not_counted(as_, report):
    cases = [report("垃圾没人扫", reporter_ref=f"d:{n}") for n in range(8)]
    assert {guess(as_(None), case, case.secret).status_code for case in cases} == {302}


def test_a_signed_in_person_still_finds_what_their_device_reported_before(as_, wang, world):
    browser = as_(None)
    browser.get("/report/")
    form = {"key": "", "text": "路灯不亮", "lng": "117.306", "lat": "31.792"}
    browser.post("/report/", form)
    browser.force_login(wang, backend="django.contrib.auth.backends.ModelBackend")
    assert Case.objects.get().number in said(browser.get("/mine/"))


def test_mine_lists_mine_and_nobody_elses(as_, wang, zhou, report):
    report("路灯不亮呀", by=wang)
    report("垃圾没人扫呀", by=zhou)
    page = said(as_(wang).get("/mine/"))
    assert "路灯不亮呀" in page
    assert "垃圾没人扫呀" not in page
    assert "还没有反映过" in said(as_(None).get("/mine/"))


# ── adding and rating ─────────────────────────────────────────────────────


def test_the_reporter_adds_what_was_forgotten(as_, wang, case):
    answer = as_(wang).post(url(case, "add/"), {"text": "今天又灭了两盏"}, follow=True)
    assert "今天又灭了两盏" in said(answer)


@pytest.mark.parametrize(
    ("text", "status"), [("", 422), ("  ", 422), ("长" * 1001, 422), ("\x00", 422)]
)
def test_an_addition_that_cannot_be_taken_is_said(as_, wang, case, text, status):
    answer = as_(wang).post(url(case, "add/"), {"text": text})
    assert answer.status_code == status
    assert 'role="alert"' in said(answer)


def test_nothing_is_added_to_an_ended_case(as_, wang, ended):
    assert as_(wang).post(url(ended, "add/"), {"text": "还是不亮"}).status_code == 409


def test_who_has_the_secret_may_add_and_rate_like_the_reporter(as_, ended):
    browser = as_(None)
    guess(browser, ended, ended.secret)
    browser.post(url(ended, "rate/"), {"stars": "4", "text": "挺快"})
    ended.refresh_from_db()
    assert ended.stars == 4


def test_a_closed_case_is_rated_once(as_, wang, ended):
    browser = as_(wang)
    assert "办得怎么样" in said(browser.get(url(ended)))
    thanked = browser.post(url(ended, "rate/"), {"stars": "5", "text": "谢谢"}, follow=True)
    assert "您评了 5 星" in said(thanked)
    assert browser.post(url(ended, "rate/"), {"stars": "1"}).status_code == 409


@pytest.mark.parametrize("stars", ["", "0", "6", "五", "5.5", "\x00"])
def test_only_one_to_five_stars_are_a_rating(as_, wang, ended, stars):
    answer = as_(wang).post(url(ended, "rate/"), {"stars": stars, "text": "我的话还在"})
    assert answer.status_code == 422
    assert "我的话还在" in said(answer)
    ended.refresh_from_db()
    assert ended.stars is None


def test_a_rating_with_too_many_words_is_not_half_kept(as_, wang, ended):
    answer = as_(wang).post(url(ended, "rate/"), {"stars": "3", "text": "长" * 1001})
    assert answer.status_code == 422
    assert "办得怎么样" in said(answer)
    ended.refresh_from_db()
    assert ended.stars is None


def test_strangers_and_claimants_neither_add_nor_rate(as_, zhou, ended):
    for browser in (as_(None), as_(zhou)):
        assert browser.post(url(ended, "rate/"), {"stars": "1"}).status_code == 404
        assert browser.post(url(ended, "add/"), {"text": "还是不亮"}).status_code == 404


def test_a_claimant_follows_the_steps_without_the_reporters_words_or_photos(
    as_, zhou, case, chen, li
):
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    actions.supplement(
        by=None, case=case, reporter_ref=case.reporter_ref, text="钥匙在张老太家", at=NOON
    )
    actions.dispatch(by=chen, case=case, to=li, at=NOON)
    page = said(as_(zhou).get(url(case)))
    assert "已派单" in page
    assert "路灯不亮" in page
    for hidden in ("张老太", case.secret, "望湖花园", "10012345678", "/thumb/"):
        assert hidden not in page


def test_what_was_solved_is_public_without_anybodys_words(as_, ended):
    Case.objects.filter(pk=ended.pk).update(
        reported_at=now() - timedelta(hours=3), ended_at=now(), status=Status.CLOSED
    )
    page = said(as_(None).get("/solved/"))
    assert "路灯不亮" in page
    assert "3小时办结" in page
    for hidden in ("张老太", "望湖花园", ended.number):
        assert hidden not in page


def test_a_tampered_device_cookie_is_nobody(rf):
    request = rf.get("/")
    request.COOKIES["device"] = "stolen:signature"
    request.user = None
    assert refs_of(request) == []
