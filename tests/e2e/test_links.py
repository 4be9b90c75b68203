"""Whatever a page offers to open can be opened by whoever it is offered to."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

PAGES_MOST = 90  # of one account
A_KIND = 2  # addresses looked at that differ in numbers only
ELSEWHERE = ("/static/", "/live", "/logout/", "/i18n/", "/files/")
# Begun by scripts, which add what is to be drawn.
UNFINISHED = ("/minimap.svg",)


class Offered(HTMLParser):
    """The addresses that a page offers: to follow, to fetch in place, to fill itself with."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link":
            self.addresses += [v for k, v in attrs if v and k in ("href", "hx-get", "data-url")]


def kind_of(address: str) -> str:
    """The address without its numbers and values."""
    parts = urlsplit(address)
    keys = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
    return re.sub(r"[0-9]{1,}|[A-Za-z0-9_-]{22,}", "#", parts.path) + "?" + "&".join(keys)


@pytest.mark.parametrize(
    "who", ["", "jumin01", "wangge01", "shequ01", "quji01", "chengguan01", "lingdao01", "guanli01"]
)
def test_every_link_that_is_offered_can_be_opened(
    desk: Page, sign_in: Callable[[Page, str], None], who: str
) -> None:
    """Sign in, follow each kind of link from page to page: none leads to a refusal or an error."""
    if who:
        sign_in(desk, who)
    ask = desk.context.request
    start = urlsplit(desk.url).path if who else "/"
    found, seen, bad = [(start, "")], dict[str, int](), list[str]()
    while found and len(seen) < PAGES_MOST:
        address, offered_by = found.pop(0)
        kind = kind_of(address)
        if seen.get(kind, 0) >= A_KIND or address.startswith(ELSEWHERE):
            continue
        seen[kind] = seen.get(kind, 0) + 1
        answer = ask.get(address)
        if not answer.ok and not kind.startswith(UNFINISHED):
            bad.append(f"{answer.status} {address} on {offered_by}")
        if answer.ok and "text/html" in answer.headers.get("content-type", ""):
            found += [(a, address) for a in offered_on(answer.text(), answer.url)]
    assert len(seen) >= 8
    assert not bad, "\n".join(bad)


def offered_on(page: str, url: str) -> list[str]:
    """The addresses of this host on the page, without fragments."""
    parser = Offered()
    parser.feed(page)
    whole = [urlsplit(urljoin(url, address)) for address in parser.addresses]
    here = urlsplit(url).netloc
    return [
        one.path + (f"?{one.query}" if one.query else "")
        for one in whole
        if one.netloc == here and one.scheme in ("http", "https")
    ]
