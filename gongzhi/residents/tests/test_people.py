"""Changing one person: who may, what is kept of before, what follows, and two at once."""

from datetime import date

import pytest

from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.places.models import Collection, Dwelling
from gongzhi.residents import actions
from gongzhi.residents.models import Change, Resident
from gongzhi.residents.reads.search import Sought, search
from gongzhi.residents.tests.conftest import WANG, codes_of
from gongzhi.residents.words import LifeState

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(collected, NOON):
    """`correct(resident, name="…")`: 孙丽, or `by`, corrects what they see now."""

    def corrected(resident, by, seen=None, **fields):
        return actions.correct(
            by=by, resident=resident, seen=resident.version if seen is None else seen,
            fields=fields, collected=collected, at=NOON,
        )  # fmt: skip

    return corrected


# ── corrections ───────────────────────────────────────────────────────────────


def test_a_correction_keeps_what_was_before_and_finds_the_new_name(people, correct, sun, li):
    wang, _li = people
    correct(wang, sun, name="王秀瑛", ethnicity="回族")
    assert [r.pk for r in search(li, Sought("秀瑛")).people] == [wang.pk]
    assert search(li, Sought("秀英")).people == []
    told = {(c.field, c.before, c.after, c.by, c.collection.source) for c in Change.objects.all()}
    assert told == {
        ("name", "王秀英", "王秀瑛", sun, "table"),
        ("ethnicity", "", "回族", sun, "table"),
    }
    event = Event.objects.get(name="residents.corrected")
    assert (event.by, event.facts) == (sun, {"fields": ["ethnicity", "name"]})
    assert "瑛" not in str(event.facts)


def test_the_history_is_sealed(people, correct, sun):
    correct(people[0], sun, name="王秀瑛")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT before, after FROM residents_change")
        assert all(text.startswith("2.") for row in cursor.fetchall() for text in row)
        cursor.execute("SELECT id_number FROM residents_resident WHERE id_number <> ''")
        assert all(row[0].startswith("2.") for row in cursor.fetchall())


def test_of_two_who_correct_the_second_is_told(people, correct, sun, li):
    wang, _li = people
    seen = wang.version
    correct(Resident.objects.get(pk=wang.pk), sun, name="王秀瑛")
    with pytest.raises(Overtaken):
        correct(wang, li, seen=seen, name="王秀颖")
    assert Resident.objects.get(pk=wang.pk).name == "王秀瑛"


def test_the_same_values_change_nothing(people, correct, sun):
    before = Collection.objects.count()
    correct(people[0], sun, name="王秀英", id_number=WANG.id_number)
    assert (Collection.objects.count(), Change.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, NotUnderstood),
        ({"id_number": "110105194912310020"}, NotUnderstood),
        ({"born": date(2100, 1, 1)}, NotUnderstood),
        ({"address": "别处"}, NotUnderstood),
        ({"gender": "x"}, NotUnderstood),
    ],
)
def test_a_faulty_correction_changes_nothing(people, correct, sun, fields, refusal):
    with pytest.raises(refusal):
        correct(people[0], sun, **fields)
    assert not Change.objects.exists()


def test_an_id_number_belongs_to_one_person(people, correct, sun):
    with pytest.raises(NotPossible, match="另一个人"):
        correct(people[1], sun, id_number=WANG.id_number)
    assert Resident.objects.get(name="李四").id_index is None


def test_a_new_birth_date_changes_the_tags(people, correct, sun):
    _wang, li_si = people
    correct(li_si, sun, born=date(1940, 1, 1))
    assert codes_of(li_si) == {"aged", "living_alone", "aged_alone"}


@pytest.mark.parametrize("who", ["zhao", "shen", "qian", "guan", "wang"])
def test_only_who_keeps_the_register_there_corrects(request, people, correct, who):
    with pytest.raises(NotAllowed):
        correct(people[0], request.getfixturevalue(who), name="王五")


@pytest.mark.parametrize(
    ("who", "sees"),
    [("li", True), ("sun", True), ("chen", True), ("he", True), ("shen", True),
     ("zhao", False), ("gu", False), ("qian", False), ("guan", False), ("wang", False)],
)  # fmt: skip
def test_who_sees_whom(request, people, who, sees):
    person = request.getfixturevalue(who)
    assert Resident.objects.visible_to(person).filter(pk=people[0].pk).exists() is sees
    assert bool(search(person, Sought("王秀英")).people) is sees
    assert bool(search(person, Sought(WANG.id_number)).people) is sees
    assert bool(search(person, Sought(WANG.phones[0])).people) is sees


# ── moves and ends ────────────────────────────────────────────────────────────


def test_who_moves_takes_tags_and_terms_along(people, sun, collected, NOON, grid_2):
    wang, _li = people
    actions.move(
        by=sun, resident=wang, seen=0, home=None, address="湖东路8号", grid=grid_2,
        collected=collected, at=NOON,
    )  # fmt: skip
    assert (wang.home, wang.grid) == (None, grid_2)
    assert codes_of(wang) == {"party_member"}
    assert set(wang.tags.values_list("place", flat=True)) == {grid_2.place}
    assert [r.pk for r in search(sun, Sought("湖东路8号")).people] == [wang.pk]
    assert search(sun, Sought("第01网格 王秀")).people == []


def test_moving_in_with_somebody_ends_living_alone_for_both(people, sun, collected, NOON):
    wang, li_si = people
    home = Dwelling.objects.get(name="501")
    actions.move(by=sun, resident=li_si, seen=0, home=home, collected=collected, at=NOON)
    assert codes_of(wang) == {"party_member"}
    events = Event.objects.filter(name="residents.moved").count()
    actions.move(by=sun, resident=li_si, seen=1, home=home, collected=collected, at=NOON)
    assert Event.objects.filter(name="residents.moved").count() == events


def test_nobody_moves_people_into_an_area_that_is_not_theirs(
    people, sun, collected, NOON, far_grid, he
):
    move = {"resident": people[0], "seen": 0, "home": None, "address": "云岭路1号", "at": NOON}
    with pytest.raises(NotAllowed):
        actions.move(by=sun, grid=far_grid, collected=collected, **move)
    actions.move(by=he, grid=far_grid, collected=collected, **move)
    assert not Resident.objects.visible_to(sun).filter(pk=people[0].pk).exists()


@pytest.mark.parametrize("state", [LifeState.MOVED_OUT, LifeState.DECEASED])
def test_who_is_gone_loses_rule_tags_and_is_found_only_when_asked_for(
    people, sun, collected, NOON, state
):
    wang, _li = people
    gone = {"by": sun, "resident": wang, "state": state, "since": NOON.date(), "at": NOON}
    actions.mark_gone(seen=0, collected=collected, **gone)
    assert codes_of(wang) == set()
    assert search(sun, Sought("秀英")).people == []
    assert search(sun, Sought("秀英", gone_too=True)).people == [wang]
    with pytest.raises(NotPossible):
        actions.mark_gone(seen=1, collected=collected, **gone)


def test_who_moved_out_comes_back_by_moving_in_but_the_dead_do_not(
    people, sun, collected, NOON, home
):
    wang, li_si = people
    for one, state in ((wang, LifeState.DECEASED), (li_si, LifeState.MOVED_OUT)):
        actions.mark_gone(
            by=sun, resident=one, seen=0, state=state, since=NOON.date(), collected=collected,
            at=NOON,
        )  # fmt: skip
    actions.move(by=sun, resident=li_si, seen=1, home=home, collected=collected, at=NOON)
    assert li_si.state == LifeState.PRESENT
    with pytest.raises(NotPossible):
        actions.move(by=sun, resident=wang, seen=1, home=home, collected=collected, at=NOON)
