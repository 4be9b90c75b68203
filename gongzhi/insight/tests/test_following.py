"""Cells follow what happens, whoever counts, however often, and however late."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.insight import reactions
from gongzhi.insight.models import DayCell, Follower, Month, TouchedDay
from gongzhi.insight.reactions import catch_up, follow, recount
from gongzhi.journal.chores import CHORES
from gongzhi.journal.models import Event
from tests.settled import wait_until_settled

pytestmark = pytest.mark.django_db


def sums(**wanted):
    names = ["reported", "declined", "closed", "handled", "late", "minutes", "ended"]
    return DayCell.objects.filter(**wanted).aggregate(**{name: Sum(name) for name in names})


def test_cells_say_what_the_cases_say(some):
    catch_up(NOON)
    assert sums() == {
        "reported": 6, "declined": 1, "closed": 3, "handled": 4, "late": 1,
        "minutes": (3 + 93 + 1 + 2) * 60, "ended": 3,
    }  # fmt: skip
    assert sums(day=NOON.date())["reported"] == 2
    assert DayCell.objects.filter(unit__gt=0).get().item_class == "02"
    assert not TouchedDay.objects.exists()


def test_grids_are_counted_in_their_community(some, community):
    catch_up(NOON)
    assert set(DayCell.objects.values_list("area", flat=True)) == {community.pk}


def test_doing_it_all_again_changes_nothing(some):
    catch_up(NOON)
    before = sorted(DayCell.objects.values_list("day", "area", "item_class", "unit", "reported"))
    Follower.objects.update(xact=0, event=0)
    catch_up(NOON)
    again = sorted(DayCell.objects.values_list("day", "area", "item_class", "unit", "reported"))
    assert again == before


@pytest.mark.django_db(transaction=True)  # PostgreSQL settles what is committed only
def test_a_late_step_moves_the_day_it_was_reported_on_and_touches_its_month(some, he):
    catch_up(NOON)
    Month.objects.update(written_touch=99)
    case = some[2]
    actions.approve(by=he, case=case, at=NOON + timedelta(days=30))
    actions.close(by=he, case=case, at=NOON + timedelta(days=30))
    wait_until_settled()
    assert follow(NOON) is False
    touched = set(TouchedDay.objects.values_list("day", flat=True))
    assert touched == {(NOON - timedelta(days=1)).date(), (NOON + timedelta(days=30)).date()}
    recount(NOON)
    assert sums()["closed"] == 4
    assert sums(day=(NOON + timedelta(days=30)).date()) | {"ended": 1} == sums(
        day=(NOON + timedelta(days=30)).date()
    )


@pytest.mark.django_db(transaction=True)  # PostgreSQL settles what is committed only
def test_a_case_that_changes_its_class_leaves_its_old_cell(some, he, item):
    catch_up(NOON)
    case = Case.objects.get(pk=some[5].pk)
    from conftest import MANHOLE
    from gongzhi.catalogue.words import Grade

    actions.classify(by=he, case=case, item=item(MANHOLE), grade=Grade.SERIOUS, at=NOON)
    wait_until_settled()
    catch_up(NOON)
    assert sums()["reported"] == 6
    assert DayCell.objects.filter(day=NOON.date(), item_class="02").get().reported == 1
    assert DayCell.objects.filter(day=NOON.date(), item_class="01").get().reported == 1


@pytest.mark.django_db(transaction=True)  # PostgreSQL settles what is committed only
def test_what_happens_while_a_day_is_counted_is_counted_next_time(some, lived, monkeypatch):
    catch_up(NOON)
    lived(NOON, "reported")
    wait_until_settled()
    follow(NOON)
    counted = reactions.count_day

    def slow(day, counted_in):
        cells = counted(day, counted_in)
        TouchedDay.objects.filter(day=day).update(touch=99)  # another worker followed meanwhile
        return cells

    monkeypatch.setattr(reactions, "count_day", slow)
    recount(NOON)
    assert TouchedDay.objects.filter(day=NOON.date()).exists()


def test_a_day_claimed_by_a_worker_that_died_is_counted_later(some):
    catch_up(NOON)
    reactions.touch_days([NOON.date()])
    TouchedDay.objects.update(claimed_until=NOON + reactions.CLAIM)
    recount(NOON)
    assert TouchedDay.objects.exists()
    recount(NOON + reactions.CLAIM)
    assert not TouchedDay.objects.exists()


def test_a_journal_from_elsewhere_is_counted_from_the_beginning(some):
    catch_up(NOON)
    DayCell.objects.all().delete()
    Follower.objects.update(xact=2**60, event=2**60)
    catch_up(NOON)
    assert sums()["reported"] == 6
    assert Follower.objects.get().event <= Event.objects.latest("pk").pk


def test_an_installation_without_cases_has_nothing_to_count():
    catch_up(NOON)
    assert not DayCell.objects.exists()


def test_the_worker_does_it_by_itself():
    assert {"insight.follow", "insight.recount", "insight.write_months"} <= set(CHORES)


def test_years_touched_at_once_do_not_keep_errands_waiting(some):
    catch_up(NOON)
    reactions.touch_days(NOON.date() - timedelta(days=n) for n in range(25))
    assert CHORES["insight.recount"].look(NOON) is False
    assert TouchedDay.objects.count() == 25 - reactions.DAYS_AT_ONCE
    assert not TouchedDay.objects.filter(day=NOON.date()).exists()  # the newest first


def test_reports_carry_no_errand_more_for_figures(report):
    case = report()
    event = Event.objects.get(kind="case", subject_id=case.pk)
    assert not [e for e in event.errands.all() if e.reaction.startswith("insight")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_count_the_same(some):
    failed = []

    def work():
        with closing(connection):
            try:
                catch_up(NOON)
            except Exception as error:
                failed.append(error)

    workers = [threading.Thread(target=work) for _n in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    catch_up(NOON + reactions.CLAIM)
    assert not failed
    assert sums()["reported"] == 6
