"""One hard case in real browsers, from the grid to the district and back to a light that burns."""

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.reporting import reported

SignIn = Callable[[Page, str], None]
GRID = "349901001001-01"
LIGHTING, GAS = "望湖区路灯管理所", "望湖区燃气与供热企业"
ROADS = "望湖区市政工程管理处"
RECORD = [  # what the record must tell, in this order: a title, and a part of its line
    ("上报", "群众通过随手拍提交"),
    ("派遣", "派给"),
    ("接单", "第01网格 网格员"),
    ("上报上级", "转滨河街道"),
    ("上报上级", "转望湖区"),
    ("吹哨召集单位", LIGHTING),
    ("单位响应召集", "望湖区路灯管理所"),
    ("单位到场签到", "按时到场"),
    ("单位到场签到", "迟到"),
    ("督办", "黄牌督办：到场迟到"),
    ("记会商纪要", "灯杆归路灯所"),
    ("现场会商结束", "到了场"),
    ("退回", "灯杆由路灯所养护"),
    ("提请上级裁定", "路灯所说是市政设施"),
    ("上级裁定承办单位", "由望湖区路灯管理所承办，不得再退回"),
    ("接单", "望湖区路灯管理所"),
    ("处置", "灯杆扶正"),
    ("核查通过", "望湖区 调度员"),
    ("结案", "望湖区 调度员"),
    ("评价", "5 星"),
]


def test_a_case_climbs_is_whistled_about_carded_returned_ruled_upon_fixed_and_rated(
    window: Callable[..., Page],
    gongzhi: Any,
    phone: Page,
    desk: Page,
    sign_in: SignIn,
    photo: dict[str, object],
) -> None:
    """A resident reports a leaning lamp post; the community gives it to the grid worker, who cannot
    mend it and sends it up; the sub-district sends it on to the district. The district whistles two
    units to the place: one comes in time, one late, and gets a yellow card. The roads' office
    returns it; instead of passing it on again the desk has it ruled upon. The unit named mends it
    with photos, it is checked and closed, and the resident gives five stars. Then the record is
    read line by line.
    """
    lng, lat = gongzhi.spot(GRID)
    number = reported(phone, (lng, lat), "路口的路灯杆歪了，快要倒下来，灯也不亮")
    pk = int(number[8:])
    _climbs(window, sign_in, desk, photo, pk)
    _whistled(window, gongzhi, sign_in, desk, pk, (lng, lat))
    _dispatched(desk, pk, ROADS)
    _returned(window, sign_in, "shizheng01", pk, "灯杆由路灯所养护，不归市政处。")
    _ruled(desk, pk)
    _fixed(window, sign_in, desk, photo, pk)
    _rated(phone, number)
    _tells_it_all(desk, pk)


def _climbs(
    window: Callable[..., Page], sign_in: SignIn, desk: Page, photo: dict[str, object], pk: int
) -> None:
    community, grid = window(1440, 900), window(390, 844, phone=True)
    sign_in(community, "shequ01")
    _dispatched(community, pk, "第01网格 网格员")
    sign_in(grid, "wangge01")
    grid.goto(f"/patrol/cases/{pk}/")
    grid.get_by_role("button", name="接单").click()
    grid.locator("summary", has_text="上报上级").click()
    grid.locator("#up").fill("灯杆在市政道路上，网格里修不了。")
    grid.locator("#up-photos").set_input_files([photo])
    grid.locator("form[action$='send_up/'] button").click()
    expect(grid.locator("main")).to_contain_text("转滨河街道")
    street = window(1440, 900)
    sign_in(street, "diaodu01")
    street.goto(f"/desk/cases/{pk}/")
    street.locator("summary", has_text="上报上级").click()
    street.locator("#h-send_up").fill("杆下有燃气管道，要区里协调。")
    street.locator("form[action$='send_up/'] button").click()
    expect(street.locator("#notices")).to_contain_text("已上报望湖区")
    sign_in(desk, "quji01")


def _dispatched(page: Page, pk: int, to: str) -> None:
    page.goto(f"/desk/cases/{pk}/")
    someone = page.locator("select[name=to] option", has_text=to).first.get_attribute("value")
    page.locator("select[name=to]").select_option(someone, force=True)
    page.locator("#opinion").fill("请今天到现场核实处置。")
    page.get_by_role("button", name="派遣", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("已派给")


def _whistled(
    window: Callable[..., Page],
    gongzhi: Any,
    sign_in: SignIn,
    desk: Page,
    pk: int,
    where: tuple[float, float],
) -> None:
    desk.goto(f"/desk/cases/{pk}/")
    desk.get_by_role("link", name="吹哨召集单位到现场").click()
    for unit in (LIGHTING, GAS):
        desk.get_by_label(unit).first.check()
    moment = datetime.now(ZoneInfo("Asia/Shanghai"))
    desk.locator("#starts_at").fill(f"{moment:%Y-%m-%dT%H:%M}")
    desk.locator("#text").fill("请到现场定灯杆归谁、何时修好。")
    desk.get_by_role("button", name="吹哨").click()
    expect(desk.locator("#turnout")).to_contain_text("未回应")
    found = re.search(r"/whistles/(\d+)/", desk.url)
    assert found
    whistle = int(found[1])
    _signs_in(window, sign_in, "ludeng01", whistle, where, LIGHTING)
    _minutes_pass(gongzhi, whistle, 20)
    _signs_in(window, sign_in, "gongyong01", whistle, where, GAS)

    desk.goto(f"/desk/cases/{pk}/")
    desk.locator("summary", has_text="催办、督办").click()
    desk.locator("#s-supervise").select_option(label="黄牌督办")
    desk.locator("#h-supervise").fill("到场迟到，请说明原因。")
    desk.locator("form[action$='supervise/'] button").click()
    expect(desk.locator("#notices")).to_contain_text("督办")
    desk.goto(f"/desk/whistles/{whistle}/")
    desk.locator("#minutes").fill("灯杆归路灯所，燃气公司配合看管道。")
    desk.get_by_role("button", name="保存纪要").click()
    desk.get_by_role("button", name=re.compile("结束")).click()
    expect(desk.locator("#notices")).to_contain_text("结束")


def _signs_in(
    window: Callable[..., Page],
    sign_in: SignIn,
    username: str,
    whistle: int,
    where: tuple[float, float],
    unit: str,
) -> None:
    here = {"longitude": where[0], "latitude": where[1], "accuracy": 15}
    officer = window(390, 844, phone=True, geolocation=here, permissions=["geolocation"])
    sign_in(officer, username)
    officer.goto(f"/patrol/whistles/{whistle}/")
    officer.get_by_role("button", name="收到，我们会到").first.click()
    officer.get_by_role("button", name="现场签到").first.click()
    expect(officer.get_by_text("签到成功")).to_be_visible()


def _minutes_pass(gongzhi: Any, whistle: int, minutes: int) -> None:
    """As if the meeting had begun so much earlier: nobody waits a quarter of an hour in a test."""
    with sqlite3.connect(f"{gongzhi.data}/gongzhi.sqlite3", timeout=20) as rows:
        for table, column, key in (
            ("whistle", "starts_at", "id"),
            ("called", "signed_at", "whistle_id"),
        ):
            moved = rows.execute(
                f"UPDATE whistles_{table} SET {column} = datetime({column}, ?) WHERE {key} = ?",
                [f"-{minutes} minutes", whistle],
            )
            assert moved.rowcount


def _returned(
    window: Callable[..., Page], sign_in: SignIn, username: str, pk: int, why: str
) -> None:
    unit = window(390, 844, phone=True)
    sign_in(unit, username)
    unit.goto(f"/patrol/cases/{pk}/")
    unit.locator("summary", has_text="退回").click()
    unit.locator("#ground").select_option(label="不属于本单位职责")
    unit.locator("#reason").fill(why)
    unit.locator("form[action$='return/'] button").click()
    unit.wait_for_url("**/patrol/")
    unit.context.close()


def _ruled(desk: Page, pk: int) -> None:
    desk.goto(f"/desk/cases/{pk}/")
    desk.locator("summary", has_text="提请上级裁定").click()
    desk.locator("#h-ask_ruling").fill("市政处说归路灯所，路灯所说是市政设施，请裁定。")
    desk.locator("form[action$='ask_ruling/'] button").click()
    expect(desk.locator("#notices")).to_contain_text("已提请望湖区裁定")
    desk.locator("summary", has_text="裁定承办单位").click()
    lighting = desk.locator("#s-arbitrate option", has_text=LIGHTING).first.get_attribute("value")
    desk.locator("#s-arbitrate").select_option(lighting, force=True)
    desk.locator("#h-arbitrate").fill("灯杆由路灯所养护，按养护名录由路灯所办。")
    desk.locator("form[action$='arbitrate/'] button").last.click()
    expect(desk.locator("#notices")).to_contain_text("裁定")


def _fixed(
    window: Callable[..., Page], sign_in: SignIn, desk: Page, photo: dict[str, object], pk: int
) -> None:
    unit = window(390, 844, phone=True)
    sign_in(unit, "ludeng01")
    unit.goto(f"/patrol/cases/{pk}/")
    expect(unit.locator("summary", has_text="退回")).to_have_count(0)  # a ruling is not returned
    unit.get_by_role("button", name="接单").click()
    unit.locator("#text").fill("灯杆扶正，灯具已换，夜间复核点亮。")
    for field in unit.locator("form[action$='handle/'] input[type=file]").all():
        field.set_input_files([photo])
    for choice in unit.locator("form[action$='handle/'] select").all():
        choice.select_option(index=1)
    unit.get_by_role("button", name="提交处置结果").click()
    expect(unit.locator("main")).to_contain_text("待核查")
    desk.goto(f"/desk/cases/{pk}/")
    desk.get_by_role("button", name="核查通过并结案").click()
    expect(desk.locator(".d-h")).to_contain_text("已办结")


def _rated(phone: Page, number: str) -> None:
    phone.goto(f"/track/{number}/")
    expect(phone.locator("main")).to_contain_text("灯杆扶正")
    phone.locator("label.tile", has_text="5").click()
    phone.get_by_label("想说的话").fill("修得快，谢谢")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("main")).to_contain_text("5 星")


def _tells_it_all(desk: Page, pk: int) -> None:
    desk.goto(f"/desk/cases/{pk}/")
    told = " ".join(desk.locator(".tl").inner_text().split())
    print(desk.locator(".tl").inner_text())
    at = 0
    for title, part in RECORD:
        began = told.find(title, at)
        assert began >= 0, f"{title} is missing after {told[:at]}"
        at = told.find(part, began)
        assert at >= 0, f"{title}: {part} is missing"
