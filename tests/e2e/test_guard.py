"""Journeys of the lone-elder guard: from silence to the doorstep, and what the family sees."""

import re

from playwright.sync_api import expect

HOME = "H0001"  # in the first grid, where wangge01 walks; jumin01 is the first contact
LADDER = 45_000  # milliseconds until the grid worker is sent, with time to spare
FALL, NOTE = "忽然没动静", "卫生间滑倒，扶起后送社区医院"


def test_an_elder_falls_silent_and_is_found(
    desk, patrol, phone, sign_in, no_axe_violations, complaints
) -> None:
    """The clerk lets an elder fall silent: nothing stirs for longer than their rhythm allows.

    The elder's phone rings and nobody picks up, twice. The daughter does not answer, the second
    relative does not answer. The daughter sees in bands that somebody is checking. The grid worker
    is sent, accepts, only then sees the address, knocks, finds the elder and closes as true help.
    The desk reads the whole story; the address is gone from the worker's phone.
    """
    sign_in(desk, "diaodu01")
    desk.goto(f"/desk/elders/?q={HOME}")
    expect(desk.get_by_text(HOME)).to_be_visible()
    # The guard reads the homes' record when it starts; the board asks again by itself.
    expect(desk.get_by_text("守护程序没有在运行")).to_have_count(0, timeout=90_000)
    no_axe_violations(desk)

    desk.goto("/desk/rehearsal/")
    no_axe_violations(desk)
    desk.get_by_role("row").filter(has_text=HOME).get_by_role("button", name=FALL).click()
    ringing = desk.get_by_role("article").filter(has_text="正在响铃")
    expect(ringing.filter(has_text="老人本人").first).to_be_visible(timeout=LADDER)
    no_axe_violations(desk)
    desk.goto(f"/desk/elders/?q={HOME}")
    alert = desk.get_by_role("row").filter(has_text=HOME).locator("a[href*=alerts]")
    number = re.findall(r"/alerts/(\d+)/", alert.first.get_attribute("href") or "")[0]

    sign_in(phone, "jumin01")
    phone.goto("/family/")
    expect(phone.get_by_text("比平时安静，正在核实")).to_be_visible()
    expect(phone.get_by_text(re.compile("冰箱|入户门|卫生间"))).to_have_count(0)
    no_axe_violations(phone)

    sign_in(patrol, "wangge01")
    patrol.goto("/patrol/elders/")
    no_axe_violations(patrol)
    desk.goto(f"/desk/elders/alerts/{number}/")
    sent = desk.get_by_role("listitem").filter(has_text="派网格员上门").filter(has_text="已提请")
    expect(sent).to_be_visible(timeout=LADDER)
    own = f"/patrol/elders/{number}/"
    patrol.goto(own)
    expect(patrol.get_by_text("接单后显示")).to_be_visible()
    no_axe_violations(patrol)
    patrol.get_by_role("button", name="接单，我去").click()
    expect(patrol.get_by_text(re.compile(r"单元\d+室"))).to_be_visible()
    patrol.get_by_role("button", name="我到门口了").click()
    patrol.get_by_role("radio", name="确需帮助").check()
    patrol.get_by_role("button", name="结束告警").click()
    expect(patrol.get_by_role("alert")).to_contain_text("请写明")  # true help needs words
    complaints.clear()  # the browser notes the 422 that was asked for
    patrol.get_by_role("radio", name="确需帮助").check()
    patrol.get_by_label(re.compile("怎样处置")).fill(NOTE)
    patrol.get_by_role("button", name="结束告警").click()
    expect(patrol.get_by_text("结果已记录")).to_be_visible()
    patrol.goto(own)
    expect(patrol.get_by_text("告警已结束，不再显示。")).to_be_visible()
    expect(patrol.get_by_text(re.compile(r"单元\d+室"))).to_have_count(0)

    desk.goto(f"/desk/elders/alerts/{number}/")
    for words in ("致电老人", "再次致电老人", "致电联系人（第1位）", "致电联系人（第2位）"):
        rung = desk.get_by_role("listitem").filter(has_text=words).first
        expect(rung).to_contain_text("无人接听")
    expect(desk.get_by_text("确需帮助").first).to_be_visible()
    expect(desk.get_by_text(NOTE)).to_be_visible()
    record = desk.locator("section", has_text="全部记录")
    for word in ("告警", "接单", "到达门口", "结束"):
        expect(record.last).to_contain_text(word)
    no_axe_violations(desk)


def test_the_elders_pages_fit_small_screens(window, sign_in, no_axe_violations) -> None:
    """On a phone of 320 px and in large text nothing runs out of the page."""
    small = window(320, 640, phone=True)
    sign_in(small, "wangge01")
    for elder in ("off", "on"):
        small.goto(f"/elder/{elder}/?next=/patrol/elders/")
        for path in ("/patrol/elders/", "/patrol/elders/1/", "/desk/elders/", "/desk/devices/"):
            small.goto(path)
            wide = small.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, f"{path}: {wide} px"
            no_axe_violations(small)


def test_the_rhythm_has_a_table_twin(desk, sign_in, no_axe_violations) -> None:
    """The clerk opens one elder: picture, alarm line, and the same as tables; the look is kept."""
    sign_in(desk, "diaodu01")
    desk.goto("/desk/elders/2/")
    expect(desk.get_by_role("img", name=re.compile("最近28天的作息"))).to_be_visible()
    desk.get_by_text("同样内容的表格").click()
    expect(desk.get_by_role("cell", name=re.compile(r"^\d+%$")).first).to_be_visible()
    expect(desk.get_by_text("查看老人详情与作息图").first).to_be_visible()
    no_axe_violations(desk)
