"""Files of texts and labels as they come: encodings, separators, bad rows told by number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.catalogue.rules.pairs import CsvError, decoded, read_pairs


def test_pairs_are_read_in_order():
    read = read_pairs("text,label\n路灯不亮,照明\n垃圾没人扫,环卫\n")
    assert read.pairs == [("路灯不亮", "照明"), ("垃圾没人扫", "环卫")]
    assert read.faults == []


def test_columns_may_stand_anywhere_and_be_called_otherwise():
    assert read_pairs("id,类别,内容\n1,照明,路灯不亮\n").pairs == [("路灯不亮", "照明")]
    assert read_pairs("a,b\n路灯,x\n", "a", "b").pairs == [("路灯", "x")]


def test_tabs_quotes_and_line_breaks_inside_quotes_are_understood():
    assert read_pairs("text\tlabel\na, b\tx\n").pairs == [("a, b", "x")]
    assert read_pairs('text,label\r\n"一,二\n三",x\r\n').pairs == [("一,二\n三", "x")]


def test_bad_rows_are_left_out_and_told_by_number():
    read = read_pairs(f"text,label\n好,x\n只有一列\n,x\n没有标签,\n\n长,{'x' * 200}\n好,y\n")
    assert read.pairs == [("好", "x"), ("好", "y")]
    assert read.faults == [
        "第 3 行：只有 1 列，应有 2 列",
        "第 4 行：文字是空的",
        "第 5 行：标签是空的",
        "第 7 行：标签超过 100 个字，可能列错位了",
    ]


def test_utf_8_with_and_without_mark_and_gb18030_are_read():
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert decoded("text,label\n路灯,照明\n".encode(encoding)).startswith("text,label")


def test_a_file_in_no_known_encoding_is_told_with_its_line():
    with pytest.raises(CsvError, match="第 2 行既不是 UTF-8 也不是 GB18030"):
        decoded(b"text,label\n\xff\xff\xff,x\n")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "路灯不亮,照明\n"])
def test_a_file_without_the_columns_is_refused(text):
    with pytest.raises(CsvError, match="第 1 行"):
        read_pairs(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_after_the_header_is_read_or_told(text):
    read = read_pairs("text,label\n" + text)
    assert all(words and label for words, label in read.pairs)
