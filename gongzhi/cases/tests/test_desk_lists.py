"""The desk's list: who sees what, counts that equal lists, filters, search, order, price."""

from datetime import timedelta

import pytest

from conftest import GAS, HERE, LAMP, NOON
from gongzhi.cases import actions, rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads import lists, stretches
from gongzhi.cases.reads.figures import figures_for
from gongzhi.cases.reads.lists import Filters, page_of
from gongzhi.cases.words import Status, Tab

pytestmark = pytest.mark.django_db
TODO = ("reported", "returned", "arbitration", "handled", "checked")
LATER = NOON + timedelta(minutes=5)
FAR = {"lng": 117.316, "lat": 31.794}


def shown(person, at=LATER, **asked):
    return [case.pk for case in page_of(person, Filters.read(asked), at=at).rows]


@pytest.fixture
def one_of_each(stage):
    """A case in every status, of different texts."""
    return {
        status: stage(status, text=f"第{n}件：路灯不亮") for n, status in enumerate(Status.values)
    }


def test_a_dispatcher_sees_the_cases_of_their_sub_district_and_no_others(report, chen, gu, he):
    here, there = report(), report(**FAR)
    assert shown(chen, tab="all") == [here.pk]
    assert shown(gu, tab="all") == [there.pk]
    assert set(shown(he, tab="all")) == {here.pk, there.pk}


def test_one_who_may_not_see_cases_sees_none(report, guan):
    report()
    assert shown(guan, tab="all") == []


@pytest.mark.parametrize("tab", Tab.values)
def test_the_count_on_a_tab_is_the_length_of_its_list(one_of_each, chen, tab):
    page = page_of(chen, Filters.read({"tab": tab}), at=NOON + timedelta(days=30))
    assert page.counts[tab] == len(page.rows) == page.total


def test_what_waits_for_the_desk_is_to_do(one_of_each, chen):
    expected = {one_of_each[s].pk for s in TODO} | {one_of_each["merged"].parent_id}
    assert set(shown(chen, tab="todo")) == expected
    assert set(shown(chen, tab="doing")) == {
        one_of_each["dispatched"].pk,
        one_of_each["accepted"].pk,
    }
    assert set(shown(chen, tab="done")) == {one_of_each["closed"].pk, one_of_each["declined"].pk}


def test_a_handled_case_is_late_no_more(one_of_each, chen):
    late = set(shown(chen, at=NOON + timedelta(days=30), tab="late"))
    waiting = ("reported", "returned", "arbitration", "dispatched", "accepted")
    assert late == {one_of_each[s].pk for s in waiting} | {one_of_each["merged"].parent_id}


def test_counts_follow_the_filters(one_of_each, report, chen):
    report("楼道里有燃气味")
    page = page_of(chen, Filters.read({"q": "燃气"}), at=LATER)
    none = {"later": 0, "doing": 0, "late": 0, "done": 0}
    assert page.counts == {"todo": 1, "urgent": 1, "all": 1, **none}


def test_work_is_sorted_by_time_left_and_checks_come_behind_it(stage, report, chen):
    check = stage("handled")
    slow, quick = report("路灯不亮"), report("楼道里有燃气味")
    assert shown(chen) == [quick.pk, slow.pk, check.pk]


def test_filters_narrow_by_state_grid_class_deadline_and_source(report, stage, chen, grid_2):
    lamp = report("路灯坏了")
    gas = report("楼道里有燃气味", lng=117.310, lat=31.792, source="hotline")
    handled = stage("handled")
    assert shown(chen, tab="all", status="handled") == [handled.pk]
    assert shown(chen, tab="all", area=grid_2.code) == [gas.pk]
    assert set(shown(chen, tab="all", area=grid_2.parent.code)) == {lamp.pk, gas.pk, handled.pk}
    assert shown(chen, tab="all", kind=GAS[:2]) == [gas.pk]
    assert set(shown(chen, tab="all", kind=LAMP[:2])) == {lamp.pk, handled.pk}
    assert shown(chen, tab="all", source="hotline") == [gas.pk]
    assert shown(chen, tab="all", due="soon") == [gas.pk]
    assert shown(chen, at=gas.due_at + timedelta(minutes=1), tab="all", due="late") == [gas.pk]


def test_an_area_outside_the_scope_shows_nothing(report, chen, far_grid):
    report(**FAR)
    assert shown(chen, tab="all", area=far_grid.code) == []


def test_a_whole_number_finds_that_case_and_no_other(report, chen):
    case, _other = report(), report()
    assert shown(chen, q=case.number) == [case.pk]
    assert shown(chen, q=f" {case.number.lower()} ") == [case.pk]
    wrong_day = rules.number(case.pk, case.reported_at - timedelta(days=3))
    assert shown(chen, q=wrong_day) == []
    assert shown(chen, q="GZ999999000001") == []


def test_words_must_all_occur_in_text_or_address(report, chen):
    case = report("路灯不亮", address="望湖花园3栋北门")
    report("井盖破了", address="望湖花园3栋北门")
    assert shown(chen, q="路灯 北门") == [case.pk]
    assert shown(chen, q="路灯 南门") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "%%_"])
def test_signs_of_the_search_language_are_letters(report, chen, sign):
    report("路灯不亮，晚上看不见路")
    case = report(f"墙上写着{sign}三个字")
    assert shown(chen, q=sign) == [case.pk]


@pytest.mark.parametrize(
    "asked",
    [
        {"tab": "nonsense"},
        {"page": "0"},
        {"page": "-3"},
        {"page": "99999999999999999999"},
        {"page": "二"},
        {"status": "'; drop table"},
        {"due": "x", "source": "y"},
        {"q": "\x00\ud800"},
        {"q": "长" * 500},
        {"area": "%", "kind": "_"},
    ],
)
def test_an_address_that_makes_no_sense_still_opens(report, chen, asked):
    report()
    page = page_of(chen, Filters.read(asked), at=LATER)
    assert page.total in (0, 1)


def test_a_page_behind_the_end_shows_the_last_one(report, chen, monkeypatch):
    monkeypatch.setattr(lists, "ROWS", 2)
    cases = [report(f"第{n}件：路灯不亮") for n in range(5)]
    page = page_of(chen, Filters.read({"page": "9"}), at=LATER)
    assert [c.pk for c in page.rows] == [cases[-1].pk]
    assert (page.first, page.last, page.total) == (5, 5, 5)
    assert page.after is None
    assert page.before.page == 2


def test_all_pages_together_are_the_list(report, chen, monkeypatch):
    monkeypatch.setattr(lists, "ROWS", 2)
    cases = {report(f"第{n}件：路灯不亮").pk for n in range(5)}
    seen = [pk for n in "123" for pk in shown(chen, page=n)]
    assert len(seen) == len(cases)
    assert set(seen) == cases


def test_filters_survive_being_written_into_an_address():
    from django.http import QueryDict

    asked = {"tab": "late", "q": "路灯 &=#", "area": "349901001001-01", "due": "soon", "page": "3"}
    filters = Filters.read(asked)
    assert Filters.read(QueryDict(filters.query()).dict()) == filters
    assert Filters().query() == ""


def test_the_price_of_a_page_does_not_grow_with_the_list(
    report, chen, as_, django_assert_max_num_queries
):
    browser = as_(chen)
    report()
    browser.get("/desk/", headers={"HX-Request": "true"})  # what is remembered is remembered now
    with django_assert_max_num_queries(30) as few:
        browser.get("/desk/", headers={"HX-Request": "true"})
    for n in range(12):
        report(f"第{n}件：路灯不亮", lng=HERE[0] + n / 10000)
    with django_assert_max_num_queries(30) as many:
        browser.get("/desk/", headers={"HX-Request": "true"})
    assert len(many) == len(few) <= 17


def test_the_figures_are_those_of_the_lists(one_of_each, chen):
    figures = figures_for(chen, at=NOON + timedelta(hours=1))
    page = page_of(chen, Filters(), at=NOON + timedelta(hours=1))
    assert figures.todo == page.counts["todo"]
    assert figures.doing == page.counts["doing"]
    assert figures.today == page.counts["all"] == len(Status) + 1  # the parent
    assert (figures.soon, figures.late) == (0, 0)


def test_today_is_compared_with_yesterday_until_the_same_hour(report, chen):
    day = timedelta(days=1)
    report(at=NOON - day - timedelta(hours=1))
    report(at=NOON - day + timedelta(hours=3))  # yesterday, but later in the day
    report(), report(), report()
    figures = figures_for(chen, at=NOON + timedelta(minutes=1))
    assert (figures.today, figures.yesterday, figures.change_text) == (3, 1, "+200%")


def test_without_a_yesterday_there_is_no_percentage(report, chen):
    report()
    assert figures_for(chen, at=LATER).change is None


def test_satisfaction_counts_this_months_ratings(stage, wang, chen):
    for stars in (5, 4, 2):
        case = stage("closed")
        ref = f"p:{wang.pk}"
        actions.rate(by=wang, case=case, reporter_ref=ref, stars=stars, text="", at=NOON)
    figures = figures_for(chen, at=LATER)
    assert (figures.rated, figures.satisfied, figures.satisfaction) == (3, 2, 66.7)
    assert figures_for(chen, at=NOON + timedelta(days=40)).satisfaction is None


def test_usual_handling_is_the_median_from_dispatch_to_handling(stage, chen):
    for hours in (1, 2, 9):
        case = stage("closed")
        Case.objects.filter(pk=case.pk).update(handled_at=NOON + timedelta(hours=hours))
    assert figures_for(chen, at=NOON + timedelta(days=1)).usual == timedelta(hours=2)


# ── long lists, a stretch at a time ───────────────────────────────────────────


@pytest.fixture
def six_days(report, monkeypatch):
    """A lamp on each of six days, told to be looked through two at a time; the newest first."""
    monkeypatch.setattr(stretches, "LOOKED_AT", 2)
    days = [report(f"第{n}件：路灯不亮", at=NOON - timedelta(days=n)) for n in range(6)]
    return [case.pk for case in days]


def walked(person, **asked):
    """The pages of a long list from stretch to stretch, as somebody walks through them."""
    pages = [page_of(person, Filters.read(asked), at=LATER)]
    while older := pages[-1].older:
        pages.append(page_of(person, older, at=LATER))
    return pages


def test_a_long_list_is_walked_through_in_stretches_and_none_is_lost(six_days, chen):
    pages = walked(chen, tab="all")
    assert [[case.pk for case in page.rows] for page in pages[:3]] == [
        six_days[:2], six_days[2:4], six_days[4:],
    ]  # fmt: skip
    assert [page.newest is not None for page in pages[:3]] == [False, True, True]


def test_oldest_first_is_walked_through_from_the_other_end(six_days, chen):
    found = [case.pk for page in walked(chen, tab="all", sort="oldest") for case in page.rows]
    assert found == six_days[::-1]


def test_cases_of_the_same_moment_are_not_lost_between_stretches(report, chen, monkeypatch):
    monkeypatch.setattr(stretches, "LOOKED_AT", 2)
    same = {report(f"第{n}件：路灯不亮").pk for n in range(5)}
    assert {case.pk for page in walked(chen, tab="all") for case in page.rows} == same


def test_a_rare_case_behind_the_first_stretch_is_found_by_going_on(six_days, chen):
    first, *others = walked(chen, tab="all", q="第5件")
    assert (first.rows, first.total, "all" in first.least) == ([], 0, True)
    assert [case.pk for page in others for case in page.rows] == [six_days[5]]


def test_a_case_number_finds_a_case_of_any_age(six_days, chen):
    number = Case.objects.get(pk=six_days[5]).number
    assert shown(chen, tab="all", q=number) == [six_days[5]]


def test_what_is_watched_is_found_at_any_age(six_days, chen):
    actions.watch(by=chen, case=Case.objects.get(pk=six_days[5]), at=NOON)
    page = page_of(chen, Filters.read({"tab": "all", "watched": "1"}), at=LATER)
    assert [case.pk for case in page.rows] == [six_days[5]]
    assert (page.counts["all"], page.older) == (1, None)


def test_open_cases_are_listed_and_counted_whatever_their_age(six_days, chen):
    page = page_of(chen, Filters(), at=LATER)
    assert {case.pk for case in page.rows} == set(six_days)
    assert (page.counts["todo"], page.older, "todo" in page.least) == (6, None, False)


def test_ended_cases_are_walked_through_by_their_end(stage, chen, monkeypatch):
    monkeypatch.setattr(stretches, "LOOKED_AT", 1)
    ended = [stage("closed", text=f"第{n}件：路灯不亮").pk for n in range(3)]
    for n, pk in enumerate(ended):
        Case.objects.filter(pk=pk).update(ended_at=NOON - timedelta(hours=n))
    assert [case.pk for page in walked(chen, tab="done") for case in page.rows] == ended


@pytest.mark.parametrize("past", ["x", "-1", "9" * 17, "9" * 18, "٣", "1e5", ""])
def test_a_nonsense_beginning_is_the_usual_one(six_days, chen, past):
    assert shown(chen, tab="all", past=past) == six_days[:2]


def test_the_page_says_how_far_it_looked_and_how_to_go_on(six_days, chen, as_):
    page = as_(chen).get("/desk/", {"tab": "all", "q": "第5件"}).content.decode()
    assert "已查到 2026-03-03 以来的事件" in page
    assert "继续往前查" in page
    assert "tab=all&amp;q=%E7%AC%AC5%E4%BB%B6&amp;past=" in page
