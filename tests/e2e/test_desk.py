"""The desk in a real browser: by keyboard, live, two at once, without script, and its weight."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

PAGES = {
    "diaodu01": [
        "/desk/", "/desk/?tab=all", "/desk/register/", "/desk/catalogue/", "/desk/messages/",
    ],
    "shenji01": ["/desk/record/", "/desk/?tab=done"],
    "guanli01": ["/desk/calendar/", "/desk/errands/"],
}  # fmt: skip
MOST_BYTES = 90_000  # page, styles and scripts, compressed
MOST_MAP_BYTES = 80_000  # tiles, outlines and points


def arrive(page: Page, url: str = "/desk/?tab=todo") -> None:
    """Open the inbox and wait until its map stands, so that every module is there."""
    page.goto(url)
    page.wait_for_selector("#map[data-ready]", state="attached")


def open_new(page: Page) -> str:
    """Open the first case nobody has dispatched; its number in the address of its page."""
    page.goto("/desk/?status=reported")
    page.wait_for_selector("#map[data-ready]", state="attached")
    page.locator("#rows .row").first.click()
    expect(page.locator("#dispatch")).to_be_visible()
    return page.locator("#detail [data-case]").get_attribute("data-case")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (320, 640)])
def test_every_page_is_accessible_and_fits(
    window: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    width: int,
    height: int,
) -> None:
    """Go through all pages of the desk at this size."""
    for username, urls in PAGES.items():
        page = window(width, height, bypass_csp=True)
        sign_in(page, username)
        for url in urls:
            page.goto(url)
            no_axe_violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url


def test_a_case_is_dispatched_without_touching_the_mouse(
    desk: Page, sign_in: Callable[[Page, str], None]
) -> None:
    """j and k walk, Enter opens, d goes to the form, typing finds both, Ctrl+Enter sends."""
    sign_in(desk, "diaodu01")
    arrive(desk, "/desk/?status=reported")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    row = desk.evaluate("document.activeElement.dataset.id")
    desk.keyboard.press("Enter")
    expect(desk.locator(f'#detail [data-case="{row}"]')).to_be_visible()
    expect(desk).to_have_url(re.compile(f"case={row}"))
    desk.keyboard.press("?")
    expect(desk.get_by_role("heading", name="键盘操作")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("d")
    expect(desk.locator("#item-find")).to_be_focused()
    desk.keyboard.type("路灯")
    expect(desk.locator("#item-list [role=option]").first).to_be_visible()
    with desk.expect_response(lambda r: "/handlers/" in r.url):
        desk.keyboard.press("Enter")
    expect(desk.locator("#item-find")).to_have_value(re.compile("路灯"))
    desk.locator("#to-find").focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#to-find")).not_to_have_value("")
    desk.keyboard.press("Tab")
    expect(desk.locator("#opinion")).to_be_focused()
    desk.keyboard.type("请今天去看")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#notices")).to_contain_text("已派给")
    expect(desk.locator("#detail .d-h")).to_contain_text("已派遣")
    expect(desk.locator(f"#row-{row}")).to_have_count(0)
    expect(desk.locator("#detail .tl")).to_contain_text("请今天去看")


def test_of_two_desks_the_slower_is_shown_what_the_other_did(
    window: Callable[..., Page], sign_in: Callable[[Page, str], None], complaints: list[str]
) -> None:
    """Both open the case; one dispatches; the other is warned, presses anyway and loses nothing."""
    quick, slow = window(1440, 900), window(1440, 900)
    sign_in(quick, "diaodu01")
    sign_in(slow, "quji01")
    pk = open_new(quick)
    arrive(slow, f"/desk/?case={pk}")
    slow.locator("#opinion").fill("请尽快处理")
    for page in (quick, slow):
        page.locator("#to").evaluate("select => { select.selectedIndex = 1; }")
        page.locator("#to").dispatch_event("change")
    quick.locator("#dispatch .primary").click()
    expect(quick.locator("#notices")).to_contain_text("已派给")
    expect(slow.locator("[data-stale]")).to_be_visible()
    expect(slow.locator("#opinion")).to_have_value("请尽快处理")
    slow.locator("#dispatch .primary").click()
    expect(slow.locator(".overtaken")).to_contain_text("有人先一步处理了")
    expect(slow.locator(".overtaken")).to_contain_text("请尽快处理")
    complaints[:] = [c for c in complaints if "409" not in c]  # the browser logs every refusal


def test_filters_live_in_the_address(desk: Page, sign_in: Callable[[Page, str], None]) -> None:
    """Search and filter; reload and going back bring the same list again."""
    sign_in(desk, "quji01")
    arrive(desk, "/desk/?tab=all")
    total = desk.locator(".tabs [aria-current] em").inner_text()
    desk.keyboard.press("/")
    desk.keyboard.type("路灯")
    expect(desk).to_have_url(re.compile("tab=all&q="))
    found = desk.locator(".tabs [aria-current] em").inner_text()
    assert 0 < int(found) < int(total)
    desk.locator("#f-source").select_option("pocket")
    expect(desk).to_have_url(re.compile("source=pocket"))
    desk.reload()
    expect(desk.locator("#q")).to_have_value("路灯")
    expect(desk.locator("#f-source")).to_have_value("pocket")
    desk.go_back()
    expect(desk.locator("#f-source")).to_have_value("")
    expect(desk.locator(".tabs [aria-current] em")).to_have_text(found)
    desk.locator("[data-clear]").click()
    expect(desk.locator(".tabs [aria-current] em")).to_have_text(total)


def test_a_caller_is_taken_down_with_the_machines_help(
    desk: Page, sign_in: Callable[[Page, str], None]
) -> None:
    """Type, see the suggestion, press on the map, register, go on to dispatch."""
    sign_in(desk, "diaodu01")
    desk.goto("/desk/register/")
    desk.wait_for_selector("#pick[data-ready]", state="attached")
    desk.get_by_label("反映人姓名").fill("演示来电人")
    desk.get_by_label("联系电话").fill("10000000000")
    desk.get_by_label("反映内容").fill("马路上的路灯坏了，不亮好几天了")
    expect(desk.locator("#suggest [data-pick]").first).to_contain_text("路灯")
    desk.locator("#suggest [data-pick]").first.click()
    expect(desk.locator("#item-find")).to_have_value(re.compile("路灯"))
    desk.locator("#pick").click()
    expect(desk.locator("#lng")).not_to_have_value("")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.get_by_role("heading", name="已登记")).to_be_visible()
    desk.get_by_role("link", name="去派遣").click()
    expect(desk.locator("#contact")).to_contain_text("演****")
    expect(desk.locator("#contact")).to_contain_text("100****0000")


def test_the_desk_works_without_script(
    window: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    """Open a case from the list, choose in plain selects, dispatch; the page says so."""
    page = window(1280, 720, java_script_enabled=False)
    sign_in(page, "diaodu01")
    page.goto("/desk/?status=reported")
    page.locator("#rows .row").first.click()
    page.locator("#to").select_option(index=1)
    page.locator("#opinion").fill("请核实")
    page.locator("#dispatch .primary").click()
    expect(page.locator("#notices")).to_contain_text("已派给")
    expect(page.locator(".d-h")).to_contain_text("已派遣")


def test_on_a_phone_a_row_opens_its_own_page(
    window: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    """There is no room for two panes; the menu opens and closes."""
    page = window(390, 844, phone=True)
    sign_in(page, "diaodu01")
    arrive(page)
    page.get_by_role("link", name="打开导航").click()
    expect(page.get_by_role("link", name="工作日历")).to_be_visible()
    page.get_by_role("link", name="收起导航").click()
    page.locator("#rows .row").first.click()
    page.wait_for_url(re.compile(r"/desk/cases/\d+/"))
    page.get_by_role("link", name="返回收件箱").click()
    expect(page.locator("#rows")).to_be_visible()


def test_the_inbox_keeps_to_its_weight(desk: Page, sign_in: Callable[[Page, str], None]) -> None:
    """What a cold browser fetches for the page, and what for its map."""
    sign_in(desk, "diaodu01")
    answers: list[Response] = []
    desk.on("response", lambda answer: answers.append(answer))
    session = desk.context.new_cdp_session(desk)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    arrive(desk)
    page, drawn = 0, 0
    for answer in answers:
        if "/live/" in answer.url:
            continue
        size = answer.request.sizes()["responseBodySize"]
        if answer.request.resource_type in {"document", "stylesheet", "script"}:
            page += size
        else:
            drawn += size
    assert page <= MOST_BYTES
    assert drawn <= MOST_MAP_BYTES
