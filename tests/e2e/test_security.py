"""What a real browser does with our policy, our cookies and our pages in foreign frames."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

PASSWORD = "gongzhi-demo"


def test_no_page_asks_anybody_but_us(
    phone: Page, desk: Page, sign_in: Callable[[Page, str], None]
) -> None:
    """Residents' pages, the desk, its map and the wall: every request goes to our own host."""
    asked: set[str] = set()
    for page in (phone, desk):
        page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or "inline"))
    for path in ("/", "/report/", "/track/", "/privacy/", "/login/"):
        phone.goto(path)
    sign_in(desk, "diaodu01")
    for path in ("/desk/", "/desk/elders/", "/wall/"):
        desk.goto(path)
        desk.wait_for_timeout(500)
    assert asked <= {"127.0.0.1", "inline"}


def test_nobody_can_put_us_into_a_frame(chromium: Browser, gongzhi) -> None:
    """A foreign page with our sign-in page in a frame shows an empty frame."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(f'<iframe src="{gongzhi.home}/login/" width="400" height="300"></iframe>')
    page.wait_for_timeout(1_000)
    framed = page.frames[1]
    assert not framed.url.startswith(gongzhi.home)
    assert framed.locator("input[name=password]").count() == 0
    context.close()


def test_a_session_begins_anew_at_sign_in_and_is_dead_after_signing_out(
    chromium: Browser, gongzhi, sign_in: Callable[[Page, str], None]
) -> None:
    """A session planted before sign-in is not taken over; a thief's opens nothing afterwards."""
    context = chromium.new_context(base_url=gongzhi.home, locale="zh-CN")
    planted = {"name": "sessionid", "value": "p" * 32, "url": gongzhi.home}
    context.add_cookies([planted])
    page = context.new_page()
    sign_in(page, "diaodu01")
    session = _cookies(context)["sessionid"]
    assert session["value"] != planted["value"]
    thief = chromium.new_context(base_url=gongzhi.home)
    thief.add_cookies([{"name": "sessionid", "value": session["value"], "url": gongzhi.home}])
    stolen = thief.new_page()
    stolen.goto("/desk/")
    assert "/login/" not in stolen.url  # a stolen session is one, until …
    assert context.request.post(
        "/logout/", form={"csrfmiddlewaretoken": _token(page)}, headers={"Referer": gongzhi.home}
    ).ok
    stolen.goto("/desk/")
    assert "/login/" in stolen.url
    thief.close()
    context.close()


def test_under_the_settings_of_production_cookies_are_secure(
    chromium: Browser, production: str
) -> None:
    """As a browser keeps them: for https, for us alone, and those that open doors for no script."""
    context = chromium.new_context(base_url=production, locale="zh-CN")
    page = context.new_page()
    page.goto("/report/")
    page.goto("/login/")
    page.get_by_label("账号").fill("diaodu01")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    kept = _cookies(context)
    assert {"sessionid", "csrftoken", "device", "known"} <= set(kept)
    for name, cookie in kept.items():
        assert cookie["secure"], name
        assert cookie["sameSite"] == "Lax", name
        assert cookie["domain"] == "127.0.0.1", name
    for name in ("sessionid", "device", "known"):
        assert kept[name]["httpOnly"], name
        assert name not in page.evaluate("document.cookie")
    context.close()


# ── hands ─────────────────────────────────────────────────────────────────────


def _cookies(context) -> dict[str, dict]:
    return {cookie["name"]: cookie for cookie in context.cookies()}


def _token(page: Page) -> str:
    return page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")


@pytest.fixture
def production(gongzhi) -> Iterator[str]:
    """The demo's data served with every setting of production, but the check of demo passwords."""
    root = Path(__file__).resolve().parents[2]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_"))}
    static = tempfile.mkdtemp(prefix="gz-static-", dir=gongzhi.data)
    env |= {
        "GONGZHI_DATA": str(gongzhi.data), "GONGZHI_STATIC": static, "GONGZHI_LOG": "ERROR",
        "GONGZHI_SECRET_KEY": token_hex(20), "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings",
    }  # fmt: skip
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(collect, env=env, cwd=root, check=True)
    code = (
        "from granian.constants import Interfaces; from gongzhi.project.serving import server;"
        "server('gongzhi.project.wsgi:application', Interfaces.WSGI, address='127.0.0.1', "
        f"port={port}, workers=1, threads=4).serve()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=env, cwd=root)
    home = f"http://127.0.0.1:{port}"
    try:
        for _try in range(600):
            try:
                urllib.request.urlopen(f"{home}/healthz", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield home
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
