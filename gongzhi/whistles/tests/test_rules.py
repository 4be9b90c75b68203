"""When somebody is there, late or absent."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.whistles import rules

START = datetime(2026, 3, 4, 14)
MINUTES = st.integers(-600, 600).map(lambda n: timedelta(minutes=n))


@pytest.mark.parametrize(
    ("metres", "radius", "accuracy", "there"),
    [
        (0, 200, 0, True),
        (200, 200, 0, True),
        (201, 200, 0, False),
        (260, 200, 80, True),
        (900, 200, 5000, False),  # a phone that knows nothing proves nothing
        (300, 200, -500, False),
    ],
)
def test_a_position_counts_within_the_radius_and_its_own_uncertainty(
    metres, radius, accuracy, there
):
    assert rules.is_on_site(metres, radius, accuracy) is there


@given(MINUTES)
def test_whoever_signed_in_is_never_absent_and_early_is_never_late(after):
    signed = START + after
    said = rules.turnout(acknowledged=False, signed_at=signed, starts_at=START, over=True)
    assert said == ("late" if after > rules.GRACE else "on_site")
    assert rules.minutes_late(signed, START) == max(0, int(after.total_seconds() // 60))


@given(st.booleans(), st.booleans())
def test_absent_is_only_said_when_it_is_over(acknowledged, over):
    said = rules.turnout(acknowledged=acknowledged, signed_at=None, starts_at=START, over=over)
    assert (said == "absent") == over


@given(MINUTES)
def test_the_list_opens_before_and_closes_after_the_time(after):
    inside = -rules.OPENS_BEFORE <= after <= rules.CLOSES_AFTER
    assert rules.may_sign_in(START + after, START) is inside


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_rate_lies_between_none_and_all(came, more):
    assert 0 <= rules.rate(came, came + more) <= 100
