"""Joint work in real browsers: up the ladder, a whistle on site, a dispute settled and signed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reporting import reported

SignIn = Callable[[Page, str], None]
PAGES = {
    "diaodu01": ["/desk/whistles/", "/desk/disputes/", "/desk/disputes/new/",
                 "/desk/disputes/mediators/", "/desk/refusals/", "/desk/flows/"],
    "guanli01": ["/desk/flows/", "/desk/calendar/"],
}  # fmt: skip
PHONES = {"shequ01": ["/patrol/disputes/"], "jieban01": ["/patrol/whistles/"]}


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 640)])
def test_pages_of_joint_work_are_accessible_and_fit(
    window: Callable[..., Page], sign_in: SignIn, no_axe_violations: Any, width: int, height: int
) -> None:
    """Go through them at this size."""
    for username, urls in {**PAGES, **(PHONES if width < 400 else {})}.items():
        page = window(width, height, bypass_csp=True)
        sign_in(page, username)
        for url in urls:
            page.goto(url)
            no_axe_violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    stranger = window(width, height, phone=width < 400, bypass_csp=True)
    stranger.goto("/mediation/")
    no_axe_violations(stranger)


def test_a_case_goes_up_is_whistled_about_and_units_sign_in_on_site(
    window: Callable[..., Page],
    gongzhi: Any,
    phone: Page,
    desk: Page,
    sign_in: SignIn,
    photo: dict[str, object],
) -> None:
    """A resident reports a heap of builders' rubble; the community sends it up with a photo; the
    sub-district blows a whistle; the police station signs in where the case is; minutes become a
    task; the meeting ends and the case's own page tells all of it.
    """
    lng, lat = gongzhi.spot("349901001001-01")
    number = reported(phone, (lng, lat), "楼下的窨井盖破了一半，晚上看不见")

    community = window(1440, 900)
    sign_in(community, "shequ01")
    pk = int(number[8:])
    community.goto(f"/desk/cases/{pk}/")
    community.get_by_text("上报上级").click()
    community.locator("#h-send_up").fill("井在市政道路上，社区没有权限施工。")
    community.locator("#e-send_up").set_input_files([photo])
    community.get_by_role("button", name="上报", exact=True).click()
    expect(community.locator("#notices")).to_contain_text("已上报")

    sign_in(desk, "diaodu01")
    desk.goto(f"/desk/cases/{pk}/")
    desk.get_by_role("link", name="吹哨召集单位到现场").click()
    desk.get_by_label(re.compile("派出所")).first.check()
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=2)
    desk.locator("#starts_at").fill(f"{soon:%Y-%m-%dT%H:%M}")
    desk.locator("#text").fill("请到现场定由谁修、何时修好。")
    desk.get_by_role("button", name="吹哨").click()
    expect(desk.locator("#turnout")).to_contain_text("未回应")

    here = {"longitude": lng, "latitude": lat, "accuracy": 15}
    officer = window(390, 844, phone=True, geolocation=here, permissions=["geolocation"])
    sign_in(officer, "paichusuo01")
    officer.goto("/patrol/whistles/")
    whistle = re.search(r"/whistles/(\d+)/", desk.url)
    assert whistle
    officer.locator(f'.list a[href="/patrol/whistles/{whistle[1]}/"]').click()
    officer.get_by_role("button", name="收到，我们会到").click()
    officer.get_by_role("button", name="现场签到").click()
    expect(officer.get_by_text("签到成功")).to_be_visible()

    desk.reload()
    expect(desk.locator("#turnout")).to_contain_text("已到场")
    desk.locator("#minutes").fill("由市政修复，派出所维护现场秩序。")
    desk.get_by_role("button", name="保存纪要").click()
    desk.locator("#unit").select_option(index=1)
    desk.locator("#task").fill("施工时段维护现场秩序。")
    desk.get_by_role("button", name="派任务").click()
    expect(desk.locator("#notices")).to_contain_text("协办")
    desk.goto(f"/desk/cases/{pk}/")
    expect(desk.locator(".tl")).to_contain_text("单位到场签到")
    expect(desk.locator(".tl")).to_contain_text("上报上级")
    expect(desk.locator(".clocks")).to_contain_text("先行联系")


def test_a_dispute_is_dispatched_to_a_mediator_signed_and_laid_up(
    window: Callable[..., Page], gongzhi: Any, phone: Page, desk: Page, sign_in: SignIn
) -> None:
    """A resident asks for mediation; the desk sorts it, rates the risk and takes the mediator that
    is proposed; the mediator writes a sitting, both sides sign with a finger, the agreement is on
    file; it is looked at again and reviewed, and the resident's case is closed with it.
    """
    lng, lat = gongzhi.spot("349901001001-01")
    phone.goto(f"/mediation/?lng={lng}&lat={lat}")
    phone.locator("#text").fill("楼上装修把我家墙震裂了，找了几次都不理")
    phone.locator("#item").select_option(label="损害赔偿纠纷")
    phone.locator("#estate").select_option(index=1)
    phone.locator("#my_name").fill("林秀")
    phone.locator("#other_name").fill("楼上装修的")
    phone.get_by_text("我愿意接受调解").click()
    phone.get_by_role("button", name="申请调解").click()
    phone.wait_for_url("**/report/done/**")
    number = phone.url.rstrip("/").rsplit("/", 1)[-1]

    sign_in(desk, "quji01")
    desk.goto("/desk/disputes/?step=found")
    desk.get_by_role("link", name=re.compile("楼上装修")).first.click()
    desk.get_by_role("button", name="归类分流").click()
    expect(desk.locator("#notices")).to_contain_text("已归类")
    desk.locator("#why").fill("双方没有动手，金额不大。")
    desk.get_by_role("button", name="评定", exact=True).click()
    expect(desk.get_by_text(re.compile("负责这个地方|就在本地")).first).to_be_visible()
    chosen = desk.locator("input[name=mediator]:checked + span").inner_text()
    desk.get_by_role("button", name="选派", exact=True).click()
    expect(desk.locator("#notices")).to_contain_text(chosen.split(" ")[0])
    file = desk.url

    mediator = window(390, 844, phone=True)
    sign_in(mediator, _account_of(gongzhi, chosen.split(" ")[0]))
    mediator.goto("/patrol/disputes/")
    dispute = re.search(r"/disputes/(\d+)/", file)
    assert dispute
    mediator.locator(f'a[href="/patrol/disputes/{dispute[1]}/"]').click()
    for _side in range(2):
        mediator.get_by_role("button", name="登记同意调解").first.click()
        mediator.wait_for_load_state()
    mediator.locator("#words").fill("到现场看过裂缝，双方都愿意谈。")
    mediator.get_by_role("button", name="保存记录").click()
    mediator.locator("#agreement").fill("楼上三日内请人补好裂缝并刷漆，费用自付；林秀不再追究。")
    for pad in mediator.locator("canvas.sig").all():
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box
        mediator.mouse.move(box["x"] + 30, box["y"] + 80)
        mediator.mouse.down()
        mediator.mouse.move(box["x"] + 120, box["y"] + 20, steps=5)
        mediator.mouse.move(box["x"] + 220, box["y"] + 70, steps=5)
        mediator.mouse.up()
    week = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=7)
    mediator.locator("#date").fill(f"{week:%Y-%m-%d}")
    mediator.get_by_label("协议形式").select_option(label="书面协议")
    mediator.get_by_role("button", name="协议归档").click()
    expect(mediator.get_by_text("协议已归入案卷")).to_be_visible()
    expect(mediator.locator(".signed img")).to_have_count(2)
    mediator.locator("#looked").fill("裂缝已补好，双方都满意。")
    mediator.get_by_label("回访方式").select_option(label="上门")
    mediator.get_by_label("双方满意").select_option(label="是")
    mediator.get_by_role("button", name="已履行").click()

    desk.goto(file)
    desk.locator("#score").fill("5")
    desk.locator("#opinion").fill("程序完整，履行到位。")
    desk.get_by_role("button", name="归档", exact=True).click()
    expect(desk.locator("#notices")).to_contain_text("已考评归档")
    phone.goto(f"/track/{number}/")
    expect(phone.locator("main")).to_contain_text("已经办结")


def _account_of(gongzhi: Any, name: str) -> str:
    """The account of the person with that name."""
    import sqlite3

    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        found = rows.execute("SELECT username FROM access_person WHERE name = ?", [name])
        return str(found.fetchone()[0])
