"""A layout reads what it names, refuses what does not fit, and says which field it was."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.layouts import Layout, Unfit, moment, renamed

HERE = ZoneInfo("Asia/Shanghai")
FILE = {
    "fields": {"external_id": ["no", "编号"], "text": "body.words", "item": "kind", "lng": "x"},
    "constants": {"datum": "gcj02"},
    "codes": {"item": {"1": "01002"}},
    "required": ["external_id"],
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def layout():
    return Layout.from_file(FILE)


def test_fields_by_path_constants_and_codes(layout):
    sent = {"no": 12, "body": {"words": " 路灯 "}, "kind": 1, "x": 117.3, "more": []}
    assert layout.read(sent) == {
        "external_id": "12", "text": "路灯", "item": "01002", "lng": "117.3", "datum": "gcj02",
    }  # fmt: skip


def test_the_first_name_that_is_there_counts(layout):
    assert layout.read({"编号": "A-1", "no": ""})["external_id"] == "A-1"


@pytest.mark.parametrize(
    ("sent", "fault", "theirs"),
    [
        ({}, "missing", "no"),
        ({"no": "1", "kind": "9"}, "unknown_code", "kind"),
        ({"no": ["1"]}, "wrong_type", "no"),
        ({"no": {"a": 1}}, "wrong_type", "no"),
        ({"no": "1", "body": {"words": "长" * 8001}}, "too_long", "body.words"),
    ],
)
def test_what_does_not_fit_is_named(layout, sent, fault, theirs):
    with pytest.raises(Unfit) as unfit:
        layout.read(sent)
    assert (unfit.value.fault, unfit.value.theirs) == (fault, theirs)


def test_any_other_code_can_be_let_through():
    layout = Layout.from_file({**FILE, "codes": {"item": {"1": "01002", "*": ""}}})
    assert "item" not in layout.read({"no": "1", "kind": "9"})


def test_a_file_that_names_unknown_fields_is_refused():
    with pytest.raises(ValueError, match="colour"):
        Layout.from_file({"fields": {"colour": "farbe"}})


@given(st.dictionaries(st.sampled_from(["no", "body", "kind", "x", "编号"]), json_values))
def test_anything_is_read_or_refused(sent):
    try:
        read = Layout.from_file(FILE).read(sent)
    except Unfit:
        return
    assert all(isinstance(value, str) and value for value in read.values())


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T08:30:00+08:00", "2026-11-22T00:30:00Z", "2026-11-22 08:30:00",
        "2026-11-22 08:30", "2026/11/22 8:30", "2026年11月22日 8:30", "1795307400",
        "1795307400000",
    ],
)  # fmt: skip
def test_times_as_other_systems_write_them(text):
    assert moment(text, HERE) == datetime(2026, 11, 22, 8, 30, tzinfo=HERE)


@pytest.mark.parametrize("text", ["昨天", "2026-13-01", "31/12/2026", "99999999999999"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        moment(text, HERE)


def test_fields_go_back_under_their_names():
    assert renamed({"order_no": "1", "at": 2}, {"order_no": "gdbh"}) == {"gdbh": "1", "at": 2}
