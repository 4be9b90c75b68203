"""Fields that a flow adds to the steps of the disputes' desk: shown, asked for, kept, read."""

import re

import pytest
from django.urls import reverse

from gongzhi.cases.models import Case
from gongzhi.cases.tests.test_flows import let_in, move_of
from gongzhi.disputes import actions, rules
from gongzhi.disputes.models import Dispute, Note
from gongzhi.disputes.reads import history
from gongzhi.disputes.tests import conftest as do
from gongzhi.disputes.words import Side
from gongzhi.flows import reads as flows

pytestmark = pytest.mark.django_db

HOURS = {"key": "hours", "name": "用时", "kind": "number", "unit": "小时", "required": True}
SHOWN = {"key": "shown", "name": "当面告知", "kind": "yes_no", "required": True}
STEPS = {  # verb: where it is taken, the page it is sent to, what its form says beside
    "sort": ("found", "sort", {"kind": "neighbours"}),
    "rate_risk": ("sorted", "rate", {"risk": "low", "text": do.WHY}),
    "assign": ("rated", "assign", {}),
    "review": ("followed", "review", {"score": "4", "text": "程序完整，履行到位。"}),
    "withdraw": ("rated", "withdraw", {"text": "双方自行和好，不再调解。"}),
}


@pytest.fixture
def asking(db):
    """Every step of the desk asks for two fields more, for disputes that begin from now on."""

    def change(content):
        for move in content["moves"]:
            if move["verb"] in STEPS:
                move["asks"] = [HOURS, SHOWN]

    return let_in(change, name="six_step")


@pytest.fixture
def at_step(asking, stage, monkeypatch):
    """`at_step("rated")`: a dispute there, whose earlier steps were answered."""
    take = actions.steps.take

    def answered(verb, dispute, **more):
        if verb in STEPS:
            more["answers"] = {"hours": "1", "shown": "yes"}
        return take(verb, dispute, **more)

    def bring(status):
        with monkeypatch.context() as patched:
            for module in (actions.sorting, actions.closing):
                patched.setattr(module, "take", answered)
            return stage(status)

    return bring


def test_every_step_of_a_dispute_may_ask_for_more():
    assert set(rules.FORMS) == set(rules.LEADS_TO)
    assert {move.verb for move in flows.shipped("six_step").moves} == rules.FORMS


@pytest.mark.parametrize("verb", STEPS)
def test_a_step_of_the_desk_shows_asks_keeps_and_tells(verb, at_step, as_, chen, mediator):
    status, page, fields = STEPS[verb]
    dispute, desk = at_step(status), as_(chen)
    show = reverse("disputes:show", args=[dispute.pk])
    assert f'<label for="a-{verb}-hours">用时（小时）' in desk.get(show).content.decode()
    fields = fields | {"desk": dispute.desk.code, "mediator": mediator.pk, "seen": dispute.version}
    to = reverse(f"disputes:{page}", args=[dispute.pk])
    refused = desk.post(to, {**fields, f"a-{verb}-shown": "yes"})
    said = refused.content.decode()
    assert refused.status_code == 422
    assert re.search(rf'id="a-{verb}-hours"[^>]*aria-invalid="true"', said)
    assert '<option value="yes" selected>' in said
    assert fields.get("text", "") in said
    assert Dispute.objects.get().status == status
    desk.post(to, {**fields, f"a-{verb}-hours": "1.5", f"a-{verb}-shown": "no"})
    dispute.refresh_from_db()
    assert dispute.status == rules.LEADS_TO[verb][0]
    assert history(dispute)[-1].text.endswith("用时：1.5 小时；当面告知：否。")


def test_who_was_overtaken_finds_what_was_typed_still_in_the_form(at_step, as_, chen):
    dispute = at_step("sorted")
    data = {"seen": dispute.version - 1, "risk": "high", "signs": ["violence"], "text": do.WHY}
    to = reverse("disputes:rate", args=[dispute.pk])
    answer = as_(chen).post(to, data | {"a-rate_risk-hours": "7"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r'id="a-rate_risk-hours"[^>]*value="7"', page)
    assert do.WHY in page
    assert 'value="violence" checked' in page
    assert '<option value="high" selected>' in page
    assert not Note.objects.filter(text=do.WHY).exists()


def test_what_the_flow_of_the_case_asks_for_is_left_to_a_person(
    asking, report, chen, sun, mediator
):
    """The mediator is chosen all the same; the case waits at its desk for the fields it wants."""
    let_in(lambda d: move_of(d, "dispatch").update(asks=[HOURS]))
    case = report("楼上漏水泡坏我家天花板，说了三次不肯修")
    parties = [
        actions.NewParty(Side.APPLICANT, "王秀英"),
        actions.NewParty(Side.RESPONDENT, "张三"),
    ]
    dispute = actions.open_dispute(
        by=chen, at=do.NOON, story=case.text, area=case.area, case=case, parties=parties
    )
    answers = {"hours": "1", "shown": "yes"}
    common = {"by": chen, "dispute": dispute, "answers": answers}
    actions.sort(kind=do.Kind.NEIGHBOURS, desk=dispute.desk, **common, **do.seen(dispute))
    actions.rate_risk(risk=do.Risk.LOW, signs=(), why=do.WHY, **common, **do.seen(dispute))
    actions.assign(mediator=mediator, **common, **do.seen(dispute))
    assert dispute.mediator == sun
    assert Case.objects.get(pk=case.pk).status == "reported"
