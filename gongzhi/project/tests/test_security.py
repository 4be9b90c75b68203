"""What holds at every address: proof of origin, headers, cookies, sessions, and who is let in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from axes.models import AccessAttempt
from django.conf import settings as product
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from conftest import NOON, PASSWORD
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db

SECRET_WORDS = "只有当事人知道的话"
# Programs have no form and no cookie; each of these proves itself by a key, a token or a signature.
WITHOUT_FORM_TOKEN = ("/api/", "/open311/", "/hooks/", "/sensing/v1/", "/wechat/")


class Address(NamedTuple):
    """One entry of the URLconf: its full pattern, its name and what answers it."""

    pattern: str
    name: str
    view: Any


def addresses() -> list[Address]:
    def walk(patterns: Any, before: str, spaces: tuple[str, ...]) -> Iterator[Address]:
        for entry in patterns:
            here = before + str(entry.pattern).removeprefix("^").removesuffix("$")
            if isinstance(entry, URLResolver):
                inner = (*spaces, entry.namespace) if entry.namespace else spaces
                yield from walk(entry.url_patterns, here, inner)
            elif isinstance(entry, URLPattern):
                yield Address("/" + here, ":".join((*spaces, entry.name or "")), entry.callback)

    return list(walk(get_resolver().url_patterns, "", ()))


def filled(pattern: str, values: dict[str, str]) -> str:
    """A concrete path for a pattern; 1 for whatever has no value."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[1], "1")

    path = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", value, pattern)
    path = re.sub(r"<(?:\w+:)?(\w+)>", value, path)
    return re.sub(r"[\\^$?*.](?=[\\^$?*]|$)|\\", "", path)


def of(case: Case) -> dict[str, str]:
    """Arguments that name the case wherever a case is named."""
    return {
        "pk": str(case.pk),
        "case_id": str(case.pk),
        "number": case.number,
        "token": "a" * 43,
        "size": "full",
        "turn": "on",
        "zoom": "15",
        "x": "27000",
        "y": "13000",
    }


@pytest.fixture
def case(report, wang) -> Case:
    """wang's case in grid_1, with words nobody else may read."""
    return report(f"路灯不亮。{SECRET_WORDS}", by=wang, address=f"{SECRET_WORDS}3栋")


ALL = addresses()
FORMS = [a for a in ALL if not a.pattern.startswith(WITHOUT_FORM_TOKEN)]


def test_the_list_of_addresses_is_complete_enough():
    names = {address.name for address in ALL}
    assert {
        "pocket:report",
        "staff:dispatch",
        "patrol:accept",
        "faces:login",
        "files:show",
    } <= names
    assert len(ALL) > 40


# ── proof of origin ───────────────────────────────────────────────────────


def test_only_what_programs_use_goes_without_a_form_token():
    exempt = {a.pattern for a in ALL if getattr(a.view, "csrf_exempt", False)}
    assert {p for p in exempt if not p.startswith(WITHOUT_FORM_TOKEN)} == set()


@pytest.mark.parametrize("address", FORMS, ids=[a.name or a.pattern for a in FORMS])
def test_a_form_without_its_token_changes_nothing(as_, case, chen, address):
    before = (Case.objects.get().version, Event.objects.count())
    path = filled(address.pattern, of(case))
    response = as_(chen, enforce_csrf_checks=True).post(path, {"text": "x", "seen": "1"})
    assert response.status_code in {403, 404}, path
    assert (Case.objects.get().version, Event.objects.count()) == before


MACHINES = [a for a in ALL if a.pattern.startswith(WITHOUT_FORM_TOKEN)]


@pytest.mark.parametrize("address", MACHINES, ids=[a.name or a.pattern for a in MACHINES])
def test_a_program_without_its_key_changes_nothing(as_, case, chen, address):
    """Not even from the browser of somebody who may do everything there is to do."""
    before = (Case.objects.count(), Event.objects.count())
    browser = as_(chen, enforce_csrf_checks=True)
    for body, kind in [("{}", "application/json"), ("text=x", "application/x-www-form-urlencoded")]:
        path = filled(address.pattern, of(case))
        response = browser.post(path, body, content_type=kind)
        assert 400 <= response.status_code < 500, path
    assert (Case.objects.count(), Event.objects.count()) == before


def test_the_refused_form_says_what_to_do(as_, chen):
    response = as_(chen, enforce_csrf_checks=True).post("/logout/")
    assert response.status_code == 403
    assert "刷新" in response.content.decode()


# ── headers ───────────────────────────────────────────────────────────────


@pytest.mark.skipif(connection.vendor == "sqlite", reason="test_access.py does so there, and more")
@pytest.mark.parametrize("who", [None, "wang", "li", "chen", "guan"])
def test_every_page_carries_its_policy_and_no_page_breaks(request, as_, case, who):
    browser = as_(request.getfixturevalue(who) if who else None)
    for address in ALL:
        path = filled(address.pattern, of(case))
        carries_its_policy(browser.get(path), path)


def carries_its_policy(response: Any, path: str) -> None:
    """Whatever was answered, but a failure, and the headers that keep browsers from harm."""
    assert response.status_code < 500, path
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'self'" in policy, path
    assert "unsafe-inline" not in policy, path
    assert "unsafe-eval" not in policy, path
    assert "object-src 'none'" in policy, path
    assert "frame-ancestors 'none'" in policy, path
    assert response.headers["X-Content-Type-Options"] == "nosniff", path
    assert response.headers["X-Frame-Options"] == "DENY", path
    assert response.headers["Referrer-Policy"] == "same-origin", path
    if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
        inline_code_is_covered(response.content.decode(), policy, path)


def inline_code_is_covered(page: str, policy: str, path: str) -> None:
    """No script, handler or style in the page itself but what the policy names by its hash."""
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", page), path
    assert not re.search(r"<[^>]+\sstyle\s*=", page), path
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", page), path
    if "<style" in page:
        assert "'sha256-" in policy, path


# ── a foreign case ────────────────────────────────────────────────────────

OF_A_CASE = [
    a for a in ALL if a.name.startswith(("staff:", "patrol:", "wall:", "pocket:"))
    and re.search(r"<(int:)?pk>|P<number>", a.pattern)
]  # fmt: skip
OUTSIDERS = ["zhou", "zhao", "gu", "wu", "guan", None]


def test_there_are_addresses_of_a_case_in_every_face():
    assert {a.name.split(":")[0] for a in OF_A_CASE} >= {"staff", "patrol", "pocket"}


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("address", OF_A_CASE, ids=[a.name for a in OF_A_CASE])
def test_a_foreign_case_is_neither_shown_nor_changed(request, as_, case, who, address):
    person = request.getfixturevalue(who) if who else None
    before = (Case.objects.get().version, Event.objects.count())
    path = filled(address.pattern, of(case))
    for method in ("get", "post"):
        form = {"seen": case.version, "text": "一二三四五", "stars": "5", "ground": "unlawful"}
        response = getattr(as_(person), method)(path, form)
        assert response.status_code in {302, 403, 404, 405}, (method, path)
        if response.status_code == 302:
            assert response.headers["Location"].startswith(("/login/", "/track/?number=")), path
        assert SECRET_WORDS not in response.content.decode()
    assert (Case.objects.get().version, Event.objects.count()) == before


@pytest.mark.parametrize(
    ("who", "face"), [("gu", "staff:"), ("zhao", "patrol:"), ("wu", "patrol:")]
)
def test_for_colleagues_elsewhere_it_does_not_exist(request, as_, case, who, face):
    browser = as_(request.getfixturevalue(who))
    own = [a for a in OF_A_CASE if a.name.startswith(face)]
    assert own
    for address in own:
        path = filled(address.pattern, of(case))
        missing = filled(address.pattern, of(Case(pk=case.pk + 999, reported_at=NOON)))
        codes = {browser.get(path).status_code, browser.get(missing).status_code}
        assert codes <= {404} or codes <= {405}, path
        codes = {browser.post(path).status_code, browser.post(missing).status_code}
        assert codes <= {404} or codes <= {405}, path


@pytest.mark.parametrize("face", ["/desk/", "/wall/", "/patrol/"])
def test_the_faces_of_staff_are_closed_to_residents_and_strangers(as_, wang, world, face):
    assert as_(wang).get(face).status_code == 403
    assert as_(None).get(face).headers["Location"].startswith("/login/")


# ── signing in ────────────────────────────────────────────────────────────


def sign_in(username: str, password: str, **where: str) -> Any:
    return Client(**where).post("/login/", {"username": username, "password": password})


def test_after_five_wrong_passwords_even_the_right_one_waits_and_others_get_in(chen, li):
    assert [sign_in("chen", "wrong").status_code for _ in range(5)][:4] == [200] * 4
    locked = sign_in("chen", PASSWORD)
    assert locked.status_code == 429
    assert "请十五分钟后再登录" in locked.content.decode()
    assert sign_in("li", PASSWORD).status_code == 302


def test_the_lock_opens_by_itself(chen):
    for _ in range(5):
        sign_in("chen", "wrong")
    assert sign_in("chen", PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=now() - timedelta(minutes=16))
    assert sign_in("chen", PASSWORD).status_code == 302


def test_a_good_sign_in_forgets_the_wrong_ones_before(chen):
    for _ in range(3):
        for _ in range(4):
            sign_in("chen", "wrong")
        assert sign_in("chen", PASSWORD).status_code == 302


def test_a_name_that_does_not_exist_is_answered_like_a_wrong_password(chen):
    wrong, nobody = sign_in("chen", "wrong"), sign_in("nobody", "wrong")
    assert wrong.status_code == nobody.status_code == 200

    def said(response: Any) -> str:
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        return page.replace('value="chen"', "").replace('value="nobody"', "")

    assert said(wrong) == said(nobody)


def test_a_closed_account_cannot_sign_in_and_its_session_ends(as_, chen, world):
    browser = as_(chen)
    assert browser.get("/desk/").status_code == 200
    chen.is_active = False
    chen.save()
    assert browser.get("/desk/").headers["Location"].startswith("/login/")
    assert sign_in("chen", PASSWORD).status_code == 200


def test_a_post_taken_away_counts_at_the_next_click(as_, chen, world):
    browser = as_(chen)
    assert browser.get("/desk/").status_code == 200
    chen.posts.all().delete()
    assert browser.get("/desk/").status_code == 403


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_signing_in_leads_nowhere_else(chen, away):
    response = Client().post(f"/login/?next={away}", {"username": "chen", "password": PASSWORD})
    assert response.headers["Location"] == "/start/"


# ── sessions and cookies ──────────────────────────────────────────────────


def test_a_session_ends_after_twelve_hours(as_, chen, world):
    browser = as_(chen)
    lasts = Session.objects.get().expire_date - now()
    assert timedelta(hours=11, minutes=59) < lasts <= timedelta(hours=12)
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert browser.get("/desk/").headers["Location"].startswith("/login/")


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(chen, world):
    browser = Client()
    browser.post("/login/", {"username": "chen", "password": PASSWORD})
    first = browser.session.session_key
    browser.post("/logout/")
    assert not Session.objects.filter(session_key=first).exists()
    assert browser.get("/desk/").headers["Location"].startswith("/login/")


def test_signing_out_needs_a_press_not_a_link(as_, chen):
    assert as_(chen).get("/logout/").status_code == 405


def test_a_new_password_ends_the_other_sessions(as_, chen, world):
    browser = as_(chen)
    chen.set_password("another-long-password")
    chen.save()
    assert browser.get("/desk/").headers["Location"].startswith("/login/")


def test_cookies_are_for_this_site_over_https_and_not_for_scripts(chen, world):
    browser = Client()
    browser.get("/report/")
    browser.post("/login/", {"username": "chen", "password": PASSWORD})
    cookies = browser.cookies
    assert {"sessionid", "csrftoken", "device"} <= set(cookies)
    for name in ("sessionid", "csrftoken", "device"):
        assert cookies[name]["samesite"] == "Lax", name
        assert cookies[name]["secure"], name
    for name in ("sessionid", "device"):
        assert cookies[name]["httponly"], name
    assert product.SESSION_COOKIE_SECURE
    assert product.CSRF_COOKIE_SECURE
    assert product.SECURE_HSTS_SECONDS > 0


@pytest.mark.parametrize("live_port", ["", "8001"])
def test_a_host_that_is_not_ours_is_refused(db, settings, live_port):
    settings.LIVE_PORT = live_port
    assert Client().get("/", headers={"Host": "evil.example"}).status_code == 400


# ── errors tell nothing ───────────────────────────────────────────────────


def test_what_is_not_there_says_so_in_words_and_nothing_about_the_inside(db):
    response = Client().get("/no/such/page/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "urlpatterns" not in page
    assert "gongzhi." not in page


def test_a_failure_inside_says_nothing_about_the_inside(as_, case, chen, monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(actions, "close", broken)
    monkeypatch.setattr("gongzhi.cases.models.CaseQuerySet.visible_to", broken)
    browser = as_(chen, raise_request_exception=False)
    response = browser.get(reverse("staff:case", args=[case.pk]))
    assert response.status_code == 500
    assert "secret inside" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
