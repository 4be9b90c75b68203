"""A dispatcher's morning without the mouse: notes, templates, many at once, putting off, saving."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

FAR = 80  # presses of Tab after which something cannot be reached


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the hand is on what the selector names."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def choose(page: Page, value: str) -> None:
    """Walk down the list under the hand until it says this."""
    for _press in range(FAR):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.value") == value:
            return
    raise AssertionError(f"{value} is not offered")


@pytest.fixture
def inbox(window: Callable[..., Page], sign_in: Callable[[Page, str], None]) -> Page:
    """The inbox of a sub-district, with what waits for its dispatcher."""
    page = window(1440, 900, bypass_csp=True)
    sign_in(page, "diaodu01")
    return ready(page)


def ready(page: Page, query: str = "tab=todo") -> Page:
    page.goto(f"/desk/?{query}")
    page.wait_for_selector("#map[data-ready]", state="attached")
    return page


def open_first(page: Page, walk: str = "j") -> None:
    """Walk to a case and open it."""
    for key in walk:
        page.keyboard.press(key)
    row = page.evaluate("document.activeElement.dataset.id")
    page.keyboard.press("Enter")
    expect(page.locator(f'#detail [data-case="{row}"]')).to_be_visible()


def test_a_colleague_is_told_by_a_note_and_a_template_is_taken_over(
    inbox: Page, no_axe_violations: Callable[[Page], None]
) -> None:
    """j, Enter: a case. n: write “@…”, Ctrl+Enter: noted. Esc, t, Enter: a template is in."""
    open_first(inbox)
    no_axe_violations(inbox)
    name = inbox.locator("#detail input[name=tell]").first.get_attribute("data-name")
    inbox.keyboard.press("n")
    expect(inbox.locator("#note")).to_be_focused()
    inbox.keyboard.type(f"请先打电话问清楼栋 @{name}")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#detail .tl")).to_contain_text("请先打电话问清楼栋")
    expect(inbox.locator("#note")).to_have_value("")
    inbox.keyboard.press("Escape")  # the hand was still in the note, for one more
    inbox.keyboard.press("t")
    chip = inbox.locator("#panel .replies a").first
    expect(chip).to_be_focused()
    words = chip.get_attribute("data-text")
    field = inbox.locator(f"#{chip.get_attribute('data-fill')}")
    inbox.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(words)


def test_two_cases_are_noted_at_once_after_a_look_at_what_would_happen(
    inbox: Page, no_axe_violations: Callable[[Page], None]
) -> None:
    """x ticks two, b chooses the note for both, the preview says so, Tab and Enter do it."""
    for key in "jxjx":
        inbox.keyboard.press(key)
    expect(inbox.locator("[data-picked]")).to_have_text("2")
    inbox.keyboard.press("b")
    expect(inbox.locator("#what")).to_be_focused()
    choose(inbox, "note")
    inbox.keyboard.press("Tab")
    inbox.keyboard.press("Enter")
    expect(inbox.locator(".crumb")).to_contain_text("预览")
    no_axe_violations(inbox)
    tab_to(inbox, "#text")
    inbox.keyboard.type("下午两点一起去看")
    tab_to(inbox, "#do-it")
    inbox.keyboard.press("Enter")
    expect(inbox.locator(".sum")).to_contain_text(re.compile(r"办成\s*2\s*件"))
    no_axe_violations(inbox)


def test_a_case_is_put_off_and_a_search_is_kept(inbox: Page) -> None:
    """s, Ctrl+Enter: it sleeps until tomorrow. / and words, f, Tab: the search is saved by name."""
    open_first(inbox, "jj")
    pk = inbox.locator("#detail [data-case]").get_attribute("data-case")
    inbox.keyboard.press("s")
    expect(inbox.locator("#put-off input[name=until]").first).to_be_focused()
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#detail .asleep")).to_contain_text("已推后")
    ready(inbox)
    expect(inbox.locator(f"#row-{pk}")).to_have_count(0)
    inbox.keyboard.press("/")
    inbox.keyboard.type("路灯")
    expect(inbox).to_have_url(re.compile("q="))
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("f")
    expect(inbox.locator("#f-sort")).to_be_focused()
    tab_to(inbox, "details.save > summary")
    inbox.keyboard.press("Enter")
    tab_to(inbox, "#search-name")
    inbox.keyboard.type("路灯待办")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator(".saved")).to_contain_text("路灯待办")
    expect(inbox.locator("#q")).to_have_value("路灯")
