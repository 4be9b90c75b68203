"""Service levels: what counts as answered, in time and connected."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.phone.rules import Levels, levels

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


def call(wait=None, ended=True):
    answered = None if wait is None else NOON + timedelta(seconds=wait)
    return NOON, answered, NOON + timedelta(minutes=9) if ended else None


def test_exactly_fifteen_seconds_is_in_time_and_exactly_95_per_cent_is_good():
    found = levels([call(15), call(15.001), call(), call(None, ended=False)])
    assert found == Levels(offered=3, answered=2, in_time=1)
    assert (found.connected, found.quick, found.is_good) == (66, 50, False)
    assert levels([call(1)] * 19 + [call()]).is_good
    assert not levels([call(1)] * 18 + [call()]).is_good


def test_a_line_without_calls_is_good():
    assert levels([]).is_good
    assert levels([]).quick is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 600)), max_size=50))
def test_counts_never_exceed_each_other(waits):
    found = levels([call(wait) for wait in waits])
    assert found.in_time <= found.answered <= found.offered == len(waits)
