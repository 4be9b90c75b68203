"""Numbers at the desk: a span, a way of adding up, deeper, out as a file."""

import csv
from io import StringIO
from pathlib import Path


def test_a_leader_looks_for_what_takes_longest(desk, sign_in, no_axe_violations):
    """Open 统计, ask for ninety days, by unit; open one unit; take the table along as CSV."""
    sign_in(desk, "lingdao01")
    desk.goto("/desk/numbers/")
    desk.get_by_role("link", name="近90天").click()
    desk.get_by_role("heading", name="每周上报与办结").wait_for()
    no_axe_violations(desk)
    desk.get_by_role("link", name="按承办单位").click()
    table = desk.get_by_role("region", name="汇总表")
    table.get_by_role("columnheader", name="承办单位").wait_for()
    first = table.locator("tbody tr").filter(has=desk.get_by_role("link")).first
    unit = first.get_by_role("rowheader").inner_text()
    count = int(first.locator("td.wide-bar span").inner_text())
    first.get_by_role("link").click()
    assert desk.locator("#n-unit option:checked").text_content() == unit
    sums = desk.locator(".sums")
    assert sums.locator("dd").first.inner_text() == str(count)
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="CSV").click()
    content = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(StringIO(content)))
    assert rows[0][:2] == ["大类", "上报"]
    assert sum(int(row[1]) for row in rows[1:]) == count


def test_on_a_narrow_phone_nothing_is_cut_off(window, sign_in, no_axe_violations):
    """320 pixels wide, the form is used and the trend's figures are opened."""
    page = window(320, 640, phone=True)
    sign_in(page, "quji01")
    page.goto("/desk/numbers/")
    page.get_by_label("大类", exact=True).select_option(label="公共设施")
    page.get_by_role("button", name="统计").click()
    page.get_by_text("看数字").click()
    page.get_by_role("region", name="每天上报与办结").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    no_axe_violations(page)
