"""The wall's figures against cases counted by hand; what a screen may show of a case."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import LAMP, NOON, RUBBISH
from gongzhi.cases.models import Case
from gongzhi.cases.reads import numbers, watching
from gongzhi.cases.reads.numbers import Pair, closing_rate, numbers_of
from gongzhi.cases.reads.watching import moved_last, points_of, shown_title

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_keys = count(1)


@pytest.fixture
def put(world, grid_1, item):
    """`put(hours_ago, "closed", ended=2)`: a case written as it is; times in hours before NOON."""

    def write(ago: float, status: str = "reported", **given) -> Case:
        times = {
            name: NOON - given.pop(short) * HOUR
            for short, name in (("ended", "ended_at"), ("handled", "handled_at"), ("due", "due_at"))
            if short in given
        }
        fields = {
            "key": f"00000000-0000-4000-8000-{next(_keys):012d}",
            "reporter_ref": "d:x",
            "secret": "12345678",
            "source": "pocket",
            "title": "路灯不亮",
            "text": "路灯不亮",
            "area": grid_1,
            "desk": grid_1,
            "desk_since": NOON,
            "item": item(LAMP),
            "grade": "ordinary",
            "lng": 117.306,
            "lat": 31.792,
            "due_at": NOON + 5 * DAY,
        }
        reported = {"reported_at": NOON - ago * HOUR, "status": status}
        return Case.objects.create(**fields | times | reported | given)

    return write


def counted(area):
    return numbers.count(area.path, at=NOON)


def test_without_cases_there_are_zeros_and_no_rates(world, district):
    found = counted(district)
    assert (found.reported, found.closed, found.late) == (Pair(0, 0),) * 3
    assert (found.rate, found.took) == (Pair(None, None),) * 2
    assert found.classes == found.grids == []
    assert [(day.reported, day.closed) for day in found.days] == [(0, 0)] * 7


def test_today_is_compared_with_yesterday_until_this_time(put, district):
    put(1)
    put(11.9)
    put(12.1)  # yesterday at 23:54: neither today nor yesterday until noon
    put(25)
    put(35.9)
    put(36.1)  # the day before
    put(-1)  # a clock that runs ahead
    assert counted(district).reported == Pair(2, 2)


def test_closed_today_counts_by_the_time_of_closing_and_not_what_was_declined(put, district):
    put(100, "closed", ended=1)
    put(100, "declined", ended=1)
    put(100, "closed", ended=26)
    put(100, "closed", ended=20)  # yesterday after noon
    assert counted(district).closed == Pair(1, 1)


def test_the_closing_rate_leaves_out_what_was_declined(put, district):
    put(200, "closed", ended=100)
    put(200, "closed", ended=90)
    put(200, "handled", handled=80)
    put(200, "declined", ended=100)
    put(30.5 * 24, "reported")  # beyond 30 days today, within them yesterday
    found = counted(district)
    assert found.rate.now == pytest.approx(200 / 3)
    assert found.rate.before == pytest.approx(200 / 4)


def test_yesterdays_rate_knows_nothing_of_today(put, district):
    put(200, "closed", ended=1)
    put(200, "closed", ended=30)
    put(10, "reported")
    found = counted(district)
    assert found.rate == Pair(pytest.approx(200 / 3), 50)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_closing_rate_is_a_share(closed, declined, open_):
    reported = closed + declined + open_
    rate = closing_rate(closed, reported, declined)
    assert rate is None if reported == declined else 0 <= rate <= 100


def test_the_mean_time_is_that_of_what_was_closed_today_and_yesterday(put, district):
    put(10, "closed", ended=2)
    put(26, "closed", ended=6)
    put(50, "closed", ended=30)
    put(3, "declined", ended=2)
    assert counted(district).took == Pair(14 * HOUR, 20 * HOUR)


def test_late_is_what_was_not_handled_in_time_now_and_then(put, district):
    put(90, "accepted", due=30)  # late, and was yesterday
    put(90, "accepted", due=5)  # late only today
    put(90, "checked", due=30, handled=10)  # was late yesterday, handled since
    put(90, "closed", due=30, handled=9, ended=8)  # likewise, and closed
    put(90, "closed", due=30, handled=26, ended=8)  # handled late, but before yesterday noon
    put(90, "declined", due=30, ended=2)  # was waiting yesterday
    put(90, "handled", due=5, handled=6)  # in time
    put(23, "reported", due=1)  # reported after yesterday noon
    found = counted(district)
    assert found.late == Pair(3, 4)


def test_open_and_urgent_are_counted_whatever_their_age(put, district):
    put(24 * 200, "dispatched", grade="urgent")
    put(5, "handled", grade="urgent", handled=1)
    put(5, "closed", grade="urgent", ended=1)
    found = counted(district)
    assert (found.open, found.urgent) == (2, 1)


def test_classes_of_seven_days_by_frequency(put, district, item):
    for ago in (1, 2, 100):
        put(ago, item=item(RUBBISH))
    put(3)
    put(4, item=None)
    put(5, item=None)
    put(24 * 8)
    shares = [(share.name, share.count) for share in counted(district).classes]
    assert shares == [("市容环境", 3), ("", 2), ("公共设施", 1)]


def test_days_begin_at_midnight_in_shanghai(put, district):
    put(12)  # 00:00 today
    put(12.01, "closed", ended=11.99)
    put(24 * 6 + 12)  # 00:00 six days ago
    put(24 * 6 + 12.01)
    days = counted(district).days
    assert [str(day.day) for day in (days[0], days[-1])] == ["2026-02-26", "2026-03-04"]
    assert [day.reported for day in days] == [1, 0, 0, 0, 0, 1, 1]
    assert [day.closed for day in days] == [0, 0, 0, 0, 0, 0, 1]


def test_doors_of_today_and_of_seven_days(put, district):
    put(1, source="hotline")
    put(30, source="hotline")
    put(30, source="sensor")
    put(24 * 9, source="sensor")
    found = {door.source: (door.today, door.week) for door in counted(district).doors}
    assert found["hotline"] == (1, 2)
    assert found["sensor"] == (0, 1)
    assert found["visit"] == (0, 0)


def test_grids_are_ranked_by_this_months_cases_alone(put, district, grid_1, grid_2, far_grid):
    for _ in range(3):
        put(30, "closed", area=grid_2, ended=1)
    put(30, "declined", area=grid_2, ended=1)
    for ended in (1, 2):
        put(30, "closed", ended=ended)
    put(30)
    put(24 * 20)  # last month
    for _ in range(2):
        put(30, "closed", area=far_grid, ended=1)  # too few to be ranked
    ranked = counted(district).grids
    assert [(g.code, g.closed, g.counted) for g in ranked] == [
        (grid_2.code, 3, 3),
        (grid_1.code, 2, 3),
    ]
    assert ranked[1].rate == pytest.approx(66.667, abs=0.001)
    assert ranked[0].community == "望湖社区"


def test_an_area_counts_what_lies_below_it_only(put, township, other_township, far_grid):
    put(1)
    put(2, area=far_grid)
    put(3, area=far_grid)
    assert counted(township).reported.now == 1
    assert counted(other_township).reported.now == 2


def test_counting_takes_seven_queries_however_many_cases(
    put, district, grid_2, django_assert_num_queries
):
    for ago in range(1, 30):
        put(ago, area=grid_2)
    with django_assert_num_queries(7):
        counted(district)


def test_figures_are_remembered_for_a_moment_and_apart_for_each_area(
    put, district, township, other_township, django_assert_num_queries
):
    put(1)
    first = numbers_of(township.path, at=NOON)
    with django_assert_num_queries(0):
        assert numbers_of(township.path, at=NOON + HOUR) == first
    assert numbers_of(other_township.path, at=NOON).reported.now == 0


def test_points_show_what_is_open_and_what_was_closed_today(put, qian, district):
    open_ = put(100, "accepted")
    today = put(100, "closed", ended=3)
    put(100, "closed", ended=13)
    put(100, "declined", ended=3)
    put(1, lng=None, lat=None)
    assert [p.pk for p in points_of(qian, district.path, at=NOON)] == [open_.pk, today.pk]


def test_what_is_new_or_urgent_calls_and_what_is_over_its_time_is_late(put, qian, district):
    new, old = put(0.2), put(0.6)
    urgent = put(30, "accepted", grade="urgent")
    handled = put(30, "handled", grade="urgent", handled=1, due=5)
    late = put(90, "accepted", due=1)
    found = {p.pk: (p.calls, p.late) for p in points_of(qian, district.path, at=NOON)}
    assert found == {
        new.pk: (True, False),
        old.pk: (False, False),
        urgent.pk: (True, False),
        handled.pk: (False, False),
        late.pk: (False, True),
    }


def test_a_screen_shows_what_its_watcher_may_see(put, gu, chen, district, far_grid):
    ours, theirs = put(1), put(1, area=far_grid)
    assert [p.pk for p in points_of(chen, district.path, at=NOON)] == [ours.pk]
    assert [p.pk for p in points_of(gu, district.path, at=NOON)] == [theirs.pk]


def test_the_newest_points_are_kept_when_there_are_too_many(put, qian, district, monkeypatch):
    monkeypatch.setattr(watching, "POINTS_MOST", 2)
    cases = [put(ago) for ago in (3, 2, 1)]
    found = [p.pk for p in points_of(qian, district.path, at=NOON)]
    assert found == [case.pk for case in cases[1:]]


def test_what_moved_last_comes_first_and_once(report, qian, chen, district, lighting):
    from gongzhi.cases import actions

    first = report(at=NOON - 2 * HOUR)
    second = report(at=NOON - HOUR)
    actions.dispatch(by=chen, case=first, to=lighting, at=NOON)
    moved = moved_last(qian, district.path)
    assert [(one.case.pk, one.at) for one in moved] == [
        (first.pk, NOON),
        (second.pk, NOON - HOUR),
    ]
    assert moved[0].case.status == "dispatched"


def test_what_moved_elsewhere_is_not_told(report, gu, district, township):
    report()
    assert moved_last(gu, district.path) == []


def test_a_screen_stars_telephone_numbers(put):
    case = put(1, title="漏水，请打10012345678或物业3号楼")
    assert shown_title(case) == "漏水，请打***********或物业3号楼"
