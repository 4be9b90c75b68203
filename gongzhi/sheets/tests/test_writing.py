"""Lists on paper and in files: in the asker's layout, never a formula, each page with the mark."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from gongzhi.sheets import paper, writing
from gongzhi.sheets.paper import write_pdf
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Column, Sheet, write_csv, write_xlsx

COLUMNS = [Column("a", "姓名"), Column("b", "出生", "date"), Column("c", "人数", "number")]
ROWS = [("=1+1", date(1956, 2, 3), 3), ("+86", None, 1.5), ("王秀英", date(1990, 1, 1), None)]


def sheet(**more):
    given = {"title": "名册", "header": "条件：高龄", "mark": "孙丽 导出 编号7", "rows": len(ROWS)}
    return Sheet(COLUMNS, **{**given, "signature": "制表人：", "footer": "望湖社区", **more})


def test_an_xlsx_in_the_layout_and_without_formulas(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, sheet(), iter(ROWS))
    page = load_workbook(path).active
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    assert [line[0] for line in lines[:4]] == ["名册", "条件：高龄", "孙丽 导出 编号7", "姓名"]
    assert lines[4][0] == "=1+1"
    assert page["A5"].data_type == "s"
    assert page["A5"].quotePrefix
    assert page["B5"].value.date() == date(1956, 2, 3)
    assert [line[0] for line in lines[-2:]] == ["望湖社区", "制表人："]
    assert "孙丽 导出 编号7" in str(page.oddHeader.right.text)
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$4:$4"
    assert page.freeze_panes == "A5"


def test_a_list_longer_than_a_sheet_goes_on_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "ROWS_OF_A_SHEET", 2)
    path = tmp_path / "a.xlsx"
    write_xlsx(path, sheet(), iter(ROWS))
    book = load_workbook(path)
    assert book.sheetnames == ["名册 1", "名册 2"]
    assert book["名册 2"]["A5"].value == "王秀英"
    assert book["名册 1"].max_row == 6
    assert "孙丽" in book["名册 2"]["A3"].value


def test_an_empty_list_still_has_its_headings(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, sheet(rows=0, signature="", footer=""), iter([]))
    assert load_workbook(path).active["A4"].value == "姓名"


def test_a_csv_that_opens_well_and_can_do_nothing(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, sheet(), iter(ROWS))
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0] == ["姓名", "出生", "人数"]
    assert lines[1] == ["'=1+1", "1956-02-03", "3"]
    assert lines[2] == ["'+86", "", "1.5"]


@given(st.one_of(st.text(), st.integers(), st.floats(), st.dates(), st.booleans(), st.none()))
def test_the_quick_way_through_a_row_says_what_the_slow_one_does(value):
    assert repr(writing.plain_row([value])) == repr([writing.plain_value(value)])


def test_a_pdf_with_headings_and_mark_on_every_page(tmp_path):
    path = tmp_path / "a.pdf"
    rows = [(f"王秀英{n}", date(1956, 2, 3), n) for n in range(120)]
    write_pdf(path, sheet(), iter(rows))
    texts = [page.extract_text() for page in PdfReader(path).pages]
    assert len(texts) > 3
    assert all("姓名" in text and "编号7" in text for text in texts)
    assert "王秀英119" in texts[-1]
    assert "制表人" in texts[-1]
    assert "名册" in texts[0]


def test_numbers_stay_whole_beside_long_texts_in_a_pdf(tmp_path):
    path = tmp_path / "a.pdf"
    columns = [Column("id", "公民身份号码"), Column("why", "认定依据", Sort.LONG)]
    reasons = "高龄独居老人：1939年12月27日出生，已满80周岁，现住址只登记1人；" * 3
    write_pdf(path, Sheet(columns=columns, title="台账"), [("349901193912270018", reasons)] * 3)
    text = PdfReader(path).pages[0].extract_text()
    assert text.count("349901193912270018") == 3
    assert "…" not in text


@pytest.mark.parametrize("width", [10.0, 40.0, 200.0])
def test_lines_of_a_cell_fit_its_width(width):
    name = paper.font()
    lines = paper.wrapped("望湖花园小区 Building 3 第2单元1201室" * 3, width, name)
    assert len(lines) <= paper.LINES_MOST
    for line in lines[:-1]:
        assert sum(paper.wide(c, name, paper.SIZE) for c in line) <= max(width, paper.SIZE)


def test_a_line_begins_with_no_comma_and_breaks_no_number():
    name = paper.font()
    lines = paper.wrapped("海棠府三栋四单元802，望湖园", 9 * paper.SIZE, name)
    assert lines == ["海棠府三栋四单元", "802，望湖园"]


@given(st.text("高龄1980，、a。 ", max_size=60), st.floats(3 * paper.SIZE, 20 * paper.SIZE))
def test_nothing_of_a_text_is_lost_between_lines(text, width):
    name = paper.font()
    lines = paper.wrapped(text, width, name)
    if len(lines) < paper.LINES_MOST:
        assert "".join(lines) == text
    for line in lines[:-1]:
        assert sum(paper.wide(c, name, paper.SIZE) for c in line) <= width


def test_a_font_that_is_none_is_said():
    with pytest.raises(ValueError, match="PRINT_FONT"):
        paper.font("/nowhere/font.ttf")


def test_names_of_sheets_are_such_that_spreadsheets_take_them():
    assert writing.sheet_name("甲[乙]:*?/\\'" + "长" * 40) == "甲 乙 " + "长" * 22
    assert writing.sheet_name("") == "名单"
