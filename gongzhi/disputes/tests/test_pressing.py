"""A step that is late: the one whose turn it is hears first, the desk above a working day later."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from conftest import NOON
from gongzhi.disputes import reads
from gongzhi.disputes.actions.pressing import press
from gongzhi.disputes.chores import press_one
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.reactions import worded
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PRESSED = ["disputes.nearly_due", "disputes.overdue", "disputes.supervised"]


def work(at: datetime) -> None:
    """As the worker does at that moment."""
    while press_one(at):
        pass
    while run_one(at=at):
        pass


def recorded() -> list[str]:
    return list(
        Event.objects.filter(name__in=PRESSED).order_by("pk").values_list("name", flat=True)
    )


def told(template: str) -> set[str]:
    rows = Message.objects.filter(template=f"disputes/{template}")
    return set(rows.values_list("to__username", flat=True))


def due_of(dispute: Dispute) -> datetime:
    return reads.clock_of(dispute, NOON).due_at


def test_the_mediator_is_warned_then_pressed_then_the_desk_above_hears(stage, he, chen):
    dispute = stage("mediating")
    due = due_of(dispute)
    work(NOON)
    assert recorded() == []
    work(due - MINUTE)
    assert recorded() == PRESSED[:1]
    assert told("nearly_due") == {dispute.mediator.username}
    work(due + MINUTE)
    assert told("late") == {dispute.mediator.username}
    work(due + timedelta(days=10))
    assert recorded() == PRESSED
    assert told("supervised")
    work(due + timedelta(days=30))
    assert recorded() == PRESSED


def test_at_the_desk_its_dispatchers_are_told(dispute, chen):
    due = due_of(dispute)
    work(due + MINUTE)
    work(due + MINUTE)
    assert "chen" in told("late_at_desk")
    assert told("late") == set()


def test_a_step_taken_in_time_is_pressed_for_no_more(stage):
    dispute = stage("sorted")
    old = dispute.press_at
    dispute = stage("mediating")
    assert dispute.press_at != old
    work(due_of(dispute) - timedelta(days=1))
    assert recorded().count("disputes.supervised") == 0


def test_an_ended_dispute_is_left_alone(stage):
    dispute = stage("archived")
    assert dispute.press_at is None
    work(NOON + timedelta(days=90))
    assert Event.objects.filter(name__in=PRESSED, subject_id=dispute.pk).count() == 0


def test_of_two_workers_one_says_it(stage):
    dispute = stage("mediating")
    seen = Dispute.objects.get(pk=dispute.pk)
    at = localtime(dispute.press_at) + MINUTE
    assert press(by=None, dispute=dispute, at=at)
    assert not press(by=None, dispute=seen, at=at)
    assert recorded().count("disputes.nearly_due") == 1


def test_a_later_due_time_by_a_changed_calendar_moves_the_pressing(stage):
    dispute = stage("mediating")
    Dispute.objects.filter(pk=dispute.pk).update(pressed=1, press_at=NOON)
    assert press_one(NOON)
    dispute.refresh_from_db()
    assert (recorded(), localtime(dispute.press_at)) == ([], due_of(dispute))


def test_nothing_is_kept_when_the_record_cannot_be_written(stage, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    dispute = stage("mediating")
    monkeypatch.setattr("gongzhi.disputes.actions.pressing.record", broken)
    with pytest.raises(OSError, match="disk full"):
        press(by=None, dispute=dispute, at=localtime(dispute.press_at) + MINUTE)
    assert Dispute.objects.get(pk=dispute.pk).pressed == 0


@pytest.mark.parametrize(
    "template", ["nearly_due", "late", "nearly_due_at_desk", "late_at_desk", "supervised"]
)
def test_each_message_says_what_to_do_and_leads_somewhere(stage, template):
    dispute = stage("mediating")
    message = Message(template=f"disputes/{template}", facts={"dispute": dispute.pk})
    sentence, page = worded(message)
    assert dispute.title in sentence
    assert str(dispute.pk) in page
    assert ("/patrol/" in page) == (template in {"nearly_due", "late"})


def test_the_file_says_that_the_system_pressed(stage):
    dispute = stage("mediating")
    work(due_of(dispute) + MINUTE)
    lines = {line.title: line.who for line in reads.history(dispute)}
    assert lines["快到时限，已提醒"] == "系统"
