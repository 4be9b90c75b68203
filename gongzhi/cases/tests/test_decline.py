"""Refusing a matter on a ground, with an answer its reporter will read."""

import pytest

from conftest import NOON
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.words import DeclineGround
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

pytestmark = pytest.mark.django_db

GROUND = DeclineGround.IN_PROCEEDINGS
WHY = "该纠纷法院已经立案，请以判决为准。"


def decline(case, by, **given):
    return actions.decline(
        **{"by": by, "case": case, "ground": GROUND, "answer": WHY, "at": NOON, **given}
    )


def test_a_declined_case_has_ended_and_says_why(stage, chen):
    case = decline(stage("reported"), chen)
    assert (case.status, case.ended_at, case.is_open) == ("declined", NOON, False)
    event = Event.objects.get(name="cases.declined")
    assert event.facts == {"before": "reported", "ground": "in_proceedings"}
    assert (event.remark.ground, event.remark.text) == ("in_proceedings", WHY)


def test_the_reporter_and_those_who_joined_are_told(stage, chen, zhou, told):
    case = stage("reported")
    actions.join(by=zhou, case=case, reporter_ref=f"p:{zhou.pk}", at=NOON)
    told()
    decline(case, chen)
    assert told() == {("wang", "cases/news"), ("zhou", "cases/news")}


@pytest.mark.parametrize("answer", ["", " \n ", "不行", "\x00\x00\x00\x00\x00"])
def test_without_an_answer_nothing_is_declined(stage, chen, answer):
    with pytest.raises(NotUnderstood, match="理由"):
        decline(stage("reported"), chen, answer=answer)
    assert Case.objects.get().status == "reported"
    assert not Remark.objects.exists()


@pytest.mark.parametrize("who", ["sun", "chen", "he"])
def test_desks_above_may_decline(request, stage, who):
    assert decline(stage("reported"), request.getfixturevalue(who)).status == "declined"


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "gu", "wu", "qian", "shen", "guan"])
def test_nobody_else_may_decline(request, stage, who):
    with pytest.raises(NotAllowed):
        decline(stage("reported"), request.getfixturevalue(who))


def test_a_returned_case_can_be_declined(stage, chen):
    assert decline(stage("returned"), chen).status == "declined"


@pytest.mark.parametrize(
    "status", ["dispatched", "accepted", "handled", "checked", "closed", "declined"]
)
def test_a_case_in_other_hands_or_ended_cannot_be_declined(stage, chen, status):
    case = stage(status)
    with pytest.raises(NotPossible):
        decline(case, chen)
