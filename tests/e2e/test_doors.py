"""The city's hotline and a printed code, as people at the desk and on the street meet them."""

import json
import re
import sqlite3

import pytest

from gongzhi.doors.tests.outside import Outside, eventually

ORDER = {
    "title": "路灯不亮",
    "content": "市民来电反映：小区东门路灯三盏不亮，老人晚上出行不便。",
    "category_code": "020101",
    "appeal_type": "投诉",
    "caller": {"name": "张某", "phone": "10012345678"},
}


@pytest.fixture
def city(gongzhi):
    """The city's hotline as it runs beside the demo."""
    note = json.loads((gongzhi.data / "demo.json").read_text(encoding="utf-8"))
    return Outside.at(note["others"]["hotline"])


def test_an_order_of_the_city_reaches_its_community_and_the_answer_the_city(
    city, desk, gongzhi, sign_in, no_axe_violations
):
    order = city.control("order", {**ORDER, "address": "望湖社区", "division_code": "349901001001"})
    pushed = city.control("push", {"order": order})
    assert pushed["said"]["code"] == 0, pushed
    desk.context.clear_cookies()
    sign_in(desk, "shequ01")
    desk.goto("/desk/doors/hotline/")
    no_axe_violations(desk)
    desk.get_by_role("link", name=order["order_no"]).click()
    no_axe_violations(desk)
    desk.get_by_role("button", name="签收").click()
    desk.get_by_text("已签收，正在告诉市热线").wait_for()

    def answered(action):
        """What the city was told of this order; others were with it before."""
        told = city.control("book")["answers"].values()
        return [a for a in told if (a["order_no"], a["action"]) == (order["order_no"], action)]

    assert len(eventually(lambda: answered("accept"), seconds=20)) == 1
    desk.get_by_label("工作日").fill("5")
    desk.locator("#extension-reason").fill("灯具配件到货需三天。")
    desk.get_by_role("button", name="申请延期").click()
    desk.get_by_text("已申请，待市热线答复").wait_for()
    said = eventually(lambda: answered("extend"), seconds=20)
    assert (said[0]["days"], said[0]["opinion"]) == (5, "灯具配件到货需三天。")
    city.control("decide", {"order_no": order["order_no"], "about": "extension", "granted": True})
    desk.reload()
    desk.get_by_text("已同意").wait_for()
    for path in ("/desk/doors/", "/desk/doors/answers/", "/desk/doors/hotline/weekly/"):
        desk.goto(path)
        no_axe_violations(desk)


def test_a_printed_code_opens_the_report_at_its_place(
    desk, window, gongzhi, sign_in, no_axe_violations
):
    sign_in(desk, "shequ01")
    desk.goto("/desk/doors/codes/")
    no_axe_violations(desk)
    desk.locator("#m-estate").select_option(index=1)
    desk.get_by_label("楼栋", exact=True).check()
    desk.locator("#m-item").select_option("02001")
    desk.get_by_role("button", name="制作并打印").click()
    desk.wait_for_url(re.compile("/sheet/"))
    no_axe_violations(desk)
    place = desk.locator("article h2").first.inner_text()
    desk.goto("/desk/doors/codes/?kind=building")
    assert desk.get_by_role("rowheader", name=place).count() == 1
    phone = window(390, 844, phone=True)
    phone.goto(_address_of(gongzhi, place))
    phone.get_by_text("二维码已定好地点").wait_for()
    assert phone.get_by_text(place).first.is_visible()
    no_axe_violations(phone)
    phone.get_by_role("textbox", name="说说情况").fill("楼下路灯坏了两天了")
    phone.get_by_role("button", name="提交").click()
    if phone.get_by_role("button", name="不是同一件").count():
        phone.get_by_role("button", name="不是同一件").click()
    phone.wait_for_url(re.compile("/report/done/"))


def _address_of(gongzhi, place):
    """What a phone reads from the picture of that place's code."""
    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        [token] = rows.execute("SELECT token FROM qr_code WHERE label = ?", [place]).fetchone()
    return f"/q/{token}/"
