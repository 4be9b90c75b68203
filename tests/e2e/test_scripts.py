"""Scripts in people's words are shown as the words they are, and the policy would stop them."""

import json
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from secrets import token_hex
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

PASSWORD = "gongzhi-demo"
MARK = "data-hurt"  # set on <html> by whatever runs; read as an attribute, never through a script
RUN = f"document.documentElement.setAttribute('{MARK}',1),console.log('{MARK}'),alert('{MARK}')"
HARM = (
    f'"\'><script>{RUN}</script><img src=x: onerror="{RUN}"><svg onload="{RUN}"></svg>'
    f'<a id=lure href="javascript:{RUN}" onmouseover="{RUN}">这里</a>{{{{7*7}}}}'
)
NAME = f"<img src=x: onerror=alert('{MARK}')>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script></svg>'


@dataclass
class Watch:
    """What a page did that only a script of somebody else could have made it do."""

    page: Page
    harm: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda message: self._console(message.text))

    def _dialog(self, dialog) -> None:
        self.harm.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, text: str) -> None:
        self.said.append(text)
        if text == MARK:
            self.harm.append("console")

    def found(self) -> list[str]:
        """Dialogs, lines in the console and the mark on the page as it stands now."""
        self.page.wait_for_timeout(300)  # a picture that cannot be had takes a moment
        marked = self.page.locator("html").get_attribute(MARK)
        return [*self.harm, *(["mark"] if marked else [])]


@pytest.fixture
def watched(chromium: Browser, gongzhi) -> Iterator[Callable[..., Watch]]:
    """`watched("diaodu01")`: a fresh browser in which that account is signed in, watched."""
    contexts = []

    def make(username: str = "") -> Watch:
        context = chromium.new_context(base_url=gongzhi.home, locale="zh-CN")
        contexts.append(context)
        watch = Watch(context.new_page())
        if username:
            watch.page.goto("/login/")
            watch.page.get_by_label("账号").fill(username)
            watch.page.get_by_label("密码").fill(PASSWORD)
            watch.page.get_by_role("button", name="登录", exact=True).click()
            watch.page.wait_for_url(lambda url: "/login/" not in url)
        return watch

    yield make
    for context in contexts:
        context.close()


def test_scripts_in_words_names_and_places_are_read_and_never_run(gongzhi, watched) -> None:
    """Handed in by a program and on a phone, added to afterwards; then everybody looks at it."""
    mark = f"路灯不亮{token_hex(4)}"
    pk = _reported(gongzhi, f"{mark} {HARM}")
    resident = watched()
    _by_hand(resident.page, gongzhi, mark)
    assert resident.found() == []
    for username, paths in {
        "diaodu01": [f"/desk/cases/{pk}/", f"/desk/?tab=all&q={mark}", f"/desk/cases/{pk}/same/"],
        "wangge01": ["/patrol/", f"/patrol/cases/{pk}/"],
        "lingdao01": ["/wall/", f"/desk/cases/{pk}/"],
        "shenji01": ["/desk/record/"],
    }.items():
        watch = watched(username)
        for path in paths:
            watch.page.goto(path)
            assert watch.found() == [], path
            if path == f"/desk/cases/{pk}/":
                expect(watch.page.locator("main")).to_contain_text(f"<script>{RUN}</script>")
                assert watch.page.locator("#lure").count() == 0


def test_put_into_the_page_by_a_hole_the_policy_stops_them(watched) -> None:
    """The server's answer with a script in it, as a forgotten escape would send it: under our own
    policy nothing runs and the browser says why; without the policy all of it does, so that this
    test would notice."""
    stopped = watched()
    stopped.page.route("**/report/", _with_harm())
    stopped.page.goto("/report/")
    _lured(stopped.page)
    assert stopped.found() == []
    refused = [text for text in stopped.said if "Content Security Policy" in text]
    for what in ("inline script", "inline event handler", "javascript:"):
        assert any(what in text for text in refused), (what, stopped.said)

    open_to_all = watched()
    open_to_all.page.route("**/report/", _with_harm(without="content-security-policy"))
    open_to_all.page.goto("/report/")
    assert {"mark", "console", f"dialog: {MARK}"} <= set(open_to_all.found())


# ── hands ─────────────────────────────────────────────────────────────────────


def _with_harm(without: str = "") -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        got = route.fetch()
        headers = {k: v for k, v in got.headers.items() if k not in {without, "content-encoding"}}
        assert without or "script-src" in headers["content-security-policy"]
        # The head goes on as it is: the product's own policy is what is asked here.
        body = got.text().replace("</main>", f"{HARM}</main>")
        assert HARM in body
        route.fulfill(status=got.status, headers=headers, body=body)

    return answer


def _lured(page: Page) -> None:
    """Point at the link and press it."""
    page.locator("#lure").dispatch_event("mouseover")
    page.locator("#lure").click(force=True)


def _by_hand(page: Page, gongzhi, mark: str) -> None:
    """A stranger reports on a phone, sees it, adds to it; a drawing is no photograph."""
    lng, lat = gongzhi.spot("349901001001-01")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": 20})
    page.goto("/report/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    fields = {
        "csrfmiddlewaretoken": token, "key": str(uuid4()), "text": f"{mark} {HARM}",
        "address": HARM[:190], "lng": str(lng), "lat": str(lat), "sure": "1", "phone": "",
    }  # fmt: skip
    drawing = {"name": f"{HARM[:40]}.svg", "mimeType": "image/svg+xml", "buffer": SVG.encode()}
    refused = page.request.post("/report/", multipart={**fields, "photos": drawing})
    assert refused.status == 422, refused.status
    taken = page.request.post("/report/", form=fields)
    assert taken.ok, taken.status
    page.goto(taken.url)
    page.goto("/mine/")
    page.locator("a[href^='/track/GZ']").first.click()
    page.locator("summary", has_text="补充情况").click()
    page.locator("#text").fill(HARM)
    page.locator("form[action$='/add/'] button").click()
    page.wait_for_load_state()


def _reported(gongzhi, text: str) -> int:
    """The case of a report handed in by a program."""
    lng, lat = gongzhi.spot("349901001001-01")
    body = {
        "key": str(uuid4()), "text": text, "lng": lng, "lat": lat, "address": HARM[:190],
        "contact_name": NAME,
    }  # fmt: skip
    request = urllib.request.Request(
        f"{gongzhi.home}/api/v1/reports",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "X-Device-Token": token_hex(20)},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201
    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        found = rows.execute("SELECT id FROM cases_case WHERE text = ?", [text])
        return int(found.fetchone()[0])
