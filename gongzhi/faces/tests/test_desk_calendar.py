"""The working calendar at the desk: everyone reads it, administrators change it."""

from datetime import date, time

import pytest

from gongzhi.calendars import reads
from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan
from gongzhi.calendars.words import DayKind
from gongzhi.faces.forms_desk import days_from, lines_of, spans_from
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood

LINES = """2027-01-01~2027-01-03 放假 元旦
2027-02-06 放假 春节
2027-02-07 上班 春节调休"""


def test_lines_and_days_say_the_same():
    days = days_from(LINES)
    assert days[date(2027, 1, 2)] == (DayKind.HOLIDAY, "元旦")
    assert days[date(2027, 2, 7)] == (DayKind.WORKDAY, "春节调休")
    assert lines_of([(day, kind, name) for day, (kind, name) in days.items()]) == LINES


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-01-01 休息 元旦", "第 1 行：要写成"),
        ("2027-01-01 放假", "第 1 行：要写成"),
        ("\n元旦", "第 2 行：要写成"),
        ("2027-02-30 放假 没有这一天", "第 1 行：日期不存在"),
        ("2027-01-03~2027-01-01 放假 元旦", "第 1 行：起止日期颠倒"),
        ("2027-01-01~2027-12-31 放假 全年", "超过一个月"),
        ("2027-01-01 放假 元旦\n2027-01-01 上班 调休", "第 2 行：2027-01-01 写了两次"),
        ("2027-01-01 放假 " + "长" * 60, "第 1 行：要写成"),
    ],
)
def test_a_wrong_line_is_named(text, sentence):
    with pytest.raises(NotUnderstood, match=sentence):
        days_from(text)


def test_spans_are_read_and_empty_rows_left_out():
    assert spans_from(["08:30", "", "14:00"], ["12:00", "", "17:30"]) == [
        (time(8, 30), time(12)),
        (time(14), time(17, 30)),
    ]
    with pytest.raises(NotUnderstood):
        spans_from(["08:30"], [""])
    with pytest.raises(NotUnderstood):
        spans_from(["八点半"], ["12:00"])


@pytest.mark.django_db
def test_a_dispatcher_reads_the_calendar_but_has_no_form(calendar, chen, as_):
    page = as_(chen).get("/desk/calendar/?year=2026").content.decode()
    assert "已公布" in page
    assert "2026-10-01~2026-10-07 放假 国庆节" in page
    assert "08:30 – 12:00" in page
    assert '<form method="post" action="/desk/calendar' not in page


@pytest.mark.django_db
def test_a_year_without_a_table_is_called_provisional(calendar, chen, as_):
    assert "暂定" in as_(chen).get("/desk/calendar/?year=2031").content.decode()
    assert as_(chen).get("/desk/calendar/?year=二〇二六").status_code == 200


@pytest.mark.django_db
def test_an_administrator_changes_spans_and_years(calendar, guan, as_):
    browser = as_(guan)
    fields = {"begins": ["09:00", "", ""], "ends": ["17:00", "", ""]}
    assert browser.post("/desk/calendar/spans/", fields).status_code == 302
    assert list(WorkSpan.objects.values_list("begins", "ends")) == [(time(9), time(17))]
    year = {"year": "2027", "days": LINES, "source": "国务院办公厅通知"}
    response = browser.post("/desk/calendar/year/", year)
    assert response["Location"] == "/desk/calendar/?year=2027"
    assert SpecialDay.objects.filter(day__year=2027).count() == 5
    assert PublishedYear.objects.filter(year=2027).exists()
    assert set(Event.objects.values_list("name", "by__username")) == {
        ("calendars.spans_set", "guan"),
        ("calendars.year_published", "guan"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("spans", {"begins": ["12:00"], "ends": ["08:00"]}),
        ("spans", {"begins": ["08:00", "11:00"], "ends": ["12:00", "17:00"]}),
        ("spans", {}),
        ("year", {"year": "2027", "days": "元旦放假"}),
        ("year", {"year": "2027", "days": "2028-01-01 放假 元旦"}),
    ],
)
def test_nonsense_changes_nothing(calendar, guan, as_, url, fields):
    before = list(SpecialDay.objects.values_list()), list(WorkSpan.objects.values_list())
    assert as_(guan).post(f"/desk/calendar/{url}/", fields).status_code == 422
    assert (list(SpecialDay.objects.values_list()), list(WorkSpan.objects.values_list())) == before


@pytest.mark.django_db
def test_nobody_else_changes_it_through_the_page_or_the_verb(calendar, chen, shen, as_, NOON):
    from gongzhi.calendars import actions

    for person in (chen, shen):
        assert as_(person).post("/desk/calendar/spans/", {}).status_code == 403
        with pytest.raises(NotAllowed):
            actions.set_spans(by=person, spans=[(time(9), time(17))], at=NOON)
        with pytest.raises(NotAllowed):
            actions.publish_year(by=person, year=2027, days={}, source="", at=NOON)
    assert reads.in_force() == calendar
