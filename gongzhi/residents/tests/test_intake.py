"""Taking people in: once is enough, all or nothing, and found again at once."""

from dataclasses import replace
from datetime import date

import pytest

from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, Overtaken
from gongzhi.places.models import Collection
from gongzhi.residents import actions
from gongzhi.residents.models import Change, Phone, Resident
from gongzhi.residents.reads.history import own_history
from gongzhi.residents.reads.plans import Weighed, plan_people
from gongzhi.residents.reads.search import Sought, count, every, search
from gongzhi.residents.rows import BrokenRows, NewFact
from gongzhi.residents.tests.conftest import LI, WANG
from gongzhi.residents.words import Outcome

pytestmark = pytest.mark.django_db


def test_people_are_taken_in_with_all_that_belongs_to_them(take):
    plans = take(WANG, LI)
    assert [p.outcome for p in plans] == [Outcome.NEW, Outcome.NEW]
    wang = Resident.objects.get(name="王秀英")
    assert (wang.gender, wang.born.isoformat()) == ("female", "1949-12-31")
    assert [p.number for p in wang.phones.all()] == ["13812346021", "055162345678"]
    assert wang.home.name == "501"
    assert wang.household.number == "H001"
    assert wang.facts.get().kind == "party_member"
    assert wang.collection.source_ref == "人员.xlsx"
    assert Event.objects.get(name="residents.people_taken_in").facts == {"new": 2, "changed": 0}


def test_the_same_rows_once_more_change_nothing(take):
    take(WANG, LI)
    assert [p.outcome for p in take(WANG, LI)] == [Outcome.SAME, Outcome.SAME]
    assert Resident.objects.count() == 2
    assert Collection.objects.count() == 2
    assert not Change.objects.exists()


def test_a_changed_field_keeps_its_former_value_sealed(take):
    take(WANG, LI)
    plans = take(replace(WANG, address=LI.address), replace(LI, id_number="340101199003078817"))
    assert [p.outcome for p in plans] == [Outcome.CHANGED, Outcome.CHANGED]
    kept = {(c.field, c.before, c.after) for c in Change.objects.filter(subject="resident")}
    assert ("address", WANG.address, LI.address) in kept
    assert ("id_number", "", "340101199003078817") in kept
    assert Resident.objects.count() == 2


def test_new_phones_and_facts_of_known_people_are_in_their_past(take):
    take(replace(WANG, facts=(NewFact("disabled", 2, date(2020, 5, 1)),)))
    more = (NewFact("disabled", until=date(2030, 1, 1)), NewFact("veteran"))
    take(replace(WANG, phones=("13700001111", *WANG.phones), facts=more))
    wang = Resident.objects.get()
    fact = wang.facts.get(kind="disabled")  # what a row leaves empty stays as it was
    assert (fact.grade, fact.since, fact.until) == (2, date(2020, 5, 1), date(2030, 1, 1))
    assert [p.number for p in wang.phones.all()][-1] == "13700001111"
    told = {(b.label, b.before, b.after) for b in own_history(wang, masked=True)}
    assert told == {
        ("电话", "", "137****1111"),
        ("持残疾人证", "2级 · 2020-05-01 起", "2级 · 2020-05-01 起 · 2030-01-01 止"),
        ("退役军人", "", "已登记"),
    }


def test_of_two_who_change_somebody_the_second_file_is_turned_away(take, sun, NOON):
    take(WANG)
    rows = [replace(WANG, ethnicity="回族")]
    weighed = Weighed.begin()
    weighed.plans += plan_people(by=sun, rows=rows, at=NOON)
    Resident.objects.update(version=7)  # as by somebody who left no trace before this looked
    with pytest.raises(Overtaken):
        take(*rows, weighed=weighed)
    assert Resident.objects.get().ethnicity == ""
    assert not Change.objects.exists()


def test_rows_made_ready_beforehand_are_those_written_at_once(take, sun, NOON):
    weighed = Weighed.begin()
    weighed.plans += plan_people(by=sun, rows=[WANG, LI], at=NOON)
    actions.make_ready(weighed)
    assert not Resident.objects.exists()
    take(WANG, LI, weighed=weighed)
    assert Resident.objects.get(name="王秀英").id_number == WANG.id_number
    assert [r.name for r in search(sun, Sought("6021 3栋")).people] == ["王秀英"]
    assert [p.number for p in Phone.objects.order_by("pk")] == [
        "13812346021", "055162345678", "13912340000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"id_number": "110105194912310021"}, "校验码"),
        ({"address": "没有的地方1栋"}, "标准地址库里没有"),
        ({"phones": ("12",)}, "位数不对"),
        ({"role": "king"}, "可选"),
    ],
)
def test_a_row_with_a_fault_keeps_everything_out(take, change, says):
    with pytest.raises(BrokenRows) as refused:
        take(LI, replace(WANG, **change))
    assert [p.sentence for p in refused.value.faults[1] if says in p.sentence]
    assert not Resident.objects.exists()


def test_one_person_twice_in_a_list_is_a_fault(take):
    with pytest.raises(BrokenRows, match="第1行是同一个人"):
        take(WANG, replace(WANG, name="王秀莹"))


def test_nobody_is_taken_in_outside_ones_area(take, zhao, somebody, far_community):
    with pytest.raises(NotAllowed):
        take(WANG, by=zhao)
    far = somebody("far", "community_worker", far_community)
    with pytest.raises(BrokenRows, match="不在您的辖区"):
        take(WANG, by=far)


@pytest.mark.parametrize(
    "line",
    ["王", "秀英", "王秀英", "wxy", "xy", "6021", "5678", "002x", "31002X", "湖花园", "3栋",
     "湖花园3号楼",
     "3-2-501", "园3栋501", "王 6021",
     "望湖花园3幢2单元0501室 秀英", "13812346021",
     "11010519491231002x", "第01网格 王", "349901001001-01 王"],
)  # fmt: skip
def test_somebody_is_found_by_any_piece(take, sun, li, zhao, line):
    take(WANG, LI)
    for person in (sun, li):
        assert "王秀英" in [r.name for r in search(person, Sought(line)).people], person
    assert search(zhao, Sought(line)).people == []


@pytest.mark.parametrize(
    "line", ["英秀", "王英", "湖园", "4栋", "9999", "yxw", "王 9999", "李 6021"]
)
def test_what_is_not_there_is_not_found(take, sun, line):
    take(WANG, LI)
    assert search(sun, Sought(line)).people == []


def test_pages_of_a_word_hold_everybody_once(take, sun, monkeypatch):
    """Also where rows are sorted block by block (PostgreSQL), and a page lies in two blocks."""
    monkeypatch.setattr("gongzhi.residents.finding.BLOCK", 3)
    names = [f"李{char}" for char in "甲乙丙丁戊己庚"]
    take(*(replace(LI, name=name, phones=(f"1390000000{n}",)) for n, name in enumerate(names)))
    sought, pages = Sought("李"), []
    for page in (1, 2, 3, 4):
        found = search(sun, sought, page=page, size=2)
        assert found.has_more is (page < 4)
        pages += [r.name for r in found.people]
    assert pages == names
    assert (count(sun, sought), count(sun, sought, most=4)) == (7, 4)
    assert list(every(sun, sought)) == sorted(every(sun, sought))
