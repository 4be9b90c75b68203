"""The page of numbers: for whom, of what, as page, CSV and XLSX."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.utils.timezone import localdate, now
from openpyxl import load_workbook

from conftest import RUBBISH
from gongzhi.access.models import Unit

pytestmark = pytest.mark.django_db
URL = "/desk/numbers/"


@pytest.fixture
def lately(lived, counted):
    """Three cases of this week, whenever the test runs."""
    at = now() - timedelta(days=2)
    cases = [lived(at), lived(at, "reported"), lived(at, "declined")]
    counted(now())
    return cases


def text(answer):
    return answer.content.decode()


def test_leaders_dispatchers_and_auditors_see_their_areas_numbers(lately, as_, qian, chen, shen):
    for person, area in ((qian, "望湖区"), (chen, "滨河街道"), (shen, "望湖区")):
        page = as_(person).get(URL)
        assert page.status_code == 200
        assert f'<span class="crumb mono">{area}' in text(page)
        assert "50.0%" in text(page)  # one closed of two that were not declined
        assert "3.0 小时" in text(page) or "180" in text(page)


def test_others_are_told_it_is_not_theirs(world, as_, wang, li, guan, wu):
    for person in (wang, li, guan, wu):
        assert as_(person).get(URL).status_code == 403


def test_a_community_of_others_cannot_be_asked_for(lately, as_, chen, other_township):
    page = as_(chen).get(URL, {"area": other_township.code})
    assert page.status_code == 422
    assert "不在您的范围里" in text(page)


@pytest.mark.parametrize(
    "bad",
    [
        {"from": "2026-02-30"},
        {"from": "yesterday"},
        {"from": "2026-03-05", "to": "2026-03-04"},
        {"from": "0001-01-01"},
        {"to": "2026-03-04", "from": ""},
        {"unit": "1; DROP TABLE"},
        {"unit": "9" * 30},
        {"by": "person"},
        {"area": "' OR 1=1 --"},
    ],
)
def test_bad_questions_are_answered_in_words_and_with_the_usual_days(lately, as_, qian, bad):
    page = as_(qian).get(URL, bad)
    assert page.status_code == 422
    assert 'role="alert"' in text(page)
    assert "近30天" in text(page)


def test_a_quote_in_a_class_finds_nothing_and_breaks_nothing(lately, as_, qian):
    page = as_(qian).get(URL, {"class": "'--"})
    assert page.status_code == 200
    assert "没有符合条件的事件" in text(page)


@pytest.mark.parametrize("by", ["area", "class", "item", "unit", "month"])
def test_every_way_of_adding_up_adds_up_to_the_same(lately, as_, qian, by):
    answer = as_(qian).get(URL, {"by": by, "format": "csv"})
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert sum(int(row[1]) for row in rows[1:]) == 3
    assert sum(int(row[3]) for row in rows[1:]) == 1
    assert "filename" in answer["Content-Disposition"]


def test_where_nobody_rated_there_is_no_rate_rather_than_none_satisfied(lately, as_, qian):
    answer = as_(qian).get(URL, {"by": "month", "format": "csv"})
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    at = head.index("满意率（%）")
    assert {row[at] for row in rows} == {"—"}
    book = as_(qian).get(URL, {"by": "month", "format": "xlsx"})
    cells = list(load_workbook(BytesIO(book.content)).active.values)
    assert cells[-1][at] == "—"
    assert "<dt>满意率</dt><dd>—</dd>" in text(as_(qian).get(URL))


def test_the_xlsx_has_numbers_as_numbers_and_no_formula(lately, as_, qian, district, lighting):
    Unit.objects.filter(pk=lighting.pk).update(name="=HYPERLINK(1)")
    from gongzhi.cases.models import Case

    Case.objects.filter(pk=lately[1].pk).update(unit=lighting)
    from gongzhi.insight.reactions import catch_up, touch_days

    touch_days([localdate(now() - timedelta(days=2)), localdate()])
    catch_up(now())
    answer = as_(qian).get(URL, {"by": "unit", "format": "xlsx"})
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    head = next(n for n, row in enumerate(rows) if row[:2] == ("承办单位", "上报"))
    assert "钱红" in str(rows[:head])  # who took it out
    assert sum(row[1] for row in rows[head + 1 :]) == 3
    named = [row[0] for row in rows[head + 1 :]]
    assert len([name for name in named if "HYPERLINK(1)" in name]) == 1


def test_lines_lead_deeper_and_keep_the_days(lately, as_, qian, township):
    page = text(as_(qian).get(URL))
    assert f"area={township.code}" in page
    classes = text(as_(qian).get(URL, {"by": "class"}))
    assert "class=01" in classes
    assert "by=item" in classes
    items = text(as_(qian).get(URL, {"by": "item"}))
    assert "暴露垃圾" in items


def test_repeats_are_shown_with_place_and_matter(lived, counted, as_, qian):
    for days in range(3):
        lived(now() - timedelta(days=days), "reported", item_code=RUBBISH)
    counted(now())
    page = text(as_(qian).get(URL))
    assert "反复出现" in page
    assert "第01网格" in page


def test_before_anything_was_counted_the_page_says_so(world, report, as_, qian):
    report(at=now())
    page = as_(qian).get(URL)
    assert page.status_code == 200
    assert "没有符合条件的事件" in text(page)


def test_the_page_costs_the_same_whatever_there_is_to_count(
    lately, as_, qian, django_assert_max_num_queries
):
    browser = as_(qian)
    browser.get(URL)
    with django_assert_max_num_queries(26):
        browser.get(URL)


def test_the_menu_leads_there(lately, as_, qian, chen):
    assert 'href="/desk/numbers/"' in text(as_(chen).get("/desk/messages/"))
    assert 'aria-current="page"' in text(as_(qian).get(URL))
