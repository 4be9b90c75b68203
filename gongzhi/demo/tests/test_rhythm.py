"""When the demo's people report and answer."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from gongzhi.cases.words import Source
from gongzhi.demo.rhythm import DAYS, DESK, Rhythm

NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_reports_lie_in_the_last_ninety_days_and_mostly_in_daylight():
    rhythm = Rhythm(NOON, Random(1))
    moments = [rhythm.report(Source.POCKET) for _number in range(2000)]
    assert min(moments) > NOON - timedelta(days=DAYS + 1)
    assert max(moments) < NOON
    hours = Counter(m.hour for m in moments)
    assert sum(hours[h] for h in range(1, 5)) < sum(hours[h] for h in range(18, 21)) / 5


def test_weekends_are_quieter():
    rhythm = Rhythm(NOON, Random(1))
    days = Counter(rhythm.report(Source.HOTLINE).weekday() for _number in range(4000))
    assert days[5] + days[6] < 2 * days[1]


def test_what_falls_into_the_night_waits_for_the_morning():
    rhythm = Rhythm(NOON, Random(1))
    late = NOON.replace(hour=23)
    for _number in range(50):
        answered = rhythm.after(late, timedelta(minutes=10), DESK, 0.5)
        assert answered.date() == late.date() + timedelta(days=1)
        assert answered.time() >= DESK[0]


def test_what_is_urgent_does_not_wait():
    rhythm = Rhythm(NOON, Random(1))
    late = NOON.replace(hour=23)
    answered = rhythm.after(late, timedelta(minutes=3), None, 0.0)
    assert answered - late == timedelta(minutes=3)
