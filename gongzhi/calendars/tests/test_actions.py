"""Changing the working calendar: all or nothing, on record, in force at once."""

from datetime import date, time

import pytest
from django.core.management import CommandError, call_command

from conftest import NOON
from gongzhi.calendars import actions, reads
from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan
from gongzhi.calendars.words import DayKind
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotUnderstood

pytestmark = pytest.mark.django_db

MORNING = (time(9), time(12))


def test_without_a_calendar_nothing_is_guessed():
    with pytest.raises(LookupError, match="load_calendar"):
        reads.in_force()


def test_new_spans_are_in_force_and_on_record(calendar, guan, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.set_spans(by=guan, spans=[MORNING], at=NOON)
    assert reads.in_force().spans == (MORNING,)
    assert Event.objects.get(name="calendars.spans_set").by == guan


def test_setting_the_same_spans_again_changes_and_records_nothing(calendar):
    actions.set_spans(by=None, spans=calendar.spans, at=NOON)
    assert not Event.objects.exists()


def test_overlapping_spans_change_nothing(calendar):
    with pytest.raises(NotUnderstood, match="互不重叠"):
        actions.set_spans(by=None, spans=[MORNING, (time(11), time(13))], at=NOON)
    assert tuple(WorkSpan.objects.values_list("begins", "ends")) == calendar.spans


def test_publishing_a_year_replaces_what_was_guessed_for_it(
    calendar, guan, django_capture_on_commit_callbacks
):
    assert calendar.is_provisional(date(2027, 5, 3))
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish_year(
            by=guan,
            year=2027,
            days={date(2027, 5, 3): (DayKind.HOLIDAY, "劳动节")},
            source="放假通知",
            at=NOON,
        )
    now = reads.in_force()
    assert not now.is_provisional(date(2027, 5, 3))
    assert not now.is_working(date(2027, 5, 3))
    assert not now.is_working(date(2026, 10, 1)), "other years stay"
    assert Event.objects.get(name="calendars.year_published").facts == {"days": 1}


def test_a_day_of_another_year_is_refused(calendar):
    with pytest.raises(NotUnderstood, match="2027"):
        actions.publish_year(
            by=None,
            year=2027,
            days={date(2026, 5, 3): (DayKind.HOLIDAY, "劳动节")},
            source="放假通知",
            at=NOON,
        )
    assert not PublishedYear.objects.filter(year=2027).exists()


def test_the_shipped_calendar_loads_and_loads_again(db):
    call_command("load_calendar", verbosity=0)
    before = SpecialDay.objects.count()
    call_command("load_calendar", verbosity=0)
    assert SpecialDay.objects.count() == before > 50
    assert set(PublishedYear.objects.values_list("year", flat=True)) == {2025, 2026}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "just words",
        "spans: [[8, 12]]\nyears: {}",
        "spans: [['08:00', '12:00']]\nyears: {2026: {}}",
        "spans: [['08:00', '12:00']]\nyears: {x: {}}",
        "spans: [['25:00', '12:00']]\nyears: {}",
        "spans: [",
    ],
)
def test_a_broken_file_changes_nothing(calendar, tmp_path, content):
    file = tmp_path / "calendar.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match="未做任何更改"):
        call_command("load_calendar", str(file))
    assert WorkSpan.objects.count() == 2


def test_a_file_with_overlapping_spans_changes_nothing(calendar, tmp_path):
    file = tmp_path / "calendar.yaml"
    file.write_text("spans: [['08:00', '12:00'], ['11:00', '13:00']]\nyears: {}", encoding="utf-8")
    with pytest.raises(CommandError, match="互不重叠"):
        call_command("load_calendar", str(file))
    assert WorkSpan.objects.count() == 2
