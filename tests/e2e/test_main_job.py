"""A resident says what is wrong; everyone concerned sees every step until it is put right."""

import re
from collections.abc import Callable
from secrets import token_hex

from playwright.sync_api import Page, expect

PROMISED = 2_000  # milliseconds from “we have it” on the phone to desk and wall

# A test machine draws three dimensions on the processor that serves all the others.
NO_GRAPHICS_CARD = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith("webgl") ? null : real.call(this, kind, ...more);
};
"""


def test_from_the_report_on_a_phone_to_the_stars(
    phone: Page,
    desk: Page,
    wall: Page,
    patrol: Page,
    sign_in: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    photo: dict[str, object],
) -> None:
    """Report with a photo → desk and wall within two seconds → dispatch → accept → handle with a
    photo → check and close → rate."""
    place = f"灯杆{token_hex(2).upper()}"  # the wall shows places, never people's own words
    words = f"路灯不亮，{place}，晚上看不见路"
    mark = re.compile(place)

    sign_in(desk, "diaodu01")
    desk.goto("/desk/?tab=all")
    wall.add_init_script(NO_GRAPHICS_CARD)
    sign_in(wall, "lingdao01")
    wall.goto("/wall/")
    expect(wall.locator("#feed li").first).to_be_visible()
    wall.wait_for_timeout(1_500)  # a screen that has been open for a while
    _watch(desk, "#list", mark.pattern)
    _watch(wall, "#feed", mark.pattern)

    # The resident, without an account.
    phone.goto("/")
    no_axe_violations(phone)
    phone.get_by_role("link", name="随手拍").first.click()
    phone.locator("#photos").set_input_files(photo)
    phone.locator("#text").fill(words)
    phone.get_by_role("button", name="定位").click()
    expect(phone.locator("#lng")).not_to_have_value("")
    phone.locator("#address").fill(f"望湖路北侧{place}")
    no_axe_violations(phone)
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_load_state()
    if phone.get_by_role("heading", name="附近已有人反映").count():
        no_axe_violations(phone)
        phone.get_by_role("button", name="不是同一件").click()
    expect(phone.get_by_role("heading", name="提交成功")).to_be_visible()
    told = phone.evaluate("performance.timeOrigin")
    expect(desk.locator("#rows .row", has_text=mark)).to_be_visible()
    expect(wall.locator("#feed li", has_text=mark)).to_be_visible()
    for page in (desk, wall):
        assert page.evaluate("window.shownAt") - told < PROMISED
    no_axe_violations(phone)

    # The dispatcher.
    desk.locator("#rows .row", has_text=mark).click()
    panel = desk.locator("#detail")
    expect(panel.locator(".pics img").first).to_be_visible()
    _choose(desk, "#item", "路灯不亮")
    desk.wait_for_timeout(500)  # the choice of handlers follows the item
    _choose_worker(desk)
    panel.get_by_role("button", name="派遣").click()
    expect(panel.locator(".tl")).to_contain_text("派")
    expect(panel.locator(".d-h")).to_contain_text("已派遣")
    expect(wall.locator("#feed li", has_text=mark).first).to_contain_text(
        "已派遣", timeout=PROMISED
    )

    # The grid worker.
    sign_in(patrol, "wangge01")
    patrol.goto("/patrol/")
    patrol.get_by_role("link", name=mark).first.click()
    patrol.get_by_role("button", name="接单").click()
    patrol.locator("#text").fill("更换灯泡和控制器，已恢复照明。")
    patrol.locator("#photos").set_input_files(photo)
    patrol.get_by_role("button", name="提交处置结果").click()
    expect(patrol.locator("main")).to_contain_text("待核查")

    # The dispatcher again, whose page has followed by itself.
    desk.locator("#rows .row", has_text=mark).click()
    panel.get_by_role("button", name="核查通过并结案").click()
    expect(panel.locator(".d-h")).to_contain_text("已办结")

    # The resident, on the same phone.
    phone.goto("/mine/")
    no_axe_violations(phone)
    phone.get_by_role("link", name=mark).first.click()
    expect(phone.locator("main")).to_contain_text("更换灯泡和控制器")
    no_axe_violations(phone)
    phone.locator("label.tile", has_text="5").click()
    phone.get_by_label("想说的话").fill("当天就修好了，谢谢")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("main")).to_contain_text("5 星")


def _watch(page: Page, where: str, text: str) -> None:
    """Let the page note the time at which it shows the text."""
    page.evaluate(
        """([where, text]) => {
            const look = () => {
                if (!window.shownAt && document.querySelector(where).textContent.includes(text))
                    window.shownAt = Date.now();
            };
            new MutationObserver(look).observe(document.querySelector(where),
                {childList: true, subtree: true, characterData: true});
        }""",
        [where, text],
    )


def _choose(page: Page, select: str, label: str) -> None:
    """Choose in a select whether or not a script has put a search field in front of it."""
    value = page.locator(f"{select} option", has_text=label).first.get_attribute("value")
    page.locator(select).select_option(value, force=True)
    page.locator(select).dispatch_event("change")


def _choose_worker(page: Page) -> None:
    """The grid worker of the grid the case lies in."""
    group = page.locator("#to optgroup option")
    values = [group.nth(i).get_attribute("value") for i in range(group.count())]
    labels = [group.nth(i).inner_text() for i in range(group.count())]
    person = next(v for v, text in zip(values, labels, strict=True) if "网格员" in text)
    page.locator("#to").select_option(person, force=True)
