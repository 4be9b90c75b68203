"""What is decided about a case from facts alone."""

import string
import unicodedata
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.calendars import rules as calendar_rules
from gongzhi.calendars.rules import Calendar
from gongzhi.cases import rules
from gongzhi.cases.words import PUBLIC_REMARKS, Nature, Party, RemarkKind, Status
from gongzhi.catalogue.words import Grade

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(((time(8, 30), time(12)), (time(14), time(17, 30))))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(
    lambda d: d.replace(tzinfo=ZONE)
)
grades = st.sampled_from([grade.value for grade in Grade])
limits = st.none() | st.tuples(st.integers(0, 60), st.sampled_from(["h", "wh", "wd", "d"]))


# ── transitions ───────────────────────────────────────────────────────────


def test_every_status_has_somebody_whose_turn_it_is():
    assert set(rules.TURN) == set(Status)
    assert set(rules.TURN.values()) == set(Party)


def test_every_verb_leads_to_statuses_that_exist():
    for verb, after in rules.LEADS_TO.items():
        assert set(after) <= set(Status), verb


def test_what_staff_write_among_themselves_stays_among_them():
    assert RemarkKind.OPINION not in PUBLIC_REMARKS
    assert RemarkKind.CHECK not in PUBLIC_REMARKS
    assert RemarkKind.RETURN not in PUBLIC_REMARKS


# ── deadlines ─────────────────────────────────────────────────────────────


@given(moments, grades, st.none() | grades, limits)
def test_no_case_is_due_before_it_was_reported(start, grade, item_grade, limit):
    due = rules.due(start, grade=grade, item_grade=item_grade, limit=limit, calendar=OFFICE)
    assert due >= start


@given(moments, grades, limits)
def test_a_graver_case_of_an_item_is_never_due_later(start, item_grade, limit):
    dues = [
        rules.due(start, grade=grade, item_grade=item_grade, limit=limit, calendar=OFFICE)
        for grade in rules.GRADE_ORDER[rules.GRADE_ORDER.index(item_grade) :]
    ]
    assert dues == sorted(dues, reverse=True)


@given(moments, grades, grades, limits.filter(lambda limit: limit is not None))
def test_at_or_below_its_usual_grade_the_items_limit_holds(start, grade, item_grade, limit):
    assume(rules.GRADE_ORDER.index(grade) <= rules.GRADE_ORDER.index(item_grade))
    due = rules.due(start, grade=grade, item_grade=item_grade, limit=limit, calendar=OFFICE)
    assert due == calendar_rules.due(start, *limit, OFFICE)


@given(st.lists(grades, min_size=1))
def test_the_gravest_of_several_grades_does_not_depend_on_their_order(several):
    def gravest(grades):
        found = grades[0]
        for grade in grades[1:]:
            found = rules.graver(found, grade)
        return found

    assert gravest(several) == gravest(several[::-1]) == max(several, key=rules.GRADE_ORDER.index)


def test_the_limit_told_to_the_reporter_is_that_of_the_last_stage():
    stages = [
        {"name": "警戒", "limit": 2, "unit": "wh"},
        {"name": "修复", "limit": "1", "unit": "wd"},
    ]
    assert rules.handling_limit(stages) == (1, "wd")
    assert rules.handling_limit([]) is None


@given(moments, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_time_left_says_how_much_in_the_unit_people_use(due_at, distance):
    over, amount, unit = rules.time_left(due_at, due_at - distance)
    assert over == (distance < timedelta())
    size = {"minutes": 60, "hours": 3600, "days": 86400}[unit]
    assert amount * size <= abs(distance).total_seconds() < (amount + 1) * size


# ── numbers ───────────────────────────────────────────────────────────────


@given(st.integers(1, 10**17), moments)
def test_a_case_is_found_by_its_number_however_many_there_are(pk, at):
    number = rules.number(pk, at)
    assert rules.pk_of(number) == pk
    assert rules.pk_of(f"  {number.lower()} ") == pk


@pytest.mark.parametrize(
    "text",
    ["", "GZ", "GZ26112", "GZ26112212345", "26 11 22 000123", "GZ261122０００１２３",
     "GZ-61122000123", "GZ²61122000123", "GZ" + "1" * 25, "GZ26112200012x", "'; drop table"],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert rules.pk_of(text) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_for_a_number_gives_a_sane_answer(text):
    pk = rules.pk_of(text)
    assert pk is None or 0 <= pk < 2**63


# ── words ─────────────────────────────────────────────────────────────────


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert rules.clean(rules.clean(text)) == rules.clean(text)


@given(st.text())
def test_a_cleaned_text_can_be_stored_and_shown(text):
    kept = rules.clean(text)
    kept.encode()
    assert "\0" not in kept
    assert kept == kept.strip()
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in kept)


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"])))
def test_letters_signs_and_emoji_are_kept_one_by_one(text):
    kept = rules.clean(text)
    lost = set(text) - set(kept)
    assert not lost or all(unicodedata.category(c) == "Cn" or c.isspace() for c in lost)


@pytest.mark.parametrize(
    "rare", ["𠮷", "\U00031350", "\U0002ebf0", "🫨", "👨‍👩‍👧", "❤️", "\ue863", "ᠮᠣᠩ"]
)
def test_rare_signs_pass(rare):
    assert rules.clean(f"a{rare}b") == f"a{rare}b"


@given(st.text(min_size=1))
def test_a_title_is_one_short_line_from_the_text(text):
    line = rules.title(rules.clean(text))
    assert len(line) <= rules.TITLE_LENGTH
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("路灯不亮。晚上看不见路", "路灯不亮"),
        ("急！！路灯不亮", "急！！路灯不亮"),
        ("第一行\n第二行", "第一行"),
        ("长" * 40, "长" * 29 + "…"),
        ("", ""),
    ],
)
def test_titles(text, title):
    assert rules.title(text) == title


@given(st.text(string.digits + " -()+", max_size=25))
def test_a_phone_number_has_five_to_fifteen_digits(text):
    digits = sum(c.isdigit() for c in text)
    if rules.is_phone(text):
        assert 5 <= digits <= 15
        assert text[0] in string.digits + "+"


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("路灯不亮", "report"),
        ("我要投诉楼下饭店油烟", "complaint"),
        ("咨询：投诉电话是多少", "complaint"),  # never anything milder than what may be meant
        ("咨询居住证怎么办理", "inquiry"),
        ("建议在路口装减速带", "suggestion"),
        ("表扬保洁员，打扫得很干净", "praise"),
        ("求助，老人走失了", "help"),
        ("路灯坏了好几天，没人修，再不修我就去投诉", "report"),  # a threat is not yet a complaint
    ],
)
def test_what_a_report_asks_for_is_read_from_how_it_begins(text, nature):
    assert rules.nature_of(text) == nature


def test_every_sign_of_a_nature_names_one_that_is_stored():
    assert {key for key, _signs in rules.NATURE_SIGNS} < set(Nature.values)
    assert rules.nature("诉求类型：投诉举报") == "complaint"
    assert rules.nature("报修") == ""
