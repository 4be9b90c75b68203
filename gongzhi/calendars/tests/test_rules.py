"""Deadlines as the law counts them, on the official calendar and on made-up ones."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.calendars.rules import Calendar, advance, due, resumed, worked

ZONE = ZoneInfo("Asia/Shanghai")
CONFIG = Path(__file__).resolve().parents[3] / "config" / "calendar.yaml"
UNITS = ["h", "wh", "wd", "d"]


def official() -> Calendar:
    """The calendar we ship, read without a database."""
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    holidays, workdays = set(), set()
    for table in content["years"].values():
        for first, last in table["holidays"].values():
            holidays |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        for listed in table["workdays"].values():
            workdays |= set(listed)
    spans = tuple((time.fromisoformat(b), time.fromisoformat(e)) for b, e in content["spans"])
    return Calendar(spans, frozenset(holidays), frozenset(workdays), frozenset(content["years"]))


OFFICIAL = official()


def at(text: str) -> datetime:
    """A moment in Shanghai: "2026-03-04 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(
    lambda d: d.replace(tzinfo=ZONE, microsecond=0)
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw) -> Calendar:
    """Any working day of one to four spans, with any days turned round."""
    quarters = draw(st.lists(st.integers(0, 95), min_size=2, max_size=8, unique=True).map(sorted))
    clocks = [time(q // 4, q % 4 * 15) for q in quarters[: len(quarters) // 2 * 2]]
    spans = tuple(zip(clocks[::2], clocks[1::2], strict=True))
    return Calendar(
        spans, draw(st.frozensets(days, max_size=40)), draw(st.frozensets(days, max_size=10))
    )


kinds = st.one_of(st.just(OFFICIAL), calendars())


# ── properties ────────────────────────────────────────────────────────────


@given(moments, st.integers(0, 400), st.sampled_from(UNITS), kinds)
def test_nothing_is_due_before_it_starts(start, amount, unit, calendar):
    assert due(start, amount, unit, calendar) >= start


@given(moments, st.integers(0, 200), st.integers(0, 40), st.sampled_from(UNITS), kinds)
def test_a_longer_limit_is_never_due_earlier(start, amount, more, unit, calendar):
    assert due(start, amount, unit, calendar) <= due(start, amount + more, unit, calendar)


@given(moments, st.timedeltas(timedelta(), timedelta(days=9)), st.integers(0, 99), kinds)
def test_what_starts_later_is_never_due_earlier(start, later, amount, calendar):
    for unit in UNITS:
        assert due(start, amount, unit, calendar) <= due(start + later, amount, unit, calendar)


@given(moments, st.integers(0, 400), st.sampled_from(UNITS), kinds)
def test_the_same_facts_give_the_same_deadline(start, amount, unit, calendar):
    again = Calendar(calendar.spans, calendar.holidays, calendar.workdays, calendar.published)
    assert due(start, amount, unit, calendar) == due(start, amount, unit, again)


@given(moments, st.integers(0, 60), kinds)
def test_a_limit_of_working_hours_holds_exactly_so_much_work(start, hours, calendar):
    end = due(start, hours, "wh", calendar)
    assert worked(start, end, calendar) == timedelta(hours=hours)


@given(moments, st.integers(1, 300), kinds)
def test_a_limit_of_working_days_holds_so_many_working_days_after_the_first(
    start, amount, calendar
):
    end = due(start, amount, "wd", calendar)
    between = [
        start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1)
    ]
    assert sum(calendar.is_working(day) for day in between) == amount
    assert calendar.is_working(end.date())
    assert end.timetz().replace(tzinfo=None) == calendar.close_of(end.date())


@given(moments, st.integers(0, 90), kinds)
def test_a_limit_of_days_ends_on_a_working_day(start, amount, calendar):
    end = due(start, amount, "d", calendar)
    if end != start:
        assert calendar.is_working(end.date())
        assert (end.date() - start.date()).days >= amount


@given(
    moments,
    st.integers(1, 60),
    st.sampled_from(UNITS),
    moments,
    st.timedeltas(timedelta(), timedelta(days=30)),
    kinds,
)
def test_a_pause_moves_the_deadline_by_exactly_the_work_it_took(
    start, amount, unit, paused, length, calendar
):
    before = due(start, amount, unit, calendar)
    after = resumed(before, paused, paused + length, calendar)
    assert worked(before, after, calendar) == worked(paused, paused + length, calendar)
    assert after >= before


@given(moments, st.lists(st.timedeltas(timedelta(), timedelta(hours=60)), max_size=5), kinds)
def test_work_done_in_pieces_adds_up(start, pieces, calendar):
    now = start
    for piece in pieces:
        now = advance(now, piece, calendar)
    assert now == advance(start, sum(pieces, timedelta()), calendar)


@given(moments, moments, moments, kinds)
def test_working_time_adds_up_over_any_moment_between(one, two, three, calendar):
    first, middle, last = sorted((one, two, three))
    parts = worked(first, middle, calendar) + worked(middle, last, calendar)
    assert parts == worked(first, last, calendar)
    assert worked(last, first, calendar) == timedelta()


# ── examples, each worked out by hand ─────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # hours run at once, night and holiday alike
        ("2026-03-04 23:30", 2, "h", "2026-03-05 01:30"),
        ("2026-02-28 23:30", 2, "h", "2026-03-01 01:30"),
        # working hours: over lunch, over night, over the weekend, from outside office hours
        ("2026-03-04 10:00", 4, "wh", "2026-03-04 16:00"),
        ("2026-03-04 11:00", 1, "wh", "2026-03-04 12:00"),
        ("2026-03-04 16:30", 2, "wh", "2026-03-05 09:30"),
        ("2026-03-06 16:30", 2, "wh", "2026-03-09 09:30"),
        ("2026-03-07 10:00", 2, "wh", "2026-03-09 10:30"),
        ("2026-03-04 12:30", 1, "wh", "2026-03-04 15:00"),
        ("2026-03-04 22:00", 7, "wh", "2026-03-05 17:30"),
        # working days: the first day is not counted, the last ends at close of business
        ("2026-03-04 09:00", 1, "wd", "2026-03-05 17:30"),
        ("2026-03-04 23:59", 1, "wd", "2026-03-05 17:30"),
        ("2026-03-06 09:00", 1, "wd", "2026-03-09 17:30"),
        ("2026-03-07 09:00", 1, "wd", "2026-03-09 17:30"),
        ("2026-03-08 09:00", 5, "wd", "2026-03-13 17:30"),
        ("2026-03-04 09:00", 5, "wd", "2026-03-11 17:30"),
        # the Spring Festival: nine days off, two weekends worked for it
        ("2026-02-13 09:00", 1, "wd", "2026-02-14 17:30"),
        ("2026-02-13 09:00", 2, "wd", "2026-02-24 17:30"),
        ("2026-02-14 16:30", 2, "wh", "2026-02-24 09:30"),
        ("2026-02-27 09:00", 1, "wd", "2026-02-28 17:30"),
        ("2026-02-27 09:00", 2, "wd", "2026-03-02 17:30"),
        # the National Day, with a make-up workday on the Sunday before
        ("2026-09-18 17:00", 1, "wd", "2026-09-20 17:30"),
        ("2026-09-30 09:00", 1, "wd", "2026-10-08 17:30"),
        ("2026-10-09 09:00", 1, "wd", "2026-10-10 17:30"),
        # calendar days: a last day that is a holiday moves on
        ("2026-03-04 09:00", 1, "d", "2026-03-05 17:30"),
        ("2026-03-04 09:00", 3, "d", "2026-03-09 17:30"),
        ("2026-09-29 09:00", 2, "d", "2026-10-08 17:30"),
        ("2026-03-04 09:00", 0, "d", "2026-03-04 17:30"),
        ("2026-03-04 20:00", 0, "d", "2026-03-04 20:00"),
        # month ends and the leap day
        ("2026-04-30 09:00", 1, "wd", "2026-05-06 17:30"),
        ("2026-01-30 09:00", 1, "wd", "2026-02-02 17:30"),
        ("2028-02-28 09:00", 1, "wd", "2028-02-29 17:30"),
        ("2028-02-29 09:00", 1, "wd", "2028-03-01 17:30"),
        ("2028-02-28 16:30", 2, "wh", "2028-02-29 09:30"),
        ("2028-02-28 09:00", 1, "d", "2028-02-29 17:30"),
        # over the end of the year
        ("2025-12-31 09:00", 1, "wd", "2026-01-04 17:30"),
        ("2026-12-31 16:30", 2, "wh", "2027-01-01 09:30"),
        # at once
        ("2026-03-07 03:00", 0, "wh", "2026-03-07 03:00"),
        ("2026-03-07 03:00", 0, "wd", "2026-03-07 03:00"),
        ("2026-03-07 03:00", 0, "h", "2026-03-07 03:00"),
    ],
)
def test_deadlines_worked_out_by_hand(start, amount, unit, end):
    assert due(at(start), amount, unit, OFFICIAL) == at(end)


def test_a_very_long_limit_is_still_counted():
    end = due(at("2026-03-04 09:00"), 2000, "wd", OFFICIAL)
    assert end.year in {2033, 2034}


def test_a_case_of_the_trade_unauthorised_building():
    """Stop work 4 working hours, penalty 7 working days, demolish 20 working days."""
    start = at("2026-04-28 15:30")
    assert due(start, 4, "wh", OFFICIAL) == at("2026-04-29 10:30")
    assert due(start, 7, "wd", OFFICIAL) == at("2026-05-11 17:30")  # 9 May is a make-up workday
    assert due(start, 20, "wd", OFFICIAL) == at("2026-05-28 17:30")


@pytest.mark.parametrize(("day", "works"), [
    ("2026-02-17", False), ("2026-02-14", True), ("2026-02-28", True), ("2026-03-01", False),
    ("2026-09-20", True), ("2026-09-19", False), ("2026-10-08", True), ("2025-10-11", True),
])  # fmt: skip
def test_holidays_and_make_up_workdays_of_the_official_table(day, works):
    assert OFFICIAL.is_working(date.fromisoformat(day)) is works


def test_a_year_without_a_published_table_is_provisional():
    assert not OFFICIAL.is_provisional(date(2026, 12, 31))
    assert OFFICIAL.is_provisional(date(2027, 1, 1))


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(8)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(8), time(12)), (time(12), time(17))),
        ((time(14), time(17)), (time(8), time(12))),
    ],
)
def test_spans_that_overlap_or_run_backwards_are_refused(spans):
    with pytest.raises(ValueError, match="spans"):
        Calendar(spans)


def test_a_negative_limit_or_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="negative"):
        due(at("2026-03-04 09:00"), -1, "wh", OFFICIAL)
    with pytest.raises(ValueError, match="unit"):
        due(at("2026-03-04 09:00"), 1, "weeks", OFFICIAL)


def test_a_calendar_without_any_working_day_is_said_to_be_so_and_not_searched_for_ever():
    never = Calendar(
        OFFICIAL.spans,
        frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(366 * 22)),
    )
    for unit in ("wh", "wd"):
        with pytest.raises(ValueError, match=r"too (little|few)"):
            due(at("2026-03-04 09:00"), 1, unit, never)
