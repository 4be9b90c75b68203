"""Sign-in and intake under attack: limits hold, and honest people still get in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from conftest import PASSWORD
from gongzhi.access import signing_in
from gongzhi.cases.models import Case
from gongzhi.kernel import limits
from gongzhi.kernel.models import Tries

pytestmark = pytest.mark.django_db

ELSEWHERE = "192.0.2.9"


@pytest.fixture(autouse=True)
def small_limits(settings, monkeypatch):
    """The same limits, small enough to be reached soon."""
    settings.SIGN_INS_PER_ADDRESS = 6
    monkeypatch.setattr(signing_in, "PER_ACCOUNT", 8)


@pytest.fixture
def sign_in():
    """`sign_in("chen", "wrong", "192.0.2.1")`: a try, and its status; `browser=` keeps cookies."""

    def attempt(username, password, address=ELSEWHERE, browser=None):
        browser = browser or Client()
        form = {"username": username, "password": password}
        return browser.post("/login/", form, REMOTE_ADDR=address).status_code

    return attempt


@pytest.fixture
def at_home(chen, sign_in):
    """陈静's own browser, in which she has signed in before and out again."""
    browser = Client()
    assert sign_in("chen", PASSWORD, browser=browser) == 302
    browser.post("/logout/")
    return browser


# ── many accounts, one address ────────────────────────────────────────────────


def test_one_password_tried_at_many_accounts_is_stopped_at_its_address(chen, sign_in):
    tries = [sign_in(f"person{n}", "Summer2026!") for n in range(8)]
    assert tries == [200] * 6 + [429] * 2
    assert sign_in("chen", PASSWORD) == 429  # the attacker has the right one now, and is not let in
    assert sign_in("chen", PASSWORD, "192.0.2.77") == 302  # from anywhere else the owner is


def test_colleagues_behind_the_same_address_who_signed_in_before_get_in(at_home, sign_in):
    for n in range(8):
        sign_in(f"person{n}", "Summer2026!")
    assert sign_in("chen", PASSWORD, browser=at_home) == 302


def test_good_sign_ins_use_nothing_up(chen, li, sign_in):
    assert [sign_in("chen", PASSWORD) for _ in range(9)] == [302] * 9
    assert [sign_in("li", "wrong") for _ in range(3)] == [200] * 3
    assert sign_in("li", PASSWORD) == 302


def test_the_address_is_let_in_again_by_itself(chen, sign_in):
    for n in range(8):
        sign_in(f"person{n}", "Summer2026!")
    Tries.objects.update(ends=int((now() - timedelta(seconds=1)).timestamp()))
    assert sign_in("chen", PASSWORD) == 302


def test_another_process_counts_on(chen, sign_in):
    for n in range(6):
        limits.forget()
        sign_in(f"person{n}", "Summer2026!")
    assert sign_in("person9", "Summer2026!") == 429


# ── many addresses, one account ───────────────────────────────────────────────


def attacked(sign_in, username="chen", addresses=12):
    return [sign_in(username, f"guess{n}", f"198.51.100.{n}") for n in range(addresses)]


def test_many_addresses_at_one_account_are_stopped(chen, sign_in):
    assert attacked(sign_in) == [200] * 8 + [429] * 4
    assert sign_in("chen", PASSWORD, "198.51.100.99") == 429


def test_they_do_not_lock_the_owner_out(at_home, sign_in):
    attacked(sign_in)
    assert sign_in("chen", PASSWORD, browser=at_home) == 302


def test_they_lock_nobody_else_out(chen, li, sign_in):
    attacked(sign_in)
    assert sign_in("li", PASSWORD) == 302


def test_a_new_browser_of_the_owner_waits_an_hour_at_most(chen, sign_in):
    attacked(sign_in)
    Tries.objects.update(ends=int((now() - timedelta(seconds=1)).timestamp()))
    assert sign_in("chen", PASSWORD) == 302


def test_a_name_that_does_not_exist_is_counted_like_one_that_does(chen, sign_in):
    assert attacked(sign_in, "nobody") == attacked(sign_in, "chen")


# ── the browser's memory ──────────────────────────────────────────────────────


def test_what_a_browser_remembers_cannot_be_made_up(chen, sign_in):
    attacked(sign_in)
    forged = Client()
    forged.cookies["known"] = signing_in.Attempt("chen", "").remembered[0]
    assert sign_in("chen", PASSWORD, browser=forged) == 429


def test_a_browser_is_at_home_for_its_own_accounts_alone(at_home, li, sign_in):
    attacked(sign_in, "li")
    assert sign_in("li", PASSWORD, browser=at_home) == 429


def test_in_a_known_browser_too_five_wrong_ones_close_the_account_there(at_home, sign_in):
    tries = [sign_in("chen", f"guess{n}", browser=at_home) for n in range(6)]
    assert tries[:4] == [200] * 4
    assert tries[-1] == 429


def test_the_memory_names_nobody_and_is_no_business_of_scripts(at_home):
    kept = at_home.cookies["known"]
    assert "chen" not in kept.value
    assert (kept["httponly"], kept["secure"], kept["samesite"]) == (True, True, "Lax")
    assert kept["path"] == "/login/"


def test_a_shared_desk_remembers_the_last_five(somebody, grid_1, sign_in):
    browser = Client()
    for n in range(6):
        somebody(f"clerk{n}", "grid_worker", grid_1)
        assert sign_in(f"clerk{n}", PASSWORD, browser=browser) == 302
        browser.post("/logout/")
    assert len(browser.cookies["known"].value.split(":")[0].split(".")) == 5


# ── intake ────────────────────────────────────────────────────────────────────


def sent(address, device):
    body = {"key": str(uuid4()), "text": "路灯不亮", "address": "望湖花园3栋"}
    return Client().post(
        "/api/v1/reports", body, content_type="application/json",
        headers={"X-Device-Token": device}, REMOTE_ADDR=address,
    ).status_code  # fmt: skip


def test_a_flood_from_one_address_is_cut_off_and_others_report_on(world, settings):
    settings.REPORTS_PER_ADDRESS = 5
    flood = [sent("192.0.2.1", f"{n:040d}") for n in range(9)]
    assert flood == [201] * 5 + [429] * 4
    assert sent("192.0.2.2", "h" * 40) == 201
    assert Case.objects.count() == 6


def test_a_device_that_floods_does_not_use_up_its_neighbours_share(world, settings):
    """They share the address of a carrier's network; its own limit stops it first."""
    settings.REPORTS_PER_ADDRESS, settings.REPORTS_PER_REPORTER = 10, 3
    flood = [sent("192.0.2.1", "f" * 40) for _ in range(6)]
    assert flood == [201] * 3 + [429] * 3
    assert [sent("192.0.2.1", c * 40) for c in "hij"] == [201] * 3


def test_who_guesses_secrets_of_cases_is_stopped_in_every_process(report):
    case = report()
    said = []
    for n in range(7):
        limits.forget()
        form = {"number": case.number, "secret": f"{n:08d}"}
        said.append(Client().post("/track/", form, REMOTE_ADDR="192.0.2.1").status_code)
    assert said == [422] * 5 + [429] * 2
