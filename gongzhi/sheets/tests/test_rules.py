"""What a cell says, and which column is which."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.sheets import rules

NAMES = {"name": ["姓名", "名字"], "idno": ["身份证号", "公民身份号码"], "born": ["出生日期"]}


@pytest.mark.parametrize(
    "cell",
    [
        "1956-02-03", "1956-2-3", "1956/2/3", "1956.2.3", "1956年2月3日", "19560203", 20488,
        20488.0, "20488", "１９５６－０２－０３", date(1956, 2, 3), datetime(1956, 2, 3, 8),
        "1956-02-03 00:00:00", " 1956/02/03 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_way_people_write_it(cell):
    assert rules.date_of(cell) == date(1956, 2, 3)


@pytest.mark.parametrize(
    "cell", ["56-2-3", "1956-13-1", "1956-2-30", "去年", "1956", "1956-2", 3.5, "2月3日", True]
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(ValueError):  # noqa: PT011 - the page says the sentence
        rules.date_of(cell)


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
def test_serial_numbers_are_days_since_the_end_of_1899(day):
    serial = (day - date(1899, 12, 30)).days
    if serial >= 10_000:  # five digits: shorter numbers are no dates of anybody
        assert rules.date_of(serial) == day
        assert rules.date_of(float(serial)) == day
    assert rules.SERIAL_ZERO + timedelta(days=serial) == day


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_survives_being_written_and_read(day):
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}"):
        assert rules.date_of(text) == day


@pytest.mark.parametrize(
    ("cell", "text"),
    [(3.0, "3"), (3.5, "3.5"), (None, ""), (" 甲 ", "甲"), (True, "是"), (0, "0"),
     (date(2026, 3, 4), "2026-03-04"), (datetime(2026, 3, 4, 9, 5), "2026-03-04 09:05:00"),
     (13800138000.0, "13800138000")],
)  # fmt: skip
def test_a_cell_as_people_read_it(cell, text):
    assert rules.text_of(cell) == text


@pytest.mark.parametrize("cell", [3.40123195602031e17, 340123195602031234, "3.40123E+17", "3.4e17"])
def test_a_rounded_number_is_noticed(cell):
    assert rules.is_rounded(cell)


@pytest.mark.parametrize("cell", ["340123195602031234", 13800138000, "", None, True, "3E"])
def test_a_whole_number_is_not(cell):
    assert not rules.is_rounded(cell)


def test_columns_are_guessed_by_label_and_synonym_whatever_is_written_beside():
    heads = ["序号", "姓 名*", "公民身份号码（18位）", "出生日期：", "姓名", "备注"]
    assert rules.guessed(heads, NAMES) == {1: "name", 2: "idno", 3: "born"}


def test_what_was_remembered_comes_first_and_may_leave_a_column_out():
    remembered = {"备注": "name", "姓名": ""}
    assert rules.guessed(["姓名", "备注"], NAMES, remembered) == {1: "name"}


@given(st.lists(st.sampled_from(["姓名", "名字", "身份证号", "备注", "", "出生日期"]), max_size=9))
def test_no_field_is_ever_given_to_two_columns(heads):
    found = list(rules.guessed(heads, NAMES).values())
    assert len(found) == len(set(found))


def test_columns_have_the_letters_of_a_spreadsheet():
    from openpyxl.utils import get_column_letter

    assert all(rules.column_name(n) == get_column_letter(n + 1) for n in range(800))


COLUMNS_WANT = st.lists(st.tuples(st.floats(1, 100), st.booleans()), min_size=1, max_size=30)


@given(COLUMNS_WANT, st.floats(10, 3000))
def test_columns_fill_the_width_and_only_texts_give_way(columns, width):
    wanted, breaks = [want for want, _may in columns], [may for _want, may in columns]
    widths = rules.fitted(wanted, width, breaks)
    assert sum(widths) == pytest.approx(width)
    firm = sum(want for want, may in columns if not may)
    for got, (want, may) in zip(widths, columns, strict=True):
        if sum(wanted) <= width:
            assert got >= want - 1e-6
        else:
            assert 0 < got <= want + 1e-6
            if not may and firm <= rules.MOST_FIRM * width:
                assert got == pytest.approx(want)
            if firm > rules.MOST_FIRM * width:  # short only where widest
                assert got == pytest.approx(want) or got == pytest.approx(max(widths))


def test_long_reasons_get_most_of_what_numbers_leave():
    number, address, reasons = rules.fitted([12, 11, 110], 60, [False, True, True])
    assert number == pytest.approx(12)
    assert address == pytest.approx(11)
    assert reasons == pytest.approx(37)


@pytest.mark.parametrize(("text", "wide"), [("", 0), ("楼", 1), ("3栋\n两个字", 3), ("ab", 1.12)])
def test_ems_are_of_the_longest_line(text, wide):
    assert rules.ems(text) == pytest.approx(wide)


@given(st.text(max_size=30))
def test_nothing_harmless_begins_a_formula(text):
    assert not rules.harmless(text).lstrip(" \u3000").startswith(rules.STARTS_A_FORMULA)
