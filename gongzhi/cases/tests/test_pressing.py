"""The clock warns before the time is over, then presses, louder each time; late stays late."""

from datetime import timedelta

import pytest

from conftest import LAMP, NOON
from gongzhi.cases import actions, chores
from gongzhi.cases.models import Supervision
from gongzhi.cases.words import PauseGround
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Event

pytestmark = pytest.mark.django_db


def look(at):
    for one in (chores.warn_one, chores.press_one):
        while one(at):
            pass


@pytest.fixture
def lamp(stage):
    """In li's hands since Wednesday noon; 2 working days: due on Friday 17:30."""
    return stage("accepted", item_code=LAMP)


def named(name):
    return Event.objects.filter(name=name).count()


def test_nothing_is_said_while_there_is_time(lamp):
    look(NOON + timedelta(hours=4))
    assert named("cases.nearly_due") == 0


def test_the_handler_is_warned_once_when_time_runs_short(lamp, told):
    told()
    look(NOON + timedelta(days=2))
    look(NOON + timedelta(days=2, minutes=1))
    assert named("cases.nearly_due") == 1
    assert told() == {("li", "cases/in_hand")}


def test_pressing_grows_louder_day_by_day(lamp, told, chen):
    for day in range(12):
        look(NOON + timedelta(days=day))
    kinds = list(Supervision.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reminder", "yellow", "red"]
    assert named("cases.overdue") == 1
    assert ("chen", "cases/supervised") in told()


def test_an_overdue_mark_stays_when_the_grade_changes(lamp, chen):
    late = NOON + timedelta(days=5)
    look(NOON + timedelta(days=2))
    look(late)
    lamp.refresh_from_db()
    marked = lamp.overdue_at
    assert marked == late
    actions.classify(by=chen, case=lamp, item=None, grade=Grade.ORDINARY, at=late)
    assert lamp.due_at > late
    assert lamp.overdue_at == marked


def test_a_paused_case_is_left_alone_and_watched_again_after(lamp, chen):
    actions.pause(by=chen, case=lamp, ground=PauseGround.WEATHER, reason="连日大雪封路。", at=NOON)
    look(NOON + timedelta(days=9))
    assert not Supervision.objects.exists()
    actions.resume(by=chen, case=lamp, at=NOON + timedelta(days=9))
    look(NOON + timedelta(days=9, minutes=5))
    assert not Supervision.objects.exists()
    look(NOON + timedelta(days=14))
    look(NOON + timedelta(days=15))
    assert Supervision.objects.exists()


def test_what_waits_for_the_checker_is_not_pressed_for(stage):
    stage("handled", item_code=LAMP)
    for day in range(12):
        look(NOON + timedelta(days=day))
    assert not Supervision.objects.exists()
