"""Deciding what a case is, how grave it is and where it lies."""

from datetime import datetime, timedelta

import pytest

from conftest import GAS, LAMP, NOON, RUBBISH
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def unclear(report, wang):
    return report("这件事麻烦你们来看看吧", by=wang)


def test_the_deadline_follows_the_item_counted_from_the_report(unclear, chen, item):
    later = NOON + timedelta(hours=5)
    actions.classify(by=chen, case=unclear, item=item(RUBBISH), grade=Grade.ORDINARY, at=later)
    # 4 working hours from Wednesday 12:00: 14:00–17:30 and half an hour on Thursday
    assert unclear.due_at == datetime(2026, 3, 5, 9, 0, tzinfo=NOON.tzinfo)
    assert (unclear.item, unclear.version) == (item(RUBBISH), 2)


def test_what_it_was_before_stays_on_record_with_its_old_deadline(unclear, chen, item):
    was_due = unclear.due_at
    actions.classify(by=chen, case=unclear, item=item(GAS), grade=Grade.URGENT, at=NOON)
    facts = Event.objects.get(name="cases.classified").facts
    assert facts["before"] == {"item": None, "grade": "ordinary", "due_at": was_due.isoformat()}
    assert (facts["item"], facts["grade"]) == (GAS, "urgent")


def test_a_raised_grade_brings_the_stricter_deadline(report, wang, chen, item):
    case = report("路灯坏了", by=wang)
    actions.classify(by=chen, case=case, item=item(LAMP), grade=Grade.URGENT, at=NOON)
    assert case.due_at == NOON + timedelta(hours=2)


def test_deciding_the_same_again_changes_and_records_nothing(report, wang, chen, item):
    case = report("路灯坏了", by=wang)
    actions.classify(by=chen, case=case, item=item(LAMP), grade=Grade.ORDINARY, at=NOON)
    assert case.version == 1
    assert not Event.objects.filter(name="cases.classified").exists()


def test_an_item_can_be_taken_away_again(report, wang, chen):
    case = report("路灯坏了", by=wang)
    actions.classify(by=chen, case=case, item=None, grade=Grade.ORDINARY, at=NOON)
    assert case.item is None
    assert case.due_at == datetime(2026, 3, 11, 17, 30, tzinfo=NOON.tzinfo)


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "gu", "wu", "qian", "shen", "guan"])
def test_only_desks_above_may_classify(request, unclear, item, who):
    with pytest.raises(NotAllowed):
        actions.classify(
            by=request.getfixturevalue(who),
            case=unclear,
            item=item(LAMP),
            grade=Grade.ORDINARY,
            at=NOON,
        )


@pytest.mark.parametrize("status", ["closed", "declined"])
def test_an_ended_case_keeps_its_class_and_place(stage, chen, item, grid_2, status):
    case = stage(status)
    with pytest.raises(NotPossible, match="已结束"):
        actions.classify(by=chen, case=case, item=item(GAS), grade=Grade.URGENT, at=NOON)
    with pytest.raises(NotPossible, match="已结束"):
        actions.place(by=chen, case=case, area=grid_2, at=NOON)


def test_of_two_who_decide_the_second_is_told(unclear, chen, he, item):
    seen_by_he = Case.objects.get(pk=unclear.pk)
    actions.classify(by=chen, case=unclear, item=item(LAMP), grade=Grade.ORDINARY, at=NOON)
    with pytest.raises(Overtaken):
        actions.classify(by=he, case=seen_by_he, item=item(GAS), grade=Grade.URGENT, at=NOON)
    fresh = Case.objects.get(pk=unclear.pk)
    with pytest.raises(Overtaken):
        actions.classify(by=he, case=fresh, item=item(GAS), grade=Grade.URGENT, at=NOON, seen=1)
    assert Case.objects.get().item == item(LAMP)


# ── place ─────────────────────────────────────────────────────────────────


@pytest.fixture
def unplaced(report, wang):
    return report(by=wang, lng=None, lat=None, address="望湖花园3栋")


def test_a_case_without_a_position_is_put_into_its_grid(unplaced, he, grid_2, world):
    actions.place(by=he, case=unplaced, area=grid_2, at=NOON)
    assert (unplaced.area, unplaced.version) == (grid_2, 2)
    event = Event.objects.get(name="cases.placed")
    assert event.area_path == grid_2.path
    assert event.facts == {"before": world.code, "area": grid_2.code}


def test_putting_it_where_it_is_changes_nothing(report, wang, chen, grid_1):
    case = report(by=wang)
    actions.place(by=chen, case=case, area=grid_1, at=NOON)
    assert case.version == 1
    assert not Event.objects.filter(name="cases.placed").exists()


def test_a_sub_district_cannot_push_its_case_onto_another_nor_take_the_districts(
    report, wang, unplaced, chen, far_grid, grid_1
):
    with pytest.raises(NotAllowed):
        actions.place(by=chen, case=report(by=wang), area=far_grid, at=NOON)
    with pytest.raises(NotAllowed):
        actions.place(by=chen, case=unplaced, area=grid_1, at=NOON)


def test_of_two_who_place_the_second_is_told(unplaced, he, grid_1, grid_2):
    other = Case.objects.get(pk=unplaced.pk)
    actions.place(by=he, case=unplaced, area=grid_1, at=NOON)
    with pytest.raises(Overtaken):
        actions.place(by=he, case=other, area=grid_2, at=NOON)
    with pytest.raises(Overtaken):
        actions.place(by=he, case=Case.objects.get(), area=grid_2, at=NOON, seen=1)
