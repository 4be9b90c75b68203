"""Counting and calendars of spans, without a database."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOON
from gongzhi.insight import charts, rules
from gongzhi.insight.rules import Counts, Seen

DAYS = st.dates(date(2010, 1, 1), date(2060, 1, 1))
SEEN = st.builds(
    Seen,
    area=st.integers(1, 3),
    item_class=st.sampled_from(["", "01", "02"]),
    unit=st.integers(0, 2),
    status=st.sampled_from(["reported", "accepted", "closed", "declined"]),
    reported_at=st.just(NOON),
    due_at=st.just(NOON + timedelta(hours=5)),
    handled_at=st.none() | st.integers(0, 900).map(lambda m: NOON + timedelta(minutes=m)),
    overdue_at=st.none() | st.just(NOON + timedelta(hours=5)),
    stars=st.none() | st.integers(1, 5),
)


@given(st.lists(SEEN, max_size=8), st.lists(SEEN, max_size=8))
def test_a_days_cells_hold_every_case_once(reported, ended):
    day = rules.day_of(reported, ended)
    whole = Counts()
    for counts in day.cells.values():
        whole = whole.plus(counts)
    assert whole.reported == len(reported)
    assert whole.ended == len(ended)
    assert whole.closed == sum(case.status == "closed" for case in reported)
    assert whole.handled == sum(case.handled_at is not None for case in reported)
    assert 0 <= whole.late <= whole.handled
    assert 0 <= whole.satisfied <= whole.rated <= whole.reported
    for rate in (whole.closing_rate, whole.in_time_rate, whole.satisfaction):
        assert rate is None or 0 <= rate <= 100


def test_the_closing_rate_leaves_declined_matters_out():
    assert Counts(reported=10, declined=2, closed=4).closing_rate == 50
    assert Counts(reported=2, declined=2).closing_rate is None


def test_what_was_once_overdue_is_late_even_if_the_promise_was_moved_later():
    counts = Counts()
    counts.add(Seen(1, "01", 0, "closed", NOON, NOON + timedelta(days=9), NOON, NOON, None))
    assert (counts.handled, counts.late) == (1, 1)


@given(DAYS, st.integers(0, 3000))
def test_months_cover_a_span_without_gap_or_overlap(first, days):
    last = first + timedelta(days=days)
    found = list(rules.months(first, last))
    assert found[0] == rules.month_of(first)
    assert found[-1] == rules.month_of(last)
    assert all(rules.next_month(a) == b for a, b in pairwise(found))


@given(DAYS, st.integers(0, 2500), st.dictionaries(st.integers(0, 2500), st.integers(1, 9)))
def test_steps_add_up_to_the_days_whatever_their_width(first, days, came):
    last = first + timedelta(days=days)
    by_day = {first + timedelta(days=n): Counts(reported=c) for n, c in came.items() if n <= days}
    steps = rules.stepped(by_day, first, last)
    assert sum(c.reported for _b, c in steps) == sum(c.reported for c in by_day.values())
    assert [begin for begin, _c in steps] == sorted({begin for begin, _c in steps})
    drawn = charts.trend(steps)
    assert drawn.ticks[0] >= max(c.reported for _b, c in steps)
    assert drawn.ticks[-1] == 0
    assert 0 < sum(column.named for column in drawn.columns) <= charts.NAMES_MOST
    assert drawn.columns[0].named
    assert drawn.columns[-1].named


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2028, 2, 29), 5, date(2023, 2, 28)),
        (date(2026, 11, 29), 5, date(2021, 11, 29)),
    ],
)
def test_years_before_a_leap_day(day, years, before):
    assert rules.years_before(day, years) == before
