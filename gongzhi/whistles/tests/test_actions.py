"""Each verb of a whistle: who may, what changes, what is recorded, who is told, the race."""

from datetime import timedelta

import pytest

from conftest import HERE, LAMP, NOON
from gongzhi.access.models import Unit
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.cases.words import DeclineGround
from gongzhi.journal.models import Event
from gongzhi.journal.record import run_one
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.messages.models import Message
from gongzhi.whistles import actions, reads
from gongzhi.whistles.actions import Meeting
from gongzhi.whistles.models import Called, Task, Whistle
from gongzhi.whistles.words import TaskKind, Turnout

pytestmark = pytest.mark.django_db

WHY = "路灯线路与燃气管道交叉，需要一起看现场。"
START = NOON + timedelta(hours=2)
NEAR = (HERE[0] + 0.0005, HERE[1])  # some 47 m east
FAR = (HERE[0] + 0.01, HERE[1])


@pytest.fixture
def gas(district):
    return Unit.objects.create(kind="gas_supply", name="望湖燃气公司", area=district)


@pytest.fixture
def feng(somebody, district, gas):
    """冯洁, who works for the gas company."""
    return somebody("feng", "unit_staff", district, unit=gas, name="冯洁")


@pytest.fixture
def case(report, wang):
    return report(by=wang, item_code=LAMP)


@pytest.fixture
def whistle(case, sun, lighting, gas, wu, feng):
    return blown(case, sun, [lighting, gas])


def blown(case, by, units, *, starts_at=START, place="望湖花园北门", **more):
    meeting = Meeting(starts_at=starts_at, place=place, **more)
    return actions.blow(by=by, case=case, units=units, meeting=meeting, reason=WHY, at=NOON)


def called_of(whistle, unit):
    return Called.objects.select_related("whistle__case__area", "unit").get(
        whistle=whistle, unit=unit
    )


def owed():
    while run_one(at=NOON + timedelta(days=9)):
        pass


# ── blowing ───────────────────────────────────────────────────────────────


def test_the_desk_calls_units_which_hear_of_it(whistle, case, wu, feng, lighting, gas):
    assert (whistle.lng, whistle.lat) == HERE
    assert {one.turnout for one in whistle.called.all()} == {Turnout.CALLED}
    event = Event.objects.get(name="whistles.blown")
    assert event.subject_id == case.pk
    assert event.facts == {"whistle": whistle.pk, "units": sorted([lighting.pk, gas.pk])}
    owed()
    assert set(Message.objects.filter(template="whistles/blown").values_list("to", flat=True)) == {
        wu.pk,
        feng.pk,
    }


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "gu", "wu", "shen", "qian", "guan"])
def test_others_cannot_blow_it(request, case, lighting, who):
    with pytest.raises(NotAllowed):
        blown(case, request.getfixturevalue(who), [lighting])
    assert not Whistle.objects.exists()


def test_one_call_at_a_time(whistle, case, sun, lighting):
    with pytest.raises(NotPossible, match="还没有结束"):
        blown(case, sun, [lighting])
    actions.call_off(by=sun, whistle=whistle, reason="改天再约。", at=NOON, seen=1)
    assert blown(case, sun, [lighting]).pk != whistle.pk


def test_a_unit_complained_of_cannot_be_called_nor_sees_the_call(case, sun, lighting, gas, wu):
    cases.name_complained_of(by=sun, case=case, unit=lighting, at=NOON)
    with pytest.raises(NotPossible, match="回避"):
        blown(case, sun, [lighting, gas])
    assert lighting not in reads.units_for(case)


def test_recused_after_the_call_the_unit_loses_sight_of_it(whistle, case, sun, lighting, wu):
    assert Whistle.objects.visible_to(wu).exists()
    case.refresh_from_db()
    cases.name_complained_of(by=sun, case=case, unit=lighting, at=NOON)
    assert not Whistle.objects.visible_to(wu).exists()
    assert not reads.called_of(wu, at=NOON)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts_at": NOON - timedelta(hours=1)}, "已经过了"),
        ({"starts_at": NOON + timedelta(days=31)}, "三十天"),
        ({"radius": 5}, "签到范围"),
        ({"radius": 9000}, "签到范围"),
        ({"place": "  "}, "在哪里集合"),
        ({"lng": 999.0, "lat": 1.0}, "位置"),
        ({"lng": float("nan"), "lat": 1.0}, "位置"),
    ],
)
def test_a_meeting_that_makes_no_sense_is_refused(case, sun, lighting, change, sentence):
    with pytest.raises(NotUnderstood, match=sentence):
        blown(case, sun, [lighting], **change)
    assert not Whistle.objects.exists()


def test_nobody_called_or_an_ended_case_is_refused(case, sun, lighting, chen):
    with pytest.raises(NotUnderstood, match="至少选择一个"):
        blown(case, sun, [])
    ground = DeclineGround.UNLAWFUL
    cases.decline(by=sun, case=case, ground=ground, answer="不符合规定。", at=NOON)
    with pytest.raises(NotPossible, match="已经结束"):
        blown(case, sun, [lighting])


# ── answering and signing in ──────────────────────────────────────────────


def test_a_unit_says_that_it_is_coming_once(whistle, wu, lighting):
    called = called_of(whistle, lighting)
    actions.acknowledge(by=wu, called=called, at=NOON)
    again = actions.acknowledge(by=wu, called=called, at=NOON + timedelta(hours=1))
    assert (again.turnout, again.acknowledged_at) == (Turnout.COMING, NOON)
    assert Event.objects.filter(name="whistles.acknowledged").count() == 1


def test_on_site_in_time_one_signs_in_and_no_position_is_kept(whistle, wu, lighting):
    called = called_of(whistle, lighting)
    called = actions.sign_in(by=wu, called=called, position=NEAR, at=START)
    assert (called.turnout, called.how, called.metres) == (Turnout.ON_SITE, "position", 50)
    assert not any(str(NEAR[0]) in str(value) for value in Called.objects.values_list()[0])
    assert Event.objects.get(name="whistles.signed_in").facts == {
        "whistle": whistle.pk, "unit": lighting.pk, "how": "position", "late": False,
    }  # fmt: skip


def test_a_phone_that_gives_chinese_coordinates_is_understood(whistle, wu, lighting):
    from gongzhi.places.coordinates import wgs84_to_gcj02

    called = called_of(whistle, lighting)
    position = wgs84_to_gcj02(*HERE)
    with pytest.raises(NotPossible, match="米"):
        actions.sign_in(by=wu, called=called, position=position, at=START)
    actions.sign_in(by=wu, called=called, position=position, datum="gcj02", at=START)
    assert Called.objects.get(pk=called.pk).metres == 0


@pytest.mark.parametrize(
    ("position", "after", "accuracy", "refusal"),
    [
        (FAR, 0, 0, NotPossible),
        (FAR, 0, 1e9, NotPossible),
        (FAR, 0, float("inf"), NotPossible),
        (NEAR, -61, 0, NotPossible),
        (NEAR, 361, 0, NotPossible),
        (None, 0, 0, NotUnderstood),
        ((float("nan"), 31.0), 0, 0, NotUnderstood),
        ((500.0, 31.0), 0, 0, NotUnderstood),
    ],
)
def test_too_far_too_early_too_late_or_nowhere_is_refused(
    whistle, wu, lighting, position, after, accuracy, refusal
):
    at = START + timedelta(minutes=after)
    called = called_of(whistle, lighting)
    with pytest.raises(refusal):
        actions.sign_in(by=wu, called=called, position=position, accuracy=accuracy, at=at)
    assert Called.objects.get(pk=called.pk).signed_at is None


def test_the_first_to_sign_in_counts_for_the_unit(whistle, wu, lighting, somebody, district):
    other = somebody("wu2", "unit_staff", district, unit=lighting, name="吴平")
    mine, theirs = called_of(whistle, lighting), called_of(whistle, lighting)
    actions.sign_in(by=wu, called=mine, position=NEAR, at=START)
    late = START + timedelta(minutes=40)
    after = actions.sign_in(by=other, called=theirs, position=NEAR, at=late)
    assert (after.signed_by, after.signed_at) == (wu, START)
    assert Event.objects.filter(name="whistles.signed_in").count() == 1


def test_nobody_signs_in_for_another_unit(whistle, feng, lighting, li):
    for who in (feng, li):
        with pytest.raises(NotAllowed):
            actions.sign_in(by=who, called=called_of(whistle, lighting), position=NEAR, at=START)


def test_the_caller_vouches_for_whoever_has_no_position(whistle, sun, wu, lighting):
    called = called_of(whistle, lighting)
    with pytest.raises(NotAllowed):
        actions.vouch(by=wu, called=called, at=START)
    late = START + timedelta(minutes=30)
    called = actions.vouch(by=sun, called=called, at=late)
    assert (called.turnout, called.late_by, called.metres) == (Turnout.LATE, 30, None)


# ── minutes, tasks, the end ───────────────────────────────────────────────


def test_minutes_are_kept_and_of_two_writers_the_second_is_told(whistle, sun, chen):
    actions.keep_minutes(
        by=sun, whistle=whistle, text="分工如下：先停气，再换线。", at=START, seen=1
    )
    assert (whistle.minutes_by, whistle.version) == (sun, 2)
    with pytest.raises(Overtaken):
        actions.keep_minutes(by=chen, whistle=whistle, text="另一种分工。", at=START, seen=1)


def test_a_task_becomes_an_assist_with_its_clock(whistle, case, sun, gas):
    task = actions.give_task(
        by=sun, whistle=whistle, unit=gas, kind=TaskKind.ASSIST, text="周五前移管。", at=START
    )
    assert task.assist.unit == gas
    assert task.assist.due_at > START
    with pytest.raises(NotPossible, match="已经在协办"):
        actions.give_task(
            by=sun, whistle=whistle, unit=gas, kind=TaskKind.ASSIST, text="再来一次。", at=START
        )


def test_a_task_becomes_a_case_given_to_the_unit(whistle, case, chen, gas):
    task = actions.give_task(
        by=chen, whistle=whistle, unit=gas, kind=TaskKind.CASE, text="更换老化管道。", at=START
    )
    new = Case.objects.get(pk=task.case_id)
    assert (new.unit, new.status, new.area) == (gas, "dispatched", case.area)
    assert case.number in new.text


def test_only_called_units_are_given_tasks(whistle, sun, district):
    other = Unit.objects.create(kind="water", name="水务", area=district)
    with pytest.raises(NotPossible, match="没有被召集"):
        actions.give_task(
            by=sun, whistle=whistle, unit=other, kind=TaskKind.ASSIST, text="来帮忙。", at=START
        )
    assert not Task.objects.exists()


def test_it_ends_with_minutes_and_the_absent_are_named_and_told(
    whistle, sun, wu, feng, lighting, gas
):
    actions.sign_in(by=wu, called=called_of(whistle, lighting), position=NEAR, at=START)
    with pytest.raises(NotPossible, match="还没有到"):
        actions.end(by=sun, whistle=whistle, at=NOON, seen=1)
    with pytest.raises(NotPossible, match="纪要"):
        actions.end(by=sun, whistle=whistle, at=START, seen=1)
    actions.keep_minutes(by=sun, whistle=whistle, text="先停气再换线。", at=START, seen=1)
    actions.end(by=sun, whistle=whistle, at=START + timedelta(hours=1), seen=2)
    assert called_of(whistle, gas).turnout == Turnout.ABSENT
    assert called_of(whistle, lighting).turnout == Turnout.ON_SITE
    assert Event.objects.get(name="whistles.ended").facts["absent"] == [gas.pk]
    owed()
    assert Message.objects.get(template="whistles/absent").to == feng
    tallies = reads.tallies(sun, since=NOON)
    assert [(t.name, t.rate, t.absent) for t in tallies] == [
        ("望湖燃气公司", 0, 1),
        ("望湖区路灯管理所", 100, 0),
    ]
    with pytest.raises(NotPossible, match="结束"):
        actions.sign_in(by=feng, called=called_of(whistle, gas), position=NEAR, at=START)


def test_called_off_everyone_is_told_why(whistle, sun, wu, feng, gas):
    actions.call_off(by=sun, whistle=whistle, reason="暴雨，改到明天。", at=NOON, seen=1)
    owed()
    assert Message.objects.filter(template="whistles/called_off").count() == 2
    with pytest.raises(NotPossible, match="取消"):
        actions.sign_in(by=feng, called=called_of(whistle, gas), position=NEAR, at=START)


@pytest.mark.parametrize("who", ["li", "gu", "wu", "shen", "qian"])
def test_only_the_calling_desk_runs_the_meeting(request, whistle, lighting, who):
    by = request.getfixturevalue(who)
    for verb in (
        lambda: actions.keep_minutes(by=by, whistle=whistle, text="纪要纪要", at=START, seen=1),
        lambda: actions.end(by=by, whistle=whistle, at=START, seen=1),
        lambda: actions.call_off(by=by, whistle=whistle, reason="不开了。", at=START, seen=1),
        lambda: actions.give_task(
            by=by, whistle=whistle, unit=lighting, kind=TaskKind.ASSIST, text="来。来。", at=START
        ),
        lambda: actions.vouch(by=by, called=called_of(whistle, lighting), at=START),
    ):
        with pytest.raises(NotAllowed):
            verb()
