"""What cameras see again and again is one case, until it is over."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.doors.models import Entry
from gongzhi.doors.webhook.models import Heard, Sighting
from gongzhi.doors.webhook.rules import is_same_sighting

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = timedelta(minutes=30)


def clock(minute):
    return f"2026-03-04T{12 + minute // 60:02}:{minute % 60:02}:00+08:00"


@pytest.fixture
def item_of_dogs(edition):
    from gongzhi.catalogue.models import Item

    lamp = edition.items.get(code="02001")
    return Item.objects.create(
        **{
            f.attname: getattr(lamp, f.attname)
            for f in Item._meta.concrete_fields
            if f.name not in {"id", "code", "name"}
        },
        code="01081",
        name="不文明养犬",
    )


def test_the_three_things_cameras_may_report(world, look, seen, item_of_dogs):
    for what, code in (
        ("fire_lane_blocked", "03003"), ("rubbish", "01002"), ("large_dog_off_leash", "01081"),
    ):  # fmt: skip
        assert look(seen(what)).status_code == 200
        case = Case.objects.latest("pk")
        assert (case.item.code, case.source) == (code, "sensor")
        assert case.text.startswith("摄像头发现：")


def test_within_half_an_hour_it_is_the_same_case(world, look, seen):
    first = look(seen(at=clock(0))).json()
    for minute in (1, 20, 45, 74):  # each within half an hour of the one before
        answer = look(seen(at=clock(minute))).json()
        assert (answer["case_no"], answer["created"], answer["folded"]) == (
            first["case_no"], False, True,
        )  # fmt: skip
    sighting = Sighting.objects.get()
    assert sighting.times == 5
    assert Case.objects.count() == Entry.objects.count() == 1
    assert look(seen(at=clock(105))).json()["created"] is True
    assert Case.objects.count() == 2


def test_another_camera_or_object_is_another_case(world, look, seen):
    look(seen())
    look(seen(which="C-8"))
    look(seen("rubbish"))
    assert Case.objects.count() == 3


def test_the_same_event_again_counts_once(world, look, seen):
    first, second = seen(at=clock(0)), seen(at=clock(5))
    numbers = {look(said).json()["case_no"] for said in (first, second, first, second)}
    assert len(numbers) == 1
    assert Sighting.objects.get().times == 2
    assert Heard.objects.count() == 2


def test_late_and_out_of_order_events_find_their_case(world, look, seen):
    look(seen(at=clock(60)))
    look(seen(at=clock(40)))
    assert Case.objects.count() == 1
    look(seen(at=clock(5)))
    assert Case.objects.count() == 2
    look(seen(at=clock(70)))
    look(seen(at=clock(0)))
    assert Case.objects.count() == 2


def test_seen_after_the_case_ended_it_is_a_new_one(world, look, seen, chen, NOON):
    look(seen(at=clock(0)))
    cases.decline(
        by=chen, case=Case.objects.get(), ground=DeclineGround.REPEATED,
        answer="车辆已经驶离，通道畅通。", at=NOON + timedelta(minutes=10),
    )  # fmt: skip
    assert look(seen(at=clock(8))).json()["created"] is False
    assert look(seen(at=clock(11))).json()["created"] is True


def test_a_camera_whose_clock_runs_ahead_does_not_fold_for_ever(world, look, seen):
    look(seen(at="2099-01-01T00:00:00+08:00"))
    assert Sighting.objects.get().last_at.year < 2099


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"object": {"type": "face"}}, "unknown_code"),
        ({"object": {"type": "person"}}, "unknown_code"),
        ({"object": {"type": "rubbish", "faceFeature": "AAAA"}}, "biometric"),
        ({"person": {"personId": "1"}}, "biometric"),
        ({"camera": {"id": "C" * 81, "lng": 117.306, "lat": 31.792}}, "not_understood"),
        ({"camera": {"lng": 117.306, "lat": 31.792}}, "not_understood"),
        ({"camera": {"id": "C-7"}}, "no_place"),
    ],
)
def test_what_is_refused_leaves_nothing(world, look, seen, changes, code):
    answer = look(seen(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert not Case.objects.exists()
    assert not Heard.objects.exists()


@given(st.lists(st.integers(0, 600), min_size=1, max_size=8), st.integers(0, 600))
def test_a_moment_belongs_to_a_span_that_it_touches(minutes, minute):
    start = datetime.fromisoformat("2026-03-04T00:00:00+08:00")
    at = [start + timedelta(minutes=m) for m in minutes]
    moment = start + timedelta(minutes=minute)
    near = min(minutes) - 30 <= minute <= max(minutes) + 30
    assert is_same_sighting(moment, min(at), max(at), HALF_AN_HOUR) == near
