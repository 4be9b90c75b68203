"""The register on the map in real browsers: drawn, counted, visited; a lamp post picked outside."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

SignIn = Callable[[Page, str], None]
GRID = "349901001001-01"
PAGES = {
    "shequ01": ["/desk/residents/map/", f"/desk/residents/map/?grid={GRID}", "/desk/visits/",
                f"/desk/visits/begin/?grid={GRID}", "/desk/residents/components/"],
    "wangge01": ["/patrol/visits/"],
}  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (320, 640)])
def test_pages_of_the_map_and_of_visits_are_accessible_and_fit(
    window: Callable[..., Page], sign_in: SignIn, no_axe_violations: Any, width: int, height: int
) -> None:
    """Go through them at this size."""
    for username, urls in PAGES.items():
        page = window(width, height, bypass_csp=True)
        sign_in(page, username)
        for url in urls:
            page.goto(url)
            if page.locator("#map").count():
                page.wait_for_selector("#map[data-ready]")
            no_axe_violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url


def test_an_area_is_drawn_counted_visited_and_ticked_off(
    desk: Page, patrol: Page, sign_in: SignIn
) -> None:
    """A community worker draws a box with the mouse and a ring corner by corner, sees the counts by
    tag, narrows to who lives alone, and begins a round; the grid worker ticks a home off.
    """
    sign_in(desk, "shequ01")
    desk.goto("/desk/residents/map/")
    desk.wait_for_selector("#map[data-ready]")
    desk.get_by_role("button", name="画方框").click()
    drag(desk, *corners_of_grid(desk))
    picked = desk.locator("#picked")
    expect(picked.get_by_role("heading", name="所选范围")).to_be_visible()
    people = figure(picked, "人")
    assert people > 100
    assert "draw=" in desk.url

    desk.get_by_role("button", name="画一圈").click()
    (x1, y1), (x2, y2) = corners_of_grid(desk)
    for x, y in ((x1, y1), (x2, y1), (x2, y2)):
        desk.mouse.click(x, y)
    desk.get_by_role("button", name="画好了").click()
    expect(picked.locator(".figs dd").first).not_to_have_text(str(people))
    half = figure(picked, "人")
    assert 0 < half < people

    picked.get_by_role("link", name=re.compile("^独居老人")).click()
    expect(picked.locator(".chip.on")).to_contain_text("独居老人")
    alone = int(picked.locator(".chip.on em").inner_text())
    expect(picked.locator(".figs dd").first).to_have_text(str(alone))
    picked.get_by_role("link", name="查看名单").click()
    expect(desk.locator(".regcount")).to_have_text(f"共 {alone} 人")
    desk.get_by_role("link", name="布置走访").click()
    title = f"寒潮走访{uuid4().hex[:4]}"
    desk.get_by_label("任务名称").fill(title)
    desk.get_by_role("button", name=re.compile("布置 .* 户")).click()
    expect(desk.locator("#notices")).to_contain_text("走访任务已布置")

    sign_in(patrol, "wangge01")
    patrol.get_by_role("link", name=re.compile("户要走访")).click()
    card = patrol.locator("section.card", has=patrol.get_by_role("heading", name=title))
    home = card.locator(".list a").first
    address = home.locator("b").inner_text()
    home.click()
    patrol.get_by_role("button", name="见到本人").click()
    expect(patrol.get_by_text("已登记走访")).to_be_visible()
    expect(card.get_by_text(address, exact=True)).to_have_count(0)
    desk.reload()
    expect(desk.locator(".plines")).to_contain_text("1 / ")  # grid by grid; one home is done


def corners_of_grid(page: Page) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two opposite corners on screen around the first grid: the north-west of what is shown."""
    box = page.locator("#map").bounding_box()
    assert box
    at = lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)  # noqa: E731
    return at(0.15, 0.15), at(0.65, 0.7)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at the start, let go at the end."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, end[1])
    page.mouse.move(*end)
    page.mouse.up()


def figure(picked: Any, label: str) -> int:
    """The number under the label."""
    return int(picked.locator(".figs div", has_text=label).first.locator("dd").inner_text())


def test_a_resident_picks_the_lamp_post_while_reporting(
    window: Callable[..., Page], gongzhi: Any, desk: Page, sign_in: SignIn, no_axe_violations: Any
) -> None:
    """Standing at a lamp post, in elder mode: it is offered, chosen, and stands on the case."""
    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        code, lng, lat = rows.execute(
            "SELECT c.code, c.lng, c.lat FROM places_component c JOIN places_area a "
            "ON a.place = c.place WHERE a.code = ? AND c.name = '路灯' AND NOT EXISTS "
            "(SELECT 1 FROM cases_case k WHERE k.component_id = c.id) ORDER BY c.id", [GRID]
        ).fetchone()  # fmt: skip
    here = {"longitude": lng, "latitude": lat, "accuracy": 5}
    phone = window(
        390, 844, phone=True, geolocation=here, permissions=["geolocation"], bypass_csp=True
    )
    phone.goto("/elder/on/")
    phone.goto("/report/")
    phone.locator("#text").fill("灯罩掉了一半，悬在半空")
    phone.locator("#locate").click()
    choice = phone.locator(f"#things input[value='{code}']")
    choice.check()
    phone.wait_for_timeout(1000)  # the question about what is known nearby comes and goes
    expect(choice).to_be_checked()
    no_axe_violations(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator("#send").click()
    phone.wait_for_url(re.compile(r"/(report/done|track|report)/"))
    if "/done/" not in phone.url:
        phone.get_by_role("button", name=re.compile("不是|仍要|继续")).first.click()
        phone.wait_for_url("**/done/**")
    number = phone.url.rstrip("/").rsplit("/", 1)[-1]

    sign_in(desk, "shequ01")
    desk.goto(f"/desk/cases/{int(number[8:])}/")
    desk.get_by_role("link", name=re.compile(code)).click()
    expect(desk.get_by_role("heading", name="路灯")).to_be_visible()
    expect(desk.locator("#p-cases + ul")).to_contain_text("灯罩掉了一半")
