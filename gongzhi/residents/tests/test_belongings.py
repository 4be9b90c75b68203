"""Phones, facts, relations and tags of one person: who may, what follows, two at once, the past."""

from datetime import date

import pytest

from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood, Overtaken
from gongzhi.places.models import Collection
from gongzhi.residents import actions
from gongzhi.residents.models import Change, Fact, Relation
from gongzhi.residents.reads.history import history_of_person, own_history
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.rows import NewFact
from gongzhi.residents.tests.conftest import codes_of
from gongzhi.residents.words import RelationKind

pytestmark = pytest.mark.django_db


def past_of(resident, viewer):
    return [(b.label, b.before, b.after) for b in history_of_person(resident, viewer)]


def test_phones_come_and_go_and_stay_in_the_history_masked(people, li, collected, NOON):
    wang, _li = people
    phone = {"by": li, "resident": wang, "collected": collected, "at": NOON}
    added = actions.add_phone(number="138 0000 7788", remark="女儿", **phone)
    assert actions.add_phone(number="13800007788", **phone) == added
    assert [r.pk for r in search(li, Sought("7788")).people] == [wang.pk]
    actions.remove_phone(phone=added, **phone)
    assert search(li, Sought("7788")).people == []
    with pytest.raises(Overtaken):
        actions.remove_phone(phone=added, **phone)
    with pytest.raises(NotUnderstood):
        actions.add_phone(number="12", **phone)
    assert past_of(wang, li) == [("电话", "138****7788", ""), ("电话", "", "138****7788")]
    own = own_history(wang, masked=False)
    assert [(b.before, b.after) for b in own] == [("13800007788", ""), ("", "13800007788")]
    assert [(b.change.by, b.change.collection.source) for b in own] == [(li, "table")] * 2


def test_facts_bring_and_take_tags(people, li, collected, NOON):
    wang, _li = people
    said = {"by": li, "resident": wang, "collected": collected, "at": NOON}
    actions.set_fact(fact=NewFact("disabled", grade=1, since=date(2020, 5, 1)), **said)
    assert codes_of(wang) >= {"disabled", "severely_disabled"}
    assert wang.tags.get(code="disabled").since == date(2020, 5, 1)
    fact = actions.set_fact(fact=NewFact("disabled", grade=3), **said)
    assert "severely_disabled" not in codes_of(wang)
    actions.drop_fact(fact=fact, **said)
    assert "disabled" not in codes_of(wang)
    assert past_of(wang, li) == [
        ("持残疾人证", "3级", ""),
        ("持残疾人证", "1级 · 2020-05-01 起", "3级"),
        ("持残疾人证", "", "1级 · 2020-05-01 起"),
    ]
    with pytest.raises(Overtaken):
        actions.drop_fact(fact=fact, **said)
    with pytest.raises(NotUnderstood):
        actions.set_fact(fact=NewFact("tall"), **said)


def test_a_fact_that_somebody_changed_is_not_dropped_unseen(people, li, sun, collected, NOON):
    wang, _li = people
    said = {"resident": wang, "collected": collected, "at": NOON}
    seen = actions.set_fact(by=li, fact=NewFact("disabled", grade=3), **said)
    seen = Fact.objects.get(pk=seen.pk)
    actions.set_fact(by=sun, fact=NewFact("disabled", grade=1), **said)
    with pytest.raises(Overtaken):
        actions.drop_fact(by=li, fact=seen, **said)
    assert wang.facts.get(kind="disabled").grade == 1


def test_relations_hold_both_ways_and_are_remembered_on_both_sides(people, li, collected, NOON):
    wang, li_si = people
    related = {"by": li, "resident": wang, "collected": collected, "at": NOON}
    row = actions.relate(other=li_si, kind=RelationKind.CHILD, **related)
    actions.relate(other=li_si, kind=RelationKind.CHILD, **related)
    assert {(r.resident, r.other, r.kind) for r in Relation.objects.all()} == {
        (wang, li_si, "child"),
        (li_si, wang, "parent"),
    }
    with pytest.raises(NotUnderstood):
        actions.relate(other=wang, kind=RelationKind.CHILD, **related)
    actions.unrelate(relation=row, **related)
    assert not Relation.objects.exists()
    assert past_of(wang, li) == [("关系", "子女 李四", ""), ("关系", "", "子女 李四")]
    assert past_of(li_si, li) == [("关系", "父母 王秀英", ""), ("关系", "", "父母 王秀英")]
    with pytest.raises(Overtaken):
        actions.unrelate(relation=row, **related)


def test_who_lives_out_of_reach_is_not_named_in_the_past(people, he, li, collected, NOON, far_grid):
    wang, li_si = people
    said = {"by": he, "collected": collected, "at": NOON}
    actions.relate(resident=wang, other=li_si, kind=RelationKind.CONTACT, **said)
    actions.move(resident=li_si, seen=0, home=None, address="云岭路1号", grid=far_grid, **said)
    assert past_of(wang, li)[0] == ("关系", "", "紧急联系人 （其他辖区的人）")
    assert past_of(wang, he)[0] == ("关系", "", "紧急联系人 李四")


def test_tags_by_hand_are_in_the_past_with_their_reason(people, li, collected, NOON):
    wang, _li = people
    said = {"by": li, "resident": wang, "collected": collected, "at": NOON}
    tag = actions.put_tag(code="key_visit", note="术后恢复", until=date(2026, 5, 1), **said)
    again = actions.put_tag(code="key_visit", note="术后恢复", until=date(2026, 5, 1), **said)
    assert (again, Change.objects.count()) == (tag, 1)
    actions.remove_tag(tag=tag, **said)
    label, before, after = past_of(wang, li)[0]
    assert label.startswith("标签 ")
    assert (before, after) == ("术后恢复（2026-05-01 到期）", "")


@pytest.mark.parametrize("who", ["zhao", "shen", "guan", "wang"])
def test_only_who_keeps_the_register_there_changes_what_belongs_to_people(
    request, people, who, collected, NOON
):
    one, other = people
    said = {"by": request.getfixturevalue(who), "resident": one, "collected": collected, "at": NOON}
    with pytest.raises(NotAllowed):
        actions.add_phone(number="13800007788", **said)
    with pytest.raises(NotAllowed):
        actions.remove_phone(phone=one.phones.first(), **said)
    with pytest.raises(NotAllowed):
        actions.drop_fact(fact=one.facts.first(), **said)
    with pytest.raises(NotAllowed):
        actions.relate(other=other, kind=RelationKind.CHILD, **said)
    with pytest.raises(NotAllowed):
        actions.put_tag(code="key_visit", note="x", **said)
    assert not Change.objects.exists()


def test_nothing_is_kept_when_it_cannot_be_recorded(people, li, collected, NOON, monkeypatch):
    wang, _li = people
    before = Collection.objects.count()

    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("gongzhi.residents.actions.editing.record", broken)
    said = {"by": li, "resident": wang, "collected": collected, "at": NOON}
    with pytest.raises(OSError, match="disk full"):
        actions.remove_phone(phone=wang.phones.first(), **said)
    with pytest.raises(OSError, match="disk full"):
        actions.drop_fact(fact=wang.facts.get(), **said)
    assert (wang.phones.count(), wang.facts.count()) == (2, 1)
    assert (Change.objects.count(), Collection.objects.count()) == (0, before)
    assert not Event.objects.filter(name="residents.phone_removed").exists()
