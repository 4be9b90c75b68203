"""More time from the city is more time for the case too: once, within its bounds, on record."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.calendars import rules as calendar_rules
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case, Extension
from gongzhi.cases.words import Status
from gongzhi.doors.hotline import actions
from gongzhi.doors.hotline.actions import Decision
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import About, Plea
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.messages.models import Message

pytestmark = pytest.mark.django_db
WHY = "等待配件到货"
YES = Decision(About.EXTENSION, granted=True)


@pytest.fixture
def asked(taken_at_noon, chen, li, NOON):
    """An order in li's hands for which chen asked the city for five days."""
    order = taken_at_noon()
    cases.dispatch(by=chen, case=order.case, to=li, at=NOON)
    cases.accept(by=li, case=order.case, at=NOON)
    actions.ask_extension(by=chen, order=order, days=5, reason=WHY, at=NOON)
    return Order.objects.select_related("entry__case__area").get(pk=order.pk)


def after(due, days):
    return calendar_rules.due(localtime(due), days, "wd", calendars.in_force())


def the_case():
    return Case.objects.get()


def page_of(as_, person):
    return as_(person).get(f"/desk/cases/{the_case().pk}/").content.decode()


def test_the_cases_clock_is_moved_by_as_many_days_and_says_by_whom(
    asked, chen, li, as_, work, NOON
):
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    assert the_case().due_at == after(due, 5)
    granted = Extension.objects.get()
    assert (granted.days, granted.granted, granted.decided_by) == (5, True, None)
    assert (granted.asked_by, granted.reason) == (chen, WHY)
    event = Event.objects.get(name="cases.extended")
    assert (event.by, event.facts["days"], event.facts["granted_by"]) == (None, 5, "hotline")
    page = page_of(as_, chen)
    assert "市热线同意延期，案件时限同时延长 5 个工作日。" in page
    assert "12345" in page.split("批准延期")[1][:400]
    work(NOON)
    assert Message.objects.filter(to=li, template="cases/in_hand").count() == 1


def test_the_same_answer_twice_moves_it_once(asked, signed, NOON):
    due = the_case().due_at
    said = {"order_no": asked.number, "about": "extension", "granted": True}
    for _ in range(2):
        assert signed("/hooks/hotline/decisions", said, partner="hotline").json()["code"] == 0
    assert the_case().due_at == after(due, 5)
    assert Extension.objects.count() == Event.objects.filter(name="cases.extended").count() == 1


def test_of_two_that_were_read_before_either_the_second_is_told(asked, NOON):
    due = the_case().due_at
    late = Order.objects.select_related("entry__case__area").get(pk=asked.pk)
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    with pytest.raises(NotPossible):
        actions.decide(by=None, order=late, decision=YES, at=NOON)
    assert the_case().due_at == after(due, 5)


@pytest.mark.parametrize(("days", "moved"), [(2, 2), (30, 10)])
def test_the_citys_own_date_counts_within_the_bounds_of_a_case(asked, NOON, days, moved):
    due = the_case().due_at
    decision = Decision(About.EXTENSION, granted=True, due_at=after(asked.due_at, days))
    actions.decide(by=None, order=asked, decision=decision, at=NOON)
    assert the_case().due_at == after(due, moved)


def test_less_than_a_day_is_no_extension(asked, chen, as_, NOON):
    due = the_case().due_at
    decision = Decision(About.EXTENSION, granted=True, due_at=asked.due_at + timedelta(minutes=5))
    actions.decide(by=None, order=asked, decision=decision, at=NOON)
    assert the_case().due_at == due
    assert "不足一个工作日" in page_of(as_, chen)


def test_one_that_was_used_keeps_the_cases_deadline_and_says_so(asked, chen, li, as_, NOON):
    own = cases.ask_extension(by=li, case=the_case(), days=2, reason=WHY, at=NOON)
    cases.decide_extension(by=chen, extension=own, granted=True, at=NOON)
    due, before = the_case().due_at, asked.due_at
    order = actions.decide(by=None, order=asked, decision=YES, at=NOON)
    assert the_case().due_at == due
    assert order.due_at == after(before, 5), "the city's own clock moves all the same"
    assert "案件自身的时限不变：延期只能一次，已经用过。" in page_of(as_, chen)


def test_one_that_waits_for_the_desk_is_settled_by_it(asked, chen, li, NOON):
    own = cases.ask_extension(by=li, case=the_case(), days=2, reason="材料没有到", at=NOON)
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    own.refresh_from_db()
    assert (own.granted, own.days, own.asked_by) == (True, 5, li)
    assert the_case().due_at == after(due, 5)
    with pytest.raises(NotPossible):
        cases.decide_extension(by=chen, extension=own, granted=False, at=NOON)


def test_one_the_desk_refused_does_not_stand_in_the_way(asked, chen, li, NOON):
    own = cases.ask_extension(by=li, case=the_case(), days=2, reason=WHY, at=NOON)
    cases.decide_extension(by=chen, extension=own, granted=False, at=NOON)
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    assert the_case().due_at == after(due, 5)


def test_asked_for_when_the_case_was_late_already_it_stays_late(asked, chen, as_, NOON):
    Case.objects.update(due_at=NOON - timedelta(hours=1))
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    assert the_case().due_at == NOON - timedelta(hours=1)
    assert "案件自身的时限不变：已经超过时限" in page_of(as_, chen)


def test_answered_after_the_deadline_it_was_late_and_has_time_again(asked, NOON):
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=YES, at=due + timedelta(hours=1))
    case = the_case()
    assert (case.due_at, case.overdue_at) == (after(due, 5), due)


def test_a_case_that_is_over_keeps_its_time(asked, chen, as_, NOON):
    Case.objects.update(status=Status.CLOSED, handled_at=NOON, ended_at=NOON)
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=YES, at=NOON)
    assert the_case().due_at == due
    assert "案件自身的时限不变：案件已经结束" in page_of(as_, chen)


def test_refused_by_the_city_nothing_moves(asked, NOON):
    due = the_case().due_at
    actions.decide(by=None, order=asked, decision=Decision(About.EXTENSION, granted=False), at=NOON)
    assert the_case().due_at == due
    assert not Extension.objects.exists()


@pytest.mark.parametrize("days", [0, 11, -1])
def test_the_verb_itself_keeps_within_its_limits(asked, chen, NOON, days):
    plea = cases.Plea(days=days, by=chen, at=NOON, reason=WHY)
    with pytest.raises(NotUnderstood, match="1 到 10"):
        cases.extend_from_above(
            by=None, case=the_case(), plea=plea, granted_by="hotline", text="", at=NOON
        )


def test_nothing_is_kept_when_it_cannot_be_recorded(asked, monkeypatch, NOON):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    due = the_case().due_at
    monkeypatch.setattr("gongzhi.cases.actions.timing.record", broken)
    with pytest.raises(OSError, match="disk full"):
        actions.decide(by=None, order=asked, decision=YES, at=NOON)
    asked.refresh_from_db()
    assert (asked.extension_plea, the_case().due_at) == (Plea.ASKED, due)
    assert not Extension.objects.exists()
