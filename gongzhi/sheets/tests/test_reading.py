"""Files as clerks have them, and every way in which they are none."""

import io
import zipfile
from datetime import date

import pytest

from gongzhi.kernel.refusals import NotUnderstood, TooLarge
from gongzhi.sheets import reading
from gongzhi.sheets.entries import chunks, table_of
from gongzhi.sheets.tests.conftest import csv, xlsx

HEAD = ["单位名称", "值班电话", "成立日期", "类别"]
COLUMNS = {0: "name", 1: "phone", 2: "since", 3: "kind"}
GOOD = ["望湖物业", "05511234567", "2001-02-03", "物业"]


def read(content, intake, columns=COLUMNS):
    found = list(chunks(table_of(content, intake), intake, columns))
    entries = [entry for chunk in found for entry in chunk.entries]
    return entries, [(f.row, f.key, f.sentence) for chunk in found for f in chunk.faults]


@pytest.mark.parametrize(
    "content",
    [
        csv(HEAD, GOOD),
        csv(HEAD, GOOD, encoding="utf-8"),
        csv(HEAD, GOOD, encoding="gb18030"),
        csv(HEAD, GOOD, encoding="utf-16"),
        csv(["单位登记表"], [], HEAD, GOOD),
        xlsx(HEAD, GOOD),
        xlsx(["单位登记表"], [], HEAD, GOOD, merge="A1:D1"),
        xlsx(HEAD, ["望湖物业", 5511234567, date(2001, 2, 3), "物业"]),
        xlsx(HEAD, ["望湖物业", "05511234567", 36925, "物业"]),
    ],
)
def test_the_same_table_in_every_dress(intake, content):
    entries, faults = read(content, intake)
    assert not faults
    (entry,) = entries
    assert entry.text("name") == "望湖物业"
    assert entry.text("phone").endswith("5511234567")
    assert entry.day("since") == date(2001, 2, 3)


def test_a_table_that_does_not_begin_in_the_corner(intake):
    book = [[], [None, None, "单位名称", "电话"], [None, None, "甲店", "1"]]
    entries, _faults = read(xlsx(*book), intake, {2: "name", 3: "phone"})
    assert [(e.row, e.text("name")) for e in entries] == [(3, "甲店")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "旧版"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n", "图片"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"PK\x03\x04 and nothing else", "坏了"),
        (b"a,b\x00c\n1,2", "不是表格"),
        (b"\x80\x81\xff\xff\xff", "认不出来"),
        (csv(["一", "二"], ["1", "2"]), "没有找到表头"),
        (csv(["单位名称", "值班电话", "单位名称*"], ["1", "2", "3"]), "出现了两次"),
        (csv(HEAD, ['"没有结尾' + "长" * 3000]), "双引号"),
    ],
)
def test_what_is_no_table_is_said(intake, content, words):
    with pytest.raises(NotUnderstood, match=words):
        read(content, intake)


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_a_word_document_is_told_apart(intake):
    with pytest.raises(NotUnderstood, match="不是 Excel 表格"):
        read(packed(word__document_xml=b"<x/>"), intake)


def test_a_file_that_unpacks_into_a_giant_is_left_packed(intake, monkeypatch):
    monkeypatch.setattr(reading, "UNPACKED_MOST", 5 * 1024 * 1024)
    with pytest.raises(TooLarge, match="展开"):
        read(packed(xl__workbook_xml=b"<x/>", big_xml=b"0" * 6 * 1024 * 1024), intake)


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.99])
def test_a_file_that_was_not_sent_whole(intake, cut):
    whole = xlsx(HEAD, *[GOOD] * 50)
    with pytest.raises(NotUnderstood, match="坏了"):
        read(whole[: int(len(whole) * cut)], intake)


def test_a_file_that_lies_about_its_content(intake):
    whole = bytearray(xlsx(HEAD, *[GOOD] * 300))
    where = whole.index(b"xl/worksheets/sheet1.xml") + 200
    whole[where : where + 20] = bytes(20)
    with pytest.raises(NotUnderstood, match="坏了"):
        read(bytes(whole), intake)


@pytest.mark.parametrize("make", [csv, xlsx])
def test_too_many_rows_are_refused_before_they_fill_the_memory(intake, monkeypatch, make):
    monkeypatch.setattr(reading, "ROWS_MOST", 100)
    content = make(HEAD, *[GOOD] * 111)
    with pytest.raises(TooLarge, match="最多100行"):
        read(content, intake)


def test_merged_cells_among_the_data_are_pointed_out_where_they_are(intake):
    content = xlsx(HEAD, GOOD, ["", *GOOD[1:]], GOOD, merge="A2:A3")
    entries, faults = read(content, intake)
    assert [(row, key) for row, key, _told in faults] == [(2, "name"), (3, "name")]
    assert "A2:A3" in faults[0][2]
    assert [entry.row for entry in entries] == [4]


def test_formulas_without_a_result_and_error_values_are_pointed_out(intake):
    content = xlsx(HEAD, ["=A9", "1", "2001-02-03", "物业"], ["#N/A", "1", "", ""], GOOD)
    entries, faults = read(content, intake)
    assert [(row, key) for row, key, _told in faults] == [(2, "name"), (3, "name")]
    assert "公式" in faults[0][2]
    assert len(entries) == 1


def test_each_wrong_cell_is_named_with_its_row_and_field(intake):
    content = csv(HEAD, ["", "1", "56-2-3", "饭店"], ["甲" * 201, "123456789012", "", ""], GOOD)
    entries, faults = read(content, intake)
    assert [(row, key) for row, key, _told in faults] == [
        (2, "since"), (2, "kind"), (2, "name"), (3, "name"), (3, "phone"),
    ]  # fmt: skip
    told = {key: sentence for row, key, sentence in faults if row == 2}
    assert "1956-02-03" in told["since"]
    assert "物业、商铺" in told["kind"]
    assert "必填" in told["name"]
    assert [entry.row for entry in entries] == [4]


def test_a_number_that_a_spreadsheet_rounded_is_a_fault(intake):
    _entries, faults = read(xlsx(HEAD, ["甲店", 3.40123195602031e17, "", ""]), intake)
    assert [(row, key) for row, key, _told in faults] == [(2, "phone")]
    assert "文本" in faults[0][2]
