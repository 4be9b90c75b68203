"""An answer is owed once per event, sent until taken, never lost while the other side is down."""

from datetime import timedelta

import pytest

from gongzhi.cases import actions as cases
from gongzhi.cases.words import DeclineGround
from gongzhi.doors import answers
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.words import Delivery, Door, Told
from gongzhi.journal.record import run_one

pytestmark = pytest.mark.django_db


class OtherSide:
    """A partner that can be down, and remembers what it took."""

    def __init__(self):
        self.down = False
        self.took = []

    def take(self, answer):
        if self.down:
            raise ConnectionError("connection refused")
        self.took.append((answer.entry.external_id, answer.told))


@pytest.fixture
def other_side(monkeypatch):
    other = OtherSide()
    wants = frozenset({Told.ACCEPTED, Told.DECLINED})
    monkeypatch.setitem(answers.BACK, Door.HOTLINE, answers.Back(wants, other.take))
    return other


@pytest.fixture
def order(world, report, NOON):
    case = report(text="路灯不亮")
    return Entry.objects.create(case=case, door=Door.HOTLINE, external_id="HF-1", at=NOON)


def work(at):
    while run_one(at=at):
        pass
    while answers.deliver_one(at):
        pass


def test_the_answer_goes_back_by_the_door_the_matter_came_by(order, other_side, chen, li, NOON):
    cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
    work(NOON)
    assert other_side.took == [("HF-1", Told.ACCEPTED)]
    assert Answer.objects.get().state == Delivery.SENT
    work(NOON + timedelta(hours=2))
    assert len(other_side.took) == 1


def test_news_the_door_does_not_want_are_not_owed(order, other_side, chen, li, NOON):
    cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
    cases.accept(by=li, case=order.case, at=NOON)
    work(NOON)
    assert {a.told for a in Answer.objects.all()} == {Told.ACCEPTED}


def test_a_partner_that_is_down_for_a_day_gets_its_answer_after_all(order, other_side, chen, NOON):
    other_side.down = True
    cases.decline(
        by=chen,
        case=order.case,
        ground=DeclineGround.BEYOND_DUTY,
        answer="该事项属于省级职责，请向省级部门反映。",
        at=NOON,
    )
    for hour in range(24):
        work(NOON + timedelta(hours=hour))
    owed = Answer.objects.get()
    assert owed.state == Delivery.OWED
    assert "connection refused" in owed.last_error
    other_side.down = False
    work(NOON + timedelta(hours=25))
    assert other_side.took == [("HF-1", Told.DECLINED)]


def test_after_three_days_a_person_must_look(order, other_side, chen, li, NOON):
    other_side.down = True
    cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
    for hour in range(100):
        work(NOON + timedelta(hours=hour))
    assert Answer.objects.get().state == Delivery.DEAD


def test_of_two_workers_one_sends(order, other_side, chen, li, NOON, monkeypatch):
    cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
    while run_one(at=NOON):
        pass
    slow = other_side.take

    def meanwhile(answer):
        assert not answers.deliver_one(NOON)
        slow(answer)

    wants = answers.BACK[Door.HOTLINE].wants
    monkeypatch.setitem(answers.BACK, Door.HOTLINE, answers.Back(wants, meanwhile))
    assert answers.deliver_one(NOON)
    assert len(other_side.took) == 1


def test_the_same_number_of_a_door_cannot_come_in_twice(order, report, NOON):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Entry.objects.create(
            case=report(text="又一件"), door=Door.HOTLINE, external_id="HF-1", at=NOON
        )
