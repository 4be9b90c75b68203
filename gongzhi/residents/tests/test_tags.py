"""Tags by rules: one person in Python and everybody in SQL decide alike; differences only."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.journal.models import Event
from gongzhi.residents.actions.tagging import Difference, retag, retag_everybody
from gongzhi.residents.models import Fact, Resident, Tag, TagException
from gongzhi.residents.reads import tags
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.rows import NewFact
from gongzhi.residents.rules import tags as rules
from gongzhi.residents.rules.tags import Rule, TagKind
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.residents.words import FactKind

BORN = st.one_of(
    st.none(),
    st.dates(date(1930, 1, 1), date(2026, 3, 3)),
    st.sampled_from(
        [date(1944, 2, 29), date(1946, 3, 4), date(1946, 3, 5), date(1966, 3, 4), date(2008, 2, 29)]
    ),
)
FACT = st.tuples(
    st.sampled_from(["disabled", "orphan", "low_income", "destitute", "veteran", "left_behind"]),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.dates(date(2015, 1, 1), date(2027, 1, 1))),
    st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2028, 1, 1))),
)
PERSON = st.tuples(
    BORN,
    st.sampled_from([None, "501", "502"]),
    st.sampled_from(["present", "present", "present", "moved_out", "deceased"]),
    st.lists(FACT, max_size=3, unique_by=lambda fact: fact[0]),
)
DAY = st.sampled_from([date(2026, 3, 4), date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)])


def at(day):
    return datetime.combine(day, datetime.min.time(), ZoneInfo("Asia/Shanghai"))


# ── pure ──────────────────────────────────────────────────────────────────────


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 100))
def test_the_birthday_is_the_first_day_of_the_new_age(born, years):
    day = rules.birthday(born, years)
    assert rules.age_on(born, day) == years
    assert years == 0 or rules.age_on(born, day - timedelta(days=1)) == years - 1


@given(BORN.filter(bool), st.dates(date(2026, 3, 4), date(2040, 1, 1)), st.integers(0, 100))
def test_the_cut_off_divides_exactly_by_age(born, today, years):
    assert (born <= rules.born_by(today, years)) is (rules.age_on(born, today) >= years)


def test_the_configured_tags_are_sound():
    found = tags.kinds()
    assert sum(kind.rule is not None for kind in found.values()) >= 9
    assert sum(kind.key for kind in found.values()) >= 9
    said = [s for kind in found.values() for s in (kind.name, *kind.says)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "tags"),
        ({"tags": [{"code": "a"}]}, "name"),
        ({"tags": [{"code": "a b", "name": "x"}]}, "code"),
        ({"tags": [{"code": "a", "name": "x", "rule": {"age_from": 80}}]}, "why"),
        ({"tags": [{"code": "a", "name": "x", "why": "w", "rule": {"height": 8}}]}, "规则只能用"),
        ({"tags": [{"code": "a", "name": "x", "why": "w", "rule": {"age_from": "8"}}]}, "整数"),
        ({"tags": [{"code": "a", "name": "x", "why": "w", "rule": {"facts": ["x"]}}]}, "facts"),
        ({"tags": [{"code": "a", "name": "x", "why": "w", "rule": {"grade_to": 2}}]}, "grade_to"),
        ({"tags": [{"code": "a", "name": "x"}, {"code": "a", "name": "y"}]}, "重复"),
        ({"tags": [{"code": "a", "name": "x", "colour": "red"}]}, "不认识"),
    ],
)
def test_a_faulty_file_is_told_its_fault(content, says):
    assert any(says in fault for fault in rules.read(content, facts=FactKind.values).faults)


# ── both ways ─────────────────────────────────────────────────────────────────


def decided_in_python(today):
    wanted = set()
    for resident in Resident.objects.filter(state="present"):
        for kind in tags.kinds().values():
            if kind.rule and (held := rules.held(kind.rule, tags.someone(resident), today)):
                wanted.add((resident.pk, kind.code, held.basis, held.since or today))
    return wanted


def on_record():
    return set(Tag.objects.values_list("resident", "code", "basis", "since"))


@pytest.mark.django_db
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PERSON, max_size=6), DAY)
def test_sql_and_python_decide_alike_for_all_and_for_some(home, NOON, people, day):
    Tag.objects.all().delete()
    Resident.objects.all().delete()
    homes = {home.name: home, "501": type(home).objects.get(name="501")}
    made = []
    for born, door, state, facts in people:
        person = Resident.objects.create(
            name="某", born=born, home=homes.get(door), state=state,
            grid=home.grid, collection=home.collection,
        )  # fmt: skip
        made.append(person)
        for kind, grade, since, until in facts:
            Fact.objects.create(
                resident=person, kind=kind, grade=grade, since=since, until=until,
                collection=home.collection,
            )  # fmt: skip
    half = made[: len(made) // 2]
    retag([p.pk for p in half], at=at(day))
    wanted = decided_in_python(day)
    touched = {p.pk for p in half}
    assert {row for row in wanted if row[0] in touched} <= on_record() <= wanted
    retag_everybody(by=None, at=at(day))
    assert on_record() == wanted
    assert retag_everybody(by=None, at=at(day)) == Difference()
    assert retag([p.pk for p in made], at=at(day)) == Difference()


@given(
    st.builds(
        Rule,
        age_from=st.one_of(st.none(), st.integers(0, 99)),
        age_below=st.one_of(st.none(), st.integers(0, 99)),
        home_count=st.one_of(st.none(), st.integers(1, 3)),
        facts=st.lists(st.sampled_from(["disabled", "orphan"]), max_size=2).map(tuple),
    ),
    st.booleans(),
)
def test_every_rule_has_as_many_values_as_places_for_them(rule, touched):
    for dialect in (rules.SQLITE, rules.POSTGRESQL):
        text, values = rules.sql_of(
            TagKind("t", "t", rule=rule), date(2026, 3, 4), dialect, touched=touched
        )
        assert text.count("%s") == len(values)


# ── as things happen ──────────────────────────────────────────────────────────


@pytest.fixture
def old_wang(take):
    """王秀英, 76, alone in 501, a party member."""
    take(WANG, LI)
    return Resident.objects.get(name="王秀英")


def codes_of(resident):
    return set(resident.tags.values_list("code", flat=True))


@pytest.mark.django_db
def test_taking_in_puts_tags_that_say_why_and_since_when(old_wang, NOON):
    assert codes_of(old_wang) == {"living_alone", "party_member"}
    alone = old_wang.tags.get(code="living_alone")
    assert (
        tags.reason_of(alone, today=NOON.date())
        == "1949年12月31日出生，已满60周岁，现住址只登记1人"
    )
    assert (alone.since, alone.place) == (NOON.date(), old_wang.grid_id)


@pytest.mark.django_db
def test_whoever_moves_in_or_out_changes_the_tags_of_those_who_stay(old_wang, take):
    take(replace(LI, address=WANG.address))
    assert codes_of(old_wang) == {"party_member"}
    take(replace(LI, address="望湖花园3栋2单元502室"))
    assert codes_of(old_wang) == {"party_member", "living_alone"}


@pytest.mark.django_db
def test_age_comes_with_time_and_since_is_the_birthday(old_wang):
    day = date(2029, 12, 31)
    assert retag_everybody(by=None, at=at(day - timedelta(days=1))).added == 0
    assert retag_everybody(by=None, at=at(day)).added == 2  # aged, and aged and alone
    assert old_wang.tags.get(code="aged").since == day
    assert Event.objects.filter(name="residents.tags_recomputed").count() == 2


@pytest.mark.django_db
def test_manual_tags_stay_until_they_expire_and_exceptions_hold(old_wang, NOON, sun):
    put = {"resident": old_wang, "origin": "manual", "since": NOON.date(), "place": 1}
    Tag.objects.create(code="key_visit", until=NOON.date(), **put)
    TagException.objects.create(resident=old_wang, code="living_alone", by=sun, at=NOON)
    retag([old_wang.pk], at=NOON)
    assert codes_of(old_wang) == {"party_member", "key_visit"}
    assert old_wang.tags.get(code="key_visit").place == old_wang.grid_id
    retag_everybody(by=None, at=NOON + timedelta(days=1))
    assert codes_of(old_wang) == {"party_member"}


@pytest.mark.django_db
def test_a_tag_finds_people_alone_and_beside_words(old_wang, take, sun, zhao):
    take(replace(LI, facts=(NewFact("party_member"),)))
    for line in ("党员", "#党员", "党员 秀英", "第01网格 独居", "独居 党员 wxy", "党员 6021 3栋"):
        assert "王秀英" in [r.name for r in search(sun, Sought(line)).people], line
        assert search(zhao, Sought(line)).people == []
    assert [r.name for r in search(sun, Sought("党员 李")).people] == ["李四"]
    assert search(sun, Sought("残疾 王")).people == []
    assert tags.counts(sun) == {"living_alone": 1, "party_member": 2}


@pytest.mark.django_db
def test_retagging_some_costs_the_same_number_of_queries_for_one_and_for_many(old_wang, NOON):
    everybody = list(Resident.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as one:
        retag([old_wang.pk], at=NOON)
    with CaptureQueriesContext(connection) as all_of_them:
        retag(everybody, at=NOON)
    assert len(one) == len(all_of_them) <= 40
