"""Tries are counted together, wherever they are made, and forgotten when their time is over."""

from datetime import timedelta

import pytest

from conftest import NOON
from gongzhi.kernel import limits
from gongzhi.kernel.models import Tries
from gongzhi.kernel.refusals import TooMany
from gongzhi.kernel.tests.threads import at_once
from gongzhi.kernel.tries import count_try, take_back

pytestmark = pytest.mark.django_db


def guess(source: str = "10.0.0.1", *, at=NOON) -> None:
    count_try("tests", source, most=3, seconds=600, at=at)


def test_the_fourth_of_three_is_refused_in_every_process():
    for _ in range(3):
        guess()
        limits.forget()  # as another process, which remembers nothing of its own
    with pytest.raises(TooMany, match="10分钟后"):
        guess()
    guess("10.0.0.2")
    count_try("other", "10.0.0.1", most=1, seconds=600, at=NOON)


def test_a_right_one_is_taken_back_and_nothing_falls_below_nought():
    for _ in range(9):
        guess()
        take_back("tests", "10.0.0.1", seconds=600, at=NOON)
    take_back("tests", "10.0.0.1", seconds=600, at=NOON)
    assert Tries.objects.get().count == 0


def test_the_next_window_counts_anew_and_lets_the_old_go():
    for _ in range(3):
        guess()
    guess(at=NOON + timedelta(minutes=11))
    assert [one.count for one in Tries.objects.all()] == [1]


def test_no_address_is_kept():
    guess()
    assert "10.0" not in str(Tries.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_get_through():
    answers = at_once(*[guess] * 8)
    assert sum(isinstance(answer, TooMany) for answer in answers) == 5
    assert answers.count(None) == 3


@pytest.mark.parametrize("source", ["", "有空格 和汉字", "\ud800", "x" * 1000, "a\nb"])
def test_any_source_can_be_counted(source):
    for _ in range(3):
        guess(source)
    with pytest.raises(TooMany):
        guess(source)
