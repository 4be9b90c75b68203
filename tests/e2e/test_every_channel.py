"""One dark street reported by six ways in becomes one case, and six other sides hear its end."""

import json
import re
import urllib.parse
import urllib.request
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from gongzhi.doors.tests.outside import Outside, eventually

LAMP = "02001"
GCJ = (0.005722, -0.002061)  # how far GCJ-02 lies from WGS-84 here, near enough for a grid


@pytest.fixture
def others(gongzhi):
    """The programs that run beside the demo, by code."""
    note = json.loads((gongzhi.data / "demo.json").read_text(encoding="utf-8"))
    return {code: Outside.at(url) for code, url in note["others"].items()}


def test_one_matter_by_six_channels_is_solved_once(
    phone, window, desk, patrol, gongzhi, others, sign_in, photo, no_axe_violations
):
    """Report by pocket, Open311, hotline, WeChat, another platform and telephone → the desk merges
    the five others into the first → dispatch, handle, close once → look at each other side."""
    place = f"灯杆{token_hex(2).upper()}"
    lng, lat = gongzhi.spot("349901001001-01")
    theirs = [round(lng + GCJ[0], 6), round(lat + GCJ[1], 6)]
    first = _by_pocket(phone, place)
    number = _by_open311(gongzhi, lng, lat, place)
    order = others["hotline"].control("order", {
        "content": f"市民反映路灯不亮，{place}。", "category_code": "020101",
        "address": f"望湖路北侧{place}", "lng": theirs[0], "lat": theirs[1],
    })  # fmt: skip
    assert others["hotline"].control("push", {"order": order})["status"] == 200
    chat = window(390, 844, phone=True)
    _by_wechat(chat, others["wechat"], theirs, place)
    task = f"CG-{token_hex(3)}"
    event = {
        "taskNum": task, "eventTypeCode": "0105", "eventDesc": f"路灯不亮，{place}。",
        "coordinateX": lng, "coordinateY": lat, "address": place,
    }  # fmt: skip
    assert others["city_management"].control("send", {"event": event})["status"] == 200
    sign_in(desk, "shequ01")
    caller = f"139{int(token_hex(4), 16) % 10**8:08d}"
    _by_phone(desk, others["exchange"], caller, place, no_axe_violations)

    desk.context.clear_cookies()
    sign_in(desk, "diaodu01")
    rest = [pk for pk in _cases_at(gongzhi, place) if pk != _pk_of(gongzhi, first)]
    assert len(rest) == 5
    desk.goto(f"/desk/cases/{_pk_of(gongzhi, first)}/same/")
    for box in desk.locator("tr", has_text=place).locator("input[type=checkbox]").all():
        box.check()
    desk.get_by_role("button", name="预览并案").click()
    desk.locator("#do-it").click()
    expect(desk.locator("main")).to_contain_text("撤销这 4 件并案")
    [told] = [pk for pk in rest if not _merged(gongzhi, pk)]  # on the telephone, without a position
    desk.goto(f"/desk/cases/{told}/")
    desk.get_by_text("并入另一件相同的事").first.click()
    desk.locator("#h-parent").fill(first)
    desk.locator("form[action$='/merge/'] button").first.click()
    expect(desk.locator("#detail, main").first).to_contain_text("已并案")
    assert all(_merged(gongzhi, pk) for pk in rest)
    solved = f"更换灯泡和控制器，{place}已恢复照明。"
    _solve(desk, patrol, _pk_of(gongzhi, first), sign_in, photo, solved)

    def book():
        answers = others["hotline"].control("book")["answers"].values()
        return [
            a for a in answers if a["order_no"] == order["order_no"] and a["action"] == "result"
        ]

    assert eventually(book, 30)[0]["result"] == solved

    def heard():
        news = others["city_management"].control("heard")["heard"].values()
        return [n for n in news if n["external_id"] == task and n["event"] == "closed"]

    assert eventually(heard, 30)[0]["text"] == solved

    def texted():
        messages = others["sms"].control("messages").values()
        return [m for m in messages if m["to"] == caller]

    assert solved in eventually(texted, 30)[-1]["text"]
    eventually(lambda: solved in str(others["wechat"].control("screens")), 30)
    chat.goto(others["wechat"].url)
    expect(chat.locator("main")).to_contain_text(solved)
    with urllib.request.urlopen(f"{gongzhi.home}/open311/v2/requests/{number}.json") as answer:
        [request] = json.load(answer)
    assert (request["status"], request["status_notes"]) == ("closed", solved)
    phone.goto("/mine/")
    phone.get_by_role("link", name=re.compile(place)).first.click()
    expect(phone.locator("main")).to_contain_text(solved)


def _by_pocket(phone, place):
    phone.goto("/report/")
    phone.locator("#text").fill(f"路灯不亮，{place}，晚上看不见路")
    phone.get_by_role("button", name="定位").click()
    expect(phone.locator("#lng")).not_to_have_value("")
    phone.locator("#address").fill(f"望湖路北侧{place}")
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_load_state()
    if phone.get_by_role("heading", name="附近已有人反映").count():
        phone.get_by_role("button", name="不是同一件").click()
    phone.wait_for_url(re.compile("/report/done/"))
    return re.search(r"GZ\d+", phone.url)[0]


def _by_open311(gongzhi, lng, lat, place):
    said = urllib.parse.urlencode({
        "api_key": "demo-key-of-the-app", "service_code": LAMP, "lat": lat, "long": lng,
        "address_string": place, "description": f"路灯不亮，{place}",
    })  # fmt: skip
    url = f"{gongzhi.home}/open311/v2/requests.json"
    with urllib.request.urlopen(url, data=said.encode(), timeout=20) as answer:
        return json.load(answer)[0]["service_request_id"]


def _by_wechat(chat, wechat, where, place):
    """On the follower's telephone, as the simulator shows it."""
    chat.goto(wechat.url)
    chat.get_by_label("说点什么，例如：楼下路灯坏了").fill(f"路灯不亮，{place}")
    chat.get_by_role("button", name="发送").click()
    chat.get_by_label("经度").fill(str(where[0]))
    chat.get_by_label("纬度").fill(str(where[1]))
    chat.get_by_role("button", name="发位置").click()
    chat.get_by_label("说点什么，例如：楼下路灯坏了").fill("1")
    chat.get_by_role("button", name="发送").click()
    expect(chat.locator("main")).to_contain_text("已提交，编号")


def _by_phone(desk, exchange, caller, place, no_axe_violations):
    """The clerk sits down, the call pops up by itself, the matter is taken down."""
    desk.goto("/desk/phone/")
    no_axe_violations(desk)
    desk.get_by_label("我的分机").fill("817")
    desk.get_by_role("button", name="签入").click()
    desk.wait_for_load_state()
    told = {"caller": caller, "line": "8880110", "seat": "817"}
    number = exchange.control("call", {"event": "ringing", **told})["call_id"]
    desk.wait_for_url(re.compile(r"/desk/phone/\d+/"))
    exchange.control("call", {"event": "answered", "call_id": number})
    no_axe_violations(desk)
    desk.locator("#id_text").fill(f"路灯不亮，{place}，老人晚上不敢出门")
    desk.locator("#id_address").fill(f"望湖路北侧{place}")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("main")).to_contain_text("已立案")
    exchange.control("call", {"event": "ended", "call_id": number})


def _rows(gongzhi, sql, *values):
    import sqlite3

    with sqlite3.connect(f"file:{gongzhi.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
        return rows.execute(sql, values).fetchall()


def _cases_at(gongzhi, place):
    found = _rows(gongzhi, "SELECT id FROM cases_case WHERE text LIKE ? ORDER BY id", f"%{place}%")
    return [pk for (pk,) in found]


def _merged(gongzhi, pk):
    return _rows(gongzhi, "SELECT parent_id FROM cases_case WHERE id = ?", pk) != [(None,)]


def _pk_of(gongzhi, number):
    return int(number[8:])


def _solve(desk, patrol, pk, sign_in, photo, solved):
    desk.goto(f"/desk/cases/{pk}/")
    value = desk.locator("#item option", has_text="路灯不亮").first.get_attribute("value")
    desk.locator("#item").select_option(value, force=True)
    desk.locator("#item").dispatch_event("change")
    desk.wait_for_timeout(500)
    options = desk.locator("#to optgroup option")
    texts = [(options.nth(i).get_attribute("value"), options.nth(i).inner_text())
             for i in range(options.count())]  # fmt: skip
    worker = next(value for value, text in texts if "网格员" in text)
    desk.locator("#to").select_option(worker, force=True)
    desk.get_by_role("button", name="派遣").click()
    expect(desk.locator("#detail, main").first).to_contain_text("已派遣")
    sign_in(patrol, "wangge01")
    patrol.goto(f"/patrol/cases/{pk}/")
    patrol.get_by_role("button", name="接单").click()
    patrol.locator("#text").fill(solved)
    if patrol.locator("#photo_before").count():  # where nobody sent a photo of how it was
        patrol.locator("#photo_before").set_input_files(photo)
    patrol.locator("#photos").set_input_files(photo)
    patrol.get_by_role("button", name="提交处置结果").click()
    expect(patrol.locator("main")).to_contain_text("待核查")
    desk.goto(f"/desk/cases/{pk}/")
    desk.get_by_role("button", name="核查通过并结案").click()
    expect(desk.locator("#detail, main").first).to_contain_text("已办结")
