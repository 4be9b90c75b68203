"""Every page of the phones in a real browser: accessible, whole, complete without scripts."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RESIDENT = [
    "/", "/report/", "/mine/", "/track/", "/solved/", "/grid/?lng=117.306&lat=31.792", "/matters/",
    "/privacy/", "/me/", "/messages/",
]  # fmt: skip
PATROL = ["/patrol/", "/patrol/done/", "/patrol/map/"]
NARROW = (320, 360, 390)
TALL = 2600  # so that the bar at the bottom hides nothing from the checks

TARGETS = "a, button, input, select, textarea, summary"
SMALLER_THAN = """([targets, least]) => [...document.querySelectorAll(targets)]
  .filter(e => e.type !== 'hidden' && e.getClientRects().length)
  .filter(e => !e.closest('.skip, .leaflet-container'))
  .filter(e => getComputedStyle(e).display !== 'inline')  // links inside a sentence
  .map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""


def elder(page: Page, home: str) -> None:
    """Turn the elder mode on, as the switch does."""
    page.goto(f"{home}/elder/on/?next={quote('/privacy/')}")


def faults(page: Page, *, large: bool) -> list[str]:
    """What axe-core finds; in large type contrast must reach seven to one."""
    options = {"rules": {"color-contrast-enhanced": {"enabled": large}}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]


def check(page: Page, url: str, *, large: bool) -> None:
    """One page: no fault, no target too small, nothing wider than the narrowest phones."""
    page.set_viewport_size({"width": 360, "height": TALL})
    page.goto(url)
    assert faults(page, large=large) == [], url
    assert page.evaluate(SMALLER_THAN, [TARGETS, 60 if large else 44]) == [], url
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (url, width)


@pytest.mark.parametrize("large", [False, True], ids=["standard", "elder"])
def test_every_resident_page_is_accessible_and_fits(
    window: Callable[..., Page], gongzhi, sign_in, large
) -> None:
    """A resident opens each page, then one of their cases at every stage there is."""
    page = window(360, 740, phone=True)
    if large:
        elder(page, gongzhi.home)
    check(page, "/login/", large=large)
    sign_in(page, "jumin01")
    for url in RESIDENT:
        check(page, url, large=large)
    page.goto("/mine/")
    for status in ("待受理", "处置中", "已办结", "不予受理"):
        row = page.locator("a.li", has_text=status)
        if row.count():
            check(page, row.first.get_attribute("href"), large=large)
            page.goto("/mine/")


@pytest.mark.parametrize("large", [False, True], ids=["standard", "elder"])
def test_every_patrol_page_is_accessible_and_fits(
    window: Callable[..., Page], gongzhi, sign_in, large
) -> None:
    """Somebody who works cases opens each page and one case."""
    page = window(360, 740, phone=True)
    if large:
        elder(page, gongzhi.home)
    sign_in(page, "chengguan01")
    for url in PATROL:
        check(page, url, large=large)
    page.goto("/patrol/")
    row = page.locator("main .list a")
    if row.count():
        check(page, row.first.get_attribute("href"), large=large)


def test_without_scripts_a_report_is_made_followed_and_found_again(
    window: Callable[..., Page], photo
) -> None:
    """Home → form with photo, estate and words → question or receipt → progress → number and
    secret on another phone."""
    page = window(390, 844, phone=True, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="我要反映").first.click()
    page.locator("#photos").set_input_files(photo)
    page.locator("#text").fill("三栋门口的井盖松动，车一压就响")
    page.locator("#estate").select_option(index=2)
    page.locator("#address").fill("3 栋门口")
    page.get_by_role("button", name="提交").click()
    if page.get_by_role("heading", name="附近已有人反映").count():
        page.get_by_role("button", name="不是同一件").click()
    expect(page.get_by_role("heading", name="提交成功")).to_be_visible()
    facts = page.locator("dl.kv dd")
    number, secret = facts.nth(0).inner_text(), facts.nth(1).inner_text()
    page.get_by_role("link", name="看办理进度").click()
    expect(page.locator(".shot img")).to_have_count(1)

    other = window(390, 844, phone=True, java_script_enabled=False)
    other.goto("/track/")
    other.get_by_label("反映编号").fill(number)
    other.get_by_label("查询码").fill(secret)
    other.get_by_role("button", name="查进度").click()
    expect(other.locator("main")).to_contain_text("井盖松动")


def test_without_scripts_an_error_keeps_words_and_photos(
    window: Callable[..., Page], photo, complaints: list[str]
) -> None:
    """The form without a place comes back with a sentence; only the place is asked again."""
    page = window(390, 844, phone=True, java_script_enabled=False)
    page.goto("/report/")
    page.locator("#photos").set_input_files(photo)
    page.locator("#text").fill("路口的信号灯不亮了")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明地点")
    expect(page.locator("#text")).to_have_value("路口的信号灯不亮了")
    expect(page.locator("main")).to_contain_text("已经收到，不用再选")
    assert all("422" in said for said in complaints)
    complaints.clear()


def test_photos_are_shrunk_shown_and_removed(phone: Page, photo) -> None:
    """Two photos are chosen, one is taken out again; what is sent is at most 1280 pixels wide."""
    phone.goto("/report/")
    phone.locator("#photos").set_input_files([photo, {**photo, "name": "b.jpg"}])
    expect(phone.locator(".shot img")).to_have_count(2)
    phone.get_by_role("button", name="删除照片 1").click()
    expect(phone.locator(".shot img")).to_have_count(1)
    sides = phone.evaluate(
        """async () => {
            const image = await createImageBitmap(document.getElementById('photos').files[0]);
            return [image.width, image.height];
        }"""
    )
    assert sides == [1280, 960]


def test_a_tap_on_the_small_map_moves_the_pin(phone: Page) -> None:
    """Locate, tap to the upper right: the pin goes east and north by what was tapped."""
    phone.goto("/report/")
    phone.get_by_role("button", name="定位").click()
    expect(phone.locator("#where b")).not_to_be_empty()
    before = [float(phone.locator(f"#{x}").input_value()) for x in ("lng", "lat")]
    box = phone.locator(".mini img").bounding_box()
    phone.locator(".mini button").click(position={"x": box["width"] - 20, "y": 20})
    phone.wait_for_function(f"document.getElementById('lng').value != '{before[0]:.6f}'")
    after = [float(phone.locator(f"#{x}").input_value()) for x in ("lng", "lat")]
    assert 0.0005 < after[0] - before[0] < 0.003
    assert 0.0001 < after[1] - before[1] < 0.001


def test_danger_and_duplicates_show_while_writing(
    phone: Page, window: Callable[..., Page], gongzhi
) -> None:
    """Gas: whom to call stands under the words. A known lamp: one press joins it."""
    phone.goto("/report/")
    phone.locator("#text").fill("厨房闻到很浓的燃气味，怕爆炸")
    expect(phone.locator("#alarm")).to_contain_text("119")
    phone.locator("#text").fill("健身器材的扶手断了，孩子差点摔下来")
    expect(phone.locator("#alarm")).to_be_empty()
    phone.get_by_role("button", name="定位").click()
    expect(phone.locator("#where b")).not_to_be_empty()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="提交成功")).to_be_visible()

    lng, lat = gongzhi.spot("349901001001-01")
    other = window(
        390,
        844,
        phone=True,
        geolocation={"longitude": lng, "latitude": lat},
        permissions=["geolocation"],
    )
    other.goto("/report/")
    other.get_by_role("button", name="定位").click()
    other.locator("#text").fill("健身器材扶手断了，要摔人的")
    other.get_by_role("button", name="我也遇到了").first.click()
    expect(other.get_by_role("status").first).to_contain_text("已经替您记上")


def test_the_elder_mode_is_switched_without_losing_what_was_typed(phone: Page) -> None:
    """On the form the switch works in place; elsewhere it is a link. Both are remembered."""
    phone.goto("/report/")
    phone.locator("#text").fill("写了一半")
    phone.get_by_role("link", name="关怀版").click()
    expect(phone.locator("html")).to_have_class("elder")
    expect(phone.locator("#text")).to_have_value("写了一半")
    expect(phone.get_by_role("button", name="念给我听")).to_be_visible()
    phone.goto("/")
    expect(phone.locator("html")).to_have_class("elder")
    phone.get_by_role("link", name="标准版").first.click()
    expect(phone.locator("html")).not_to_have_class("elder")


def test_pages_weigh_what_was_promised(window: Callable[..., Page]) -> None:
    """Cold and compressed: resident pages at most 30 kB with at most 8 kB of script."""
    for url in ("/", "/report/", "/matters/"):
        weights = weigh(window(390, 844, phone=True), url)
        assert sum(weights.values()) <= 30_000, (url, weights)
        assert 0 < weights["Script"] <= 8_000, (url, weights)


def weigh(page: Page, url: str) -> Counter[str]:
    """Bytes on the wire by kind of resource."""
    kinds: dict[str, str] = {}
    weights: Counter[str] = Counter()

    def came(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def ended(event: dict[str, Any]) -> None:
        weights[kinds.get(event["requestId"], "?")] += event["encodedDataLength"]

    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.responseReceived", came)
    devtools.on("Network.loadingFinished", ended)
    page.goto(url, wait_until="networkidle")
    return weights


def test_nothing_jumps_while_a_page_loads(window: Callable[..., Page]) -> None:
    """Layout shift of the pages opened most stays under 0.05."""
    shifts = """() => new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
            .observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 600);
    })"""
    page = window(390, 844, phone=True)
    for url in ("/", "/report/", "/mine/"):
        page.goto(url)
        assert page.evaluate(shifts) <= 0.05, url


def test_the_number_of_a_report_is_asked_for_its_secret(phone: Page) -> None:
    """A number typed on the home page leads to the question for the secret."""
    phone.goto("/")
    phone.get_by_label("反映编号").fill("GZ261101000001")
    phone.get_by_role("button", name="查").click()
    expect(phone).to_have_url(re.compile("/track/"))
    expect(phone.get_by_label("查询码")).to_be_visible()
