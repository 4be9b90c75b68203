"""The register at the desk: a messy spreadsheet comes in, people are found, a ledger goes out."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.messy import HOUSEHOLDS, OLD_LADY, ROWS, Messy, doors_of, messy

COMMUNITY = "349901001001"  # 望湖社区, whose worker is shequ01
LONG = 600_000  # milliseconds: thousands of rows on a machine that may do other things as well
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def table(gongzhi) -> Messy:
    """The community's own spreadsheet."""
    doors = doors_of(gongzhi.data / "gongzhi.sqlite3", COMMUNITY)
    return messy(doors, date.today())  # noqa: DTZ011 - of the machine that invents it


def test_a_messy_table_comes_in_and_the_ledger_goes_out(
    desk, window, sign_in, gongzhi, table, no_axe_violations
):
    """A community worker brings homes and people in, mends what the check complains of, finds an
    old lady by two characters, sees why she is tagged, takes the civil-affairs ledger out; the
    auditor sees each look and each export."""
    sign_in(desk, "shequ01")
    _homes_come_in(desk, table)
    marked = _faults_are_told(desk, table)
    _mended_it_goes_in(desk, table, marked)
    number = _the_old_lady_is_found(desk, no_axe_violations)
    sheet = _the_ledger_goes_out(desk, no_axe_violations)
    _is_the_civil_affairs_ledger(sheet)
    auditor = window(1440, 900)
    sign_in(auditor, "shenji01")
    _the_auditor_sees_it(auditor, number, no_axe_violations)


def _upload(desk: Page, kind: str, name: str, content: bytes, source: str) -> None:
    desk.goto("/desk/tables/")
    desk.get_by_role("link", name=f"导入{kind}").click()
    sent = {"name": name, "mimeType": XLSX, "buffer": content}
    desk.get_by_label("表格文件").set_input_files(sent)
    desk.get_by_label("数据来源").fill(source)
    desk.get_by_role("button", name="上传并核对列名").click()
    desk.get_by_role("heading", name="核对列名").wait_for(timeout=LONG)


def _homes_come_in(desk: Page, table: Messy) -> None:
    _upload(desk, "房屋", "房屋.csv", table.homes, "房管局楼盘表")
    desk.get_by_role("button", name="检查文件").click()
    desk.get_by_role("button", name=f"全部写入（{HOUSEHOLDS} 行）").click(timeout=LONG)
    desk.get_by_role("heading", name="已全部写入").wait_for(timeout=LONG)


def _faults_are_told(desk: Page, table: Messy) -> bytes:
    """Where each fault stands and what to do; gives the annotated copy."""
    _upload(desk, "人员", "望湖社区实有人口.xlsx", table.book, "2026年入户登记")
    born = desk.get_by_label("E 列“出生年月”对应的字段")
    expect(born).to_have_value("")  # a heading that nobody has told us of
    born.select_option(label="出生日期")
    desk.get_by_role("button", name="检查文件").click()
    expect(desk.get_by_role("progressbar")).to_have_attribute("max", str(ROWS), timeout=LONG)
    desk.get_by_role("heading", name="行有错，改好后重新上传").wait_for(timeout=LONG)
    wrong = {row for rows in table.faults.values() for row in rows}
    expect(desk.locator(".kpi", has_text="有错").locator("b")).to_have_text(str(len(wrong)))
    expect(desk.locator(".kpi", has_text="共").locator("b")).to_have_text(str(ROWS))
    told = desk.get_by_role("region", name="错误与提醒").locator("tbody")
    for kind, letter, sentence in (
        ("check", "C", "校验码不对"),
        ("rounded", "C", "已被 Excel 改动"),
        ("born", "E", "与身份证号不一致"),
        ("no day", "E", "不是日期"),
        ("formula", "D", "粘贴为数值"),
        ("address", "H", "标准地址库里没有这个地址"),
        ("merged", "H", "合并单元格"),
        ("phone", "G", "位数不对"),
        ("fact", "K", "不认得“低保A类”"),
        ("twice", "", "重复，请只保留一行"),
    ):
        row = table.faults[kind][0]
        line = told.locator("tr", has=desk.get_by_role("cell", name=str(row), exact=True))
        expect(line).to_contain_text(letter)
        expect(line).to_contain_text(sentence)
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载标注好的表").click()
    return Path(taken.value.path()).read_bytes()


def _mended_it_goes_in(desk: Page, table: Messy, marked: bytes) -> None:
    _upload(desk, "人员", "望湖社区实有人口（改）.xlsx", table.mended(marked), "2026年入户登记")
    expect(desk.get_by_label("E 列“出生年月”对应的字段")).to_have_value("born")  # remembered
    desk.get_by_role("button", name="检查文件").click()
    people = ROWS - len(table.faults["twice"])
    desk.get_by_role("button", name=f"全部写入（{people} 行）").click(timeout=LONG)
    done = desk.locator(".done-card", has=desk.get_by_role("heading", name="已全部写入"))
    expect(done).to_contain_text(str(people), timeout=LONG)


def _the_old_lady_is_found(desk: Page, no_axe_violations) -> str:
    """By two characters of her name; gives her number in the register."""
    desk.goto("/desk/residents/")
    desk.get_by_label("姓名、拼音首字母").fill(OLD_LADY[1:3])
    found = desk.get_by_role("region", name="居民名单").locator("tbody tr")
    expect(found).to_have_count(1)
    desk.get_by_role("link", name=OLD_LADY).click()
    desk.get_by_role("heading", name=OLD_LADY).wait_for()
    tag = desk.locator(".reasons li", has_text="高龄独居老人")
    expect(tag).to_contain_text("已满80周岁，现住址只登记1人")
    expect(tag).to_contain_text("起")
    no_axe_violations(desk)
    desk.get_by_text("查看完整证件号和电话").click()
    desk.get_by_role("button", name="上门走访联系").click()
    desk.get_by_text("已记入日志").wait_for()
    return desk.url.split("/residents/")[1].split("/")[0]


def _the_ledger_goes_out(desk: Page, no_axe_violations) -> bytes:
    desk.goto("/desk/residents/")
    desk.get_by_role("link", name="高龄独居老人").click()
    desk.locator(".chip.on", has_text="高龄独居老人").wait_for()
    desk.get_by_role("link", name="导出与打印").click()
    desk.get_by_role("link", name="民政台账").click()
    desk.get_by_label("页脚").fill("填报单位：望湖社区居委会")
    desk.get_by_label("用途").fill("第一季度高龄津贴核对")
    desk.locator(".shapes label", has_text="Excel").click()
    no_axe_violations(desk)
    desk.get_by_role("button", name="生成").click()
    desk.get_by_role("heading", name="已生成").wait_for(timeout=LONG)
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载").click()
    assert "老年人基本情况台账" in taken.value.suggested_filename
    return Path(taken.value.path()).read_bytes()


def _is_the_civil_affairs_ledger(content: bytes) -> None:
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0][0] == "老年人基本情况台账（民政）"
    head = next(n for n, row in enumerate(rows) if row[0] == "序号")
    assert "导出" in "".join(str(row[0]) for row in rows[:head])  # who took it, and when
    titles = [
        "序号", "姓名", "性别", "公民身份号码", "出生日期", "年龄", "户籍地址", "居住地址",
        "联系电话", "人员类别", "认定依据",
    ]  # fmt: skip
    assert list(rows[head]) == titles
    lady = next(dict(zip(titles, row, strict=True)) for row in rows if row[1] == OLD_LADY)
    assert len(lady["公民身份号码"]) == 18
    assert lady["年龄"] >= 80
    assert "高龄独居老人：" in lady["认定依据"]
    assert any("填表人" in str(row[0]) for row in rows[head:])


def _the_auditor_sees_it(auditor: Page, number: str, no_axe_violations) -> None:
    auditor.goto(f"/desk/record/?resident={number}")
    lines = auditor.get_by_role("region", name="日志").locator("tbody tr")
    for word in ("查看居民", "查看完整证件号与电话"):
        expect(lines.filter(has=auditor.get_by_role("rowheader", name=word)).first).to_be_visible()
    expect(lines.filter(has_text="上门走访联系").first).to_be_visible()
    auditor.goto("/desk/record/?name=sheets.list_taken")
    expect(lines.first).to_contain_text("居民名册")
    auditor.goto("/desk/tables/")
    auditor.get_by_role("banner").get_by_role("link", name="导出台账").click()
    export = auditor.get_by_role("region", name="导出台账").locator("tbody tr").first
    for said in ("第一季度高龄津贴核对", "公民身份号码", "Excel"):
        expect(export).to_contain_text(said)
    expect(export.locator("td").last).to_have_text("1")
    no_axe_violations(auditor)
