"""The handler's part: accept, return, do it and show it."""

import pytest

from conftest import GAS, NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Attachment, Case, Remark
from gongzhi.cases.tests.conftest import DONE, LOST
from gongzhi.cases.words import ReturnGround
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.kernel.tests.threads import at_once

pytestmark = pytest.mark.django_db

GROUND = ReturnGround.PLACE_UNCLEAR
OTHERS = ["wang", "zhou", "zhao", "sun", "chen", "he", "gu", "wu", "qian", "shen", "guan"]


@pytest.fixture
def feng(somebody, district, lighting):
    """A second person of the lighting unit."""
    return somebody("feng", "unit_staff", district, unit=lighting)


# ── accept ────────────────────────────────────────────────────────────────


def test_accepting_starts_the_work_and_the_reporter_is_told(stage, li, told):
    case = stage("dispatched")
    told()
    actions.accept(by=li, case=case, at=NOON)
    assert (case.status, case.handler) == ("accepted", li)
    assert Event.objects.get(name="cases.accepted").by == li
    assert told() == {("wang", "cases/news")}


@pytest.mark.parametrize("who", OTHERS)
def test_only_who_was_given_the_case_may_accept_or_return_it(request, stage, who):
    case, other = stage("dispatched"), request.getfixturevalue(who)
    with pytest.raises(NotAllowed, match="没有派给您"):
        actions.accept(by=other, case=case, at=NOON)
    with pytest.raises(NotAllowed, match="没有派给您"):
        actions.return_to_sender(by=other, case=case, ground=GROUND, reason=LOST, at=NOON)


def test_in_a_unit_whoever_accepts_first_handles_it(stage, lighting, wu, feng):
    case = stage("dispatched", to=lighting)
    actions.accept(by=feng, case=case, at=NOON)
    assert (case.handler, case.unit) == (feng, lighting)
    with pytest.raises(NotAllowed):
        actions.accept(by=wu, case=Case.objects.get(), at=NOON)


def test_of_two_in_a_unit_who_accept_what_both_saw_the_second_is_told(stage, lighting, wu, feng):
    case = stage("dispatched", to=lighting)
    seen_by_wu = Case.objects.get(pk=case.pk)
    actions.accept(by=feng, case=case, at=NOON)
    with pytest.raises(Overtaken):
        actions.accept(by=wu, case=seen_by_wu, at=NOON)
    assert Case.objects.get().handler == feng


@pytest.mark.django_db(transaction=True)
def test_of_two_in_a_unit_who_accept_at_the_same_moment_one_handles_it(stage, lighting, wu, feng):
    case = stage("dispatched", to=lighting)
    mine, theirs = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
    answers = at_once(
        lambda: actions.accept(by=wu, case=mine, at=NOON),
        lambda: actions.accept(by=feng, case=theirs, at=NOON),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Case", "Overtaken"]
    assert Event.objects.filter(name="cases.accepted").count() == 1
    assert Case.objects.get().handler == Event.objects.get(name="cases.accepted").by


@pytest.mark.parametrize("status", ["accepted", "handled", "checked", "closed"])
def test_a_case_already_taken_up_cannot_be_accepted_again(stage, li, status):
    with pytest.raises(NotPossible, match="不能再变为"):
        actions.accept(by=li, case=stage(status), at=NOON)


# ── return ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["dispatched", "accepted"])
def test_a_returned_case_goes_back_to_the_desk_with_its_ground(stage, li, told, status):
    case = stage(status)
    told()
    actions.return_to_sender(by=li, case=case, ground=GROUND, reason=LOST, at=NOON)
    assert (case.status, case.handler, case.unit) == ("returned", None, None)
    event = Event.objects.get(name="cases.returned")
    assert event.facts == {"before": status, "ground": "place_unclear", "unit": None}
    assert (event.remark.ground, event.remark.text) == ("place_unclear", LOST)
    assert told() == {("chen", "cases/returned")}, "among staff; the reporter sees no ping-pong"


def test_a_unit_that_returns_a_case_is_named_in_the_record(stage, lighting, wu):
    case = stage("dispatched", to=lighting, by=wu)
    actions.return_to_sender(by=wu, case=case, ground=GROUND, reason=LOST, at=NOON)
    assert Event.objects.get(name="cases.returned").facts["unit"] == lighting.pk


@pytest.mark.parametrize("reason", ["", "  ", "不管", "\x00\x00\x00\x00"])
def test_without_a_reason_nothing_is_returned(stage, li, reason):
    with pytest.raises(NotUnderstood, match="退回的理由"):
        actions.return_to_sender(
            by=li, case=stage("dispatched"), ground=GROUND, reason=reason, at=NOON
        )
    assert Case.objects.get().status == "dispatched"


@pytest.mark.parametrize("status", ["handled", "checked", "closed"])
def test_handled_work_cannot_be_returned(stage, li, status):
    with pytest.raises(NotPossible):
        actions.return_to_sender(by=li, case=stage(status), ground=GROUND, reason=LOST, at=NOON)


# ── handle ────────────────────────────────────────────────────────────────


def test_handling_says_and_shows_what_was_done(stage, li, after_photo, told):
    case = stage("accepted")
    told()
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=NOON)
    assert (case.status, case.handled_at) == ("handled", NOON)
    shown = case.files.get()
    assert (shown.token, shown.moment, shown.by) == (after_photo.token, "after", li)
    assert Remark.objects.get(kind="handling").text == DONE
    assert told() == {("chen", "cases/to_check"), ("wang", "cases/news")}


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_may_say_it_is_done(request, stage, after_photo, who):
    with pytest.raises(NotAllowed, match="其他人承办"):
        actions.handle(
            by=request.getfixturevalue(who),
            case=stage("accepted"),
            note=DONE,
            files=[after_photo],
            at=NOON,
        )


def test_where_the_catalogue_asks_for_a_photo_words_are_not_enough(stage, li):
    with pytest.raises(NotUnderstood, match="处置后的照片") as refused:
        actions.handle(by=li, case=stage("accepted"), note=DONE, at=NOON)
    assert refused.value.field == "photos"
    assert Case.objects.get().status == "accepted"


def test_where_it_asks_for_words_alone_they_are_enough(stage, li, item):
    case = stage("accepted", text="楼道里闻到煤气")
    assert case.item == item(GAS)
    actions.handle(by=li, case=case, note=DONE, at=NOON)
    assert case.status == "handled"


def test_after_rework_the_earlier_photo_still_counts(stage, li, he):
    case = stage("handled")
    actions.rework(by=he, case=case, reason="灯还是不亮", at=NOON)
    actions.handle(by=li, case=case, note=DONE, at=NOON)
    assert case.status == "handled"


@pytest.mark.parametrize("note", ["", "   ", "好了", "\x00" * 9])
def test_without_a_note_nothing_is_handled_and_no_file_attached(stage, li, after_photo, note):
    with pytest.raises(NotUnderstood, match="做了什么"):
        actions.handle(by=li, case=stage("accepted"), note=note, files=[after_photo], at=NOON)
    assert Case.objects.get().status == "accepted"
    assert not Attachment.objects.exists()


def test_handling_twice_from_two_tabs_keeps_the_first(stage, li, after_photo):
    case = stage("accepted")
    other_tab = Case.objects.get(pk=case.pk)
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=NOON)
    with pytest.raises(Overtaken):
        actions.handle(by=li, case=other_tab, note="又写了一遍", files=[after_photo], at=NOON)
    assert Remark.objects.filter(kind="handling").count() == 1


@pytest.mark.parametrize("status", ["dispatched", "handled", "checked", "closed"])
def test_only_accepted_work_can_be_handled(stage, li, after_photo, status):
    with pytest.raises(NotPossible):
        actions.handle(by=li, case=stage(status), note=DONE, files=[after_photo], at=NOON)
