"""Whole numbers out of addresses and forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.kernel.numbers import whole


@given(st.integers(0, 10**18 - 1))
def test_plain_digits_are_the_number(number: int) -> None:
    assert whole(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "+1", "-1", "1_0", "1.0", "１", "٣", "²", "1" * 19, "1" * 5000, "0x1"]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole(text) is None


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    number = whole(text, 5)
    assert number is None or 0 <= number < 10**5
