"""Whatever is written can be read back; what cannot be read is a Fault 400."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.open311.rules import (
    Fault,
    as_json,
    as_xml,
    degrees,
    listed,
    moment,
    moment_from,
    whole,
    window,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=60)


@given(words, st.floats(-180, 180, allow_nan=False))
def test_xml_says_what_it_was_given(text, number):
    data = [{"description": text, "lat": number, "media_url": None}]
    root = ElementTree.fromstring(as_xml("service_requests", data))
    assert [e.tag for e in root] == ["request"]
    assert (root.findtext("request/description") or "") == text
    assert float(root.findtext("request/lat")) == number


@given(words)
def test_json_says_what_it_was_given(text):
    assert json.loads(as_json([{"description": text}])) == [{"description": text}]


def test_xml_is_declared_as_utf8_and_has_no_namespace():
    written = as_xml("services", [{"service_name": "路灯不亮 <&>", "metadata": False}])
    assert written.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<services><service>')
    assert "路灯不亮 &lt;&amp;&gt;".encode() in written
    assert b"<metadata>false</metadata>" in written
    assert b"xmlns" not in written


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_times_are_written_in_utc_and_read_back(naive):
    at = naive.replace(microsecond=0, tzinfo=UTC)
    assert moment(at).endswith("Z")
    assert moment_from(moment(at), "start_date") == at


def test_a_zone_whose_plus_was_not_escaped_is_understood():
    assert moment_from("2026-11-22T16:00:00 08:00", "start_date") == NOW


@pytest.mark.parametrize("text", ["gestern", "2026-13-01", "99999", "2026-11-22T25:00:00Z"])
def test_a_time_that_is_none_is_a_fault(text):
    with pytest.raises(Fault) as fault:
        moment_from(text, "start_date")
    assert fault.value.status == 400


def test_the_last_ninety_days_are_asked_by_default():
    assert window("", "", NOW) == (NOW - timedelta(days=90), NOW)
    assert window("", "2026-06-30T00:00:00Z", NOW)[0] == datetime(2026, 4, 1, tzinfo=UTC)
    assert window("2020-01-01T00:00:00Z", "", NOW)[1] == datetime(2020, 3, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("9999-12-31T00:00:00Z", ""),
        ("", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_span_that_cannot_be_asked_is_a_fault(start, end):
    with pytest.raises(Fault):
        window(start, end, NOW)


def test_lists_and_numbers_are_read_kindly_and_refused_clearly():
    assert listed(" 01001 ,,02003, ") == ["01001", "02003"]
    assert whole("", "page", default=3, most=9) == 3
    assert whole("7", "page", default=3, most=9) == 7
    for text in ("0", "-1", "1.5", "ten", "10", "²"):
        with pytest.raises(Fault):
            whole(text, "page", default=3, most=9)


def test_half_a_position_is_a_fault_and_none_is_none():
    assert degrees("", " ") is None
    assert degrees("31.792", "117.306") == (117.306, 31.792)
    for lat, long in (("31.792", ""), ("", "117.306"), ("north", "east")):
        with pytest.raises(Fault):
            degrees(lat, long)
