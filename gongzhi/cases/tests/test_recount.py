"""After a change of the calendar open cases are recomputed from the record; no mark is lost."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import LAMP, NOON
from gongzhi.calendars import actions as calendar_actions
from gongzhi.calendars import reads as calendars
from gongzhi.calendars.rules import due
from gongzhi.calendars.words import DayKind
from gongzhi.cases import actions
from gongzhi.cases.actions.pressing import press, warn
from gongzhi.cases.actions.recount import SLICE, begin_recount, recount_some
from gongzhi.cases.actions.timing import promise
from gongzhi.cases.chores import recount_next
from gongzhi.cases.models import Assist, Case, Recount, Supervision
from gongzhi.cases.reads.clocks import assist_limit, handling_clock
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.rules import SUPERVISION_LIMITS
from gongzhi.cases.words import PauseGround, SupervisionKind
from gongzhi.catalogue.words import Grade
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one

pytestmark = pytest.mark.django_db
FREE = date(2026, 3, 5)  # the Thursday after NOON


def holiday(guan=None, day=FREE, at=NOON):
    """That day becomes free after all."""
    days = {day: (DayKind.HOLIDAY, "临时放假")}
    calendar_actions.publish_year(by=guan, year=2026, days=days, source="临时通知", at=at)
    calendars.forget()


def work(at=NOON):
    while run_one(at=at + timedelta(minutes=1)):
        pass
    while recount_next(at):
        pass


def test_a_day_that_becomes_free_moves_the_promise_and_says_so(report, guan, as_):
    case = report(item_code=LAMP)
    before = case.due_at
    holiday(guan)
    work()
    case.refresh_from_db()
    assert case.due_at > before
    assert case.due_at == handling_clock(case).due(calendars.in_force(), localtime(NOON))
    event = Event.objects.get(name="cases.recounted")
    assert event.facts["due_before"] == localtime(before).isoformat()
    assert "时限已重算" in [s.title for s in timeline(case, for_staff=True)][-1]
    recount = Recount.objects.get()
    assert (recount.total, recount.looked, recount.moved) == (1, 1, 1)
    assert "1 件时限有变" in as_(guan).get(reverse("desk:calendar")).content.decode()


def test_what_is_late_before_the_change_stays_marked_late(report):
    """The worker had not found it yet when the calendar made it seem in time."""
    case = report(item_code=LAMP)
    due, late = case.due_at, case.due_at + timedelta(minutes=5)
    holiday(at=late)
    work(late)
    case.refresh_from_db()
    assert case.due_at > late
    assert case.overdue_at == due
    assert Event.objects.get(name="cases.recounted").facts["marked_overdue"]


def test_a_mark_once_set_is_never_taken_back(report, sun, item):
    case = report(item_code=LAMP)
    late = case.due_at + timedelta(minutes=5)
    warn(by=None, case=case, at=late)
    press(by=None, case=case, at=late)
    marked = case.overdue_at
    holiday(at=late)
    work(late)
    case.refresh_from_db()
    assert marked
    assert case.overdue_at == marked


def test_classing_a_late_case_anew_does_not_lose_that_it_was_late(report, sun, item):
    case = report(item_code=LAMP)
    due, late = case.due_at, case.due_at + timedelta(minutes=5)
    actions.classify(by=sun, case=case, item=None, grade=Grade.ORDINARY, at=late)
    assert case.due_at > late
    assert case.overdue_at == due


def test_a_case_paused_in_time_is_not_late_however_long_the_pause(report, sun):
    case = report(item_code=LAMP)
    actions.pause(by=sun, case=case, ground=PauseGround.WEATHER, reason="连日暴雨。", at=NOON)
    long_after = case.due_at + timedelta(days=5)
    holiday(at=long_after)
    work(long_after)
    case.refresh_from_db()
    assert case.overdue_at is None


def test_assists_and_cards_are_recounted_too(stage, chen, lighting):
    case = stage("dispatched")
    assist = actions.ask_assist(by=chen, case=case, units=[lighting], asked="请查产权", at=NOON)[0]
    card = actions.supervise(
        by=chen, case=case, kind=SupervisionKind.YELLOW, text="请尽快办理。", at=NOON
    )
    holiday()
    work()
    was = assist.due_at, card.due_at
    assist.refresh_from_db()
    card.refresh_from_db()
    assert assist.due_at > was[0]
    assert card.due_at > was[1]
    assert Event.objects.get(name="cases.recounted").facts["beside"] == 2


def test_ended_cases_and_those_not_concerned_are_left_alone(stage, report):
    ended = stage("closed")
    before = Case.objects.get(pk=ended.pk)
    holiday(day=date(2026, 12, 24))
    report(item_code=LAMP)
    work()
    assert not Event.objects.filter(name="cases.recounted").exists()
    assert Case.objects.get(pk=ended.pk).version == before.version


def test_a_second_change_takes_over_and_asking_twice_owes_once(report):
    report(item_code=LAMP)
    holiday()
    event = Event.objects.get(name="calendars.year_published")
    first = begin_recount(by=None, cause=event, at=NOON)
    assert begin_recount(by=None, cause=event, at=NOON) == first
    spans = [(time(9), time(12)), (time(13), time(18))]
    calendar_actions.set_spans(by=None, spans=spans, at=NOON)
    calendars.forget()
    work()
    assert Recount.objects.filter(finished_at=None).count() == 0
    case = Case.objects.get()
    assert case.due_at == handling_clock(case).due(calendars.in_force(), localtime(NOON))


def test_of_two_workers_at_one_slice_one_does_it(report):
    for _ in range(3):
        report(item_code=LAMP)
    holiday()
    event = Event.objects.get(name="calendars.year_published")
    recount = begin_recount(by=None, cause=event, at=NOON)
    other = Recount.objects.get(pk=recount.pk)
    assert SLICE > 3
    recount_some(by=None, recount=recount, at=NOON)
    recount_some(by=None, recount=other, at=NOON)
    assert Event.objects.filter(name="cases.recounted").count() == 3
    assert Recount.objects.get().looked == 3


@pytest.fixture
def mixed(report, stage, sun, chen, li, lighting):
    """A case of every sort that a recount meets, each with a record of its own."""
    paused, resumed, extended, graver, helped = [report(item_code=LAMP) for _ in range(5)]
    weather = {"by": sun, "ground": PauseGround.WEATHER, "reason": "连日暴雨。"}
    actions.pause(case=paused, at=NOON + timedelta(hours=1), **weather)
    actions.pause(case=resumed, at=NOON + timedelta(hours=1), **weather)
    actions.resume(by=sun, case=resumed, at=NOON + timedelta(hours=3))
    Case.objects.filter(pk=extended.pk).update(handler=li)
    extended.refresh_from_db()
    asked = actions.ask_extension(by=li, case=extended, days=2, reason="等配件到货。", at=NOON)
    actions.decide_extension(by=sun, extension=asked, granted=True, at=NOON)
    actions.classify(by=sun, case=graver, item=graver.item, grade=Grade.SERIOUS, at=NOON)
    helped = stage("dispatched")
    actions.ask_assist(by=chen, case=helped, units=[lighting], asked="请查产权", at=NOON)
    card = {"kind": SupervisionKind.YELLOW, "text": "请尽快办理。"}
    actions.supervise(by=chen, case=helped, at=NOON, **card)
    return Case.objects.open().order_by("pk")


def test_what_a_slice_recounts_together_is_what_each_case_recounted_alone_gives(mixed):
    holiday()
    calendars.forget()
    at = NOON + timedelta(hours=5)
    alone = {case.pk: promise(case, at) for case in mixed}
    work(at)
    assert len({one["due_at"] for one in alone.values()}) >= 4  # they are not all alike
    for case in mixed.all():
        together = {name: getattr(case, name) for name in alone[case.pk]}
        assert together == alone[case.pk], case
    owed = [*Assist.objects.all(), *Supervision.objects.all()]
    assert [one.due_at for one in owed] == [due_alone(one) for one in owed]


def due_alone(clock):
    """When an assist or a card is due by the calendar now in force."""
    if isinstance(clock, Assist):
        began, limit = clock.asked_at, assist_limit(clock.case)
    else:
        began, limit = clock.at, SUPERVISION_LIMITS[clock.kind]
    return due(localtime(began), *limit, calendars.in_force())


def asked_for(cases, day):
    """How many questions a recount of all open cases after that day became free asks."""
    holiday(day=day)
    event = Event.objects.filter(name="calendars.year_published").latest("pk")
    recount = begin_recount(by=None, cause=event, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        recount_some(by=None, recount=recount, at=NOON)
    assert Recount.objects.get(pk=recount.pk).looked == cases
    return len(asked)


def test_more_cases_are_read_at_once_and_only_a_promise_that_moves_is_written_by_itself(report):
    def cases(many):
        for _ in range(many):
            report(item_code=LAMP)

    cases(2)
    two = asked_for(2, date(2026, 12, 24)), asked_for(2, date(2026, 3, 5))
    cases(6)
    holiday(day=date(2026, 12, 24))  # as it was for the first two
    work()
    eight = asked_for(8, date(2026, 12, 24)), asked_for(8, date(2026, 3, 5))
    assert eight == (two[0], two[1] + 6)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "grade", "item", "extend", "free"]),
        st.integers(1, 30),
    ),
    max_size=7,
)


@given(STEPS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happened_the_stored_promise_is_what_the_record_gives(
    report, sun, chen, li, item, steps
):
    """Pauses, grades, items, extensions and free days in any order, crossing weekends."""
    case, at = report(item_code=LAMP), NOON
    for step, hours in steps:
        at += timedelta(hours=hours)
        case.refresh_from_db()
        if step == "pause" and not case.paused_at:
            actions.pause(
                by=sun, case=case, ground=PauseGround.WEATHER, reason="暴雨。暴雨。", at=at
            )
        elif step == "resume" and case.paused_at:
            actions.resume(by=sun, case=case, at=at)
        elif step == "grade":
            grade = Grade.SERIOUS if case.grade == "ordinary" else Grade.ORDINARY
            actions.classify(by=sun, case=case, item=case.item, grade=grade, at=at)
        elif step == "item":
            other = None if case.item else item(LAMP)
            actions.classify(by=sun, case=case, item=other, grade=Grade(case.grade), at=at)
        elif step == "extend" and not case.extensions.exists() and at < case.due_at:
            Case.objects.filter(pk=case.pk).update(handler=li)
            case.refresh_from_db()
            asked = actions.ask_extension(by=li, case=case, days=2, reason="等配件到货。", at=at)
            actions.decide_extension(by=sun, extension=asked, granted=True, at=at)
        elif step == "free":
            holiday(day=date(2026, 3, 5) + timedelta(days=hours % 5), at=at)
            work(at)
    case.refresh_from_db()
    lasting = case.paused_at is not None
    told = handling_clock(case).due(calendars.in_force(), localtime(at))
    assert case.due_at <= told if lasting else case.due_at == told
