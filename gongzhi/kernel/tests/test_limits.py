"""So often and no more; each source by itself, each window anew."""

from datetime import timedelta

import pytest

from conftest import NOON
from gongzhi.kernel import limits
from gongzhi.kernel.limits import give_back, within_limit
from gongzhi.kernel.refusals import TooMany
from gongzhi.kernel.tests.threads import at_once

HOUR = timedelta(hours=1)


def ask(source: str = "a", *, at=NOON, most: int = 3) -> None:
    within_limit("tests", source, most=most, seconds=600, at=at)


def test_the_fourth_of_three_is_refused_with_the_time_to_wait():
    for _ in range(3):
        ask()
    with pytest.raises(TooMany, match="10分钟后"):
        ask()


def test_other_sources_and_other_matters_count_for_themselves():
    for _ in range(3):
        ask()
    ask("b")
    within_limit("other", "a", most=1, seconds=600, at=NOON)


def test_the_next_window_begins_anew():
    for _ in range(3):
        ask()
    ask(at=NOON + timedelta(minutes=10))


def test_what_is_given_back_does_not_count():
    for _ in range(10):
        ask()
        give_back("tests", "a", seconds=600, at=NOON)
    give_back("tests", "nobody", seconds=600, at=NOON)


def test_what_is_remembered_is_bounded_and_windows_long_past_are_let_go(monkeypatch):
    monkeypatch.setattr(limits, "SOURCES_MOST", 100)
    for hour in range(5):
        for number in range(300):
            within_limit("tests", f"s{number}", most=1, seconds=3600, at=NOON + hour * HOUR)
    kept = limits._counts["tests", 3600]
    assert len(kept) == 2
    assert all(len(window) == 100 for window in kept.values())


def test_a_clock_set_back_counts_on_in_its_own_window():
    for _ in range(3):
        ask(at=NOON)
    ask(at=NOON + HOUR / 6)
    with pytest.raises(TooMany):
        ask(at=NOON)


@pytest.mark.parametrize("source", ["", "有空格 和汉字", "\ud800", "x" * 1000, "a\nb"])
def test_any_source_can_be_counted(source):
    for _ in range(3):
        ask(source)
    with pytest.raises(TooMany):
        ask(source)


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_are_all_counted():
    answers = at_once(*[lambda: ask(most=5)] * 12)
    assert sum(isinstance(answer, TooMany) for answer in answers) == 7
