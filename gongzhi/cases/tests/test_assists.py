"""Units that help: each with its own clock, and the lead cannot finish over one that is silent."""

from datetime import timedelta

import pytest

from conftest import NOON
from gongzhi.access.models import Unit
from gongzhi.cases import actions
from gongzhi.cases.models import Assist, Case
from gongzhi.cases.tests.conftest import DONE
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Overtaken

pytestmark = pytest.mark.django_db

HELP = "请提供灯杆的产权资料。"
FOUND = "灯杆产权属于市政，资料已送达。"


@pytest.fixture
def case(stage):
    return stage("accepted")


@pytest.fixture
def assist(case, chen, lighting):
    return actions.ask_assist(by=chen, case=case, units=[lighting], asked=HELP, at=NOON)[0]


def test_an_assisting_unit_gets_its_own_clock_and_sees_the_case(case, assist, wu):
    assert assist.is_owed
    assert assist.due_at == NOON.replace(day=9, hour=17, minute=30)  # 3 working days
    assert case in Case.objects.visible_to(wu)
    assert Event.objects.get(name="cases.assist_asked").facts["unit"] == assist.unit_id


def test_asking_the_same_unit_twice_asks_once(case, assist, chen, lighting):
    again = actions.ask_assist(by=chen, case=case, units=[lighting], asked=HELP, at=NOON)
    assert again == [assist]
    assert Event.objects.filter(name="cases.assist_asked").count() == 1


def test_the_lead_cannot_finish_over_an_assist_that_owes_its_answer(
    case, assist, li, wu, after_photo
):
    with pytest.raises(NotPossible, match="路灯管理所还没有答复"):
        actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=NOON)
    actions.answer_assist(by=wu, assist=assist, answer=FOUND, at=NOON)
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=NOON)
    assert case.status == "handled"


def test_nor_can_the_desk_close_over_it(stage, chen, he, lighting):
    case = stage("checked")
    actions.ask_assist(by=chen, case=case, units=[lighting], asked=HELP, at=NOON)
    with pytest.raises(NotPossible, match="还没有答复"):
        actions.close(by=he, case=case, at=NOON)


def test_a_withdrawn_assist_holds_nobody_up(case, assist, chen, li, wu, after_photo):
    actions.withdraw_assist(by=chen, assist=assist, reason="产权已经查明", at=NOON)
    actions.handle(by=li, case=case, note=DONE, files=[after_photo], at=NOON)
    assert case not in Case.objects.visible_to(wu)


@pytest.mark.parametrize("who", ["wang", "li", "sun", "chen", "gu", "qian"])
def test_only_the_unit_itself_answers(request, assist, who):
    with pytest.raises(NotAllowed):
        actions.answer_assist(by=request.getfixturevalue(who), assist=assist, answer=FOUND, at=NOON)


def test_an_assist_is_answered_once(assist, wu):
    seen_by_second = Assist.objects.get()
    actions.answer_assist(by=wu, assist=assist, answer=FOUND, at=NOON)
    with pytest.raises(Overtaken):
        actions.answer_assist(by=wu, assist=seen_by_second, answer=FOUND, at=NOON)


def test_the_lead_unit_cannot_assist_itself(stage, chen, lighting):
    case = stage("dispatched", to=lighting)
    with pytest.raises(NotPossible, match="不能同时"):
        actions.ask_assist(by=chen, case=case, units=[lighting], asked=HELP, at=NOON)


def test_nothing_is_asked_when_one_of_the_units_does_not_fit(case, chen, lighting, other_township):
    far = Unit.objects.create(kind="fire", name="云岭消防站", area=other_township)
    with pytest.raises(NotPossible, match="不负责该区域"):
        actions.ask_assist(by=chen, case=case, units=[lighting, far], asked=HELP, at=NOON)
    assert not Assist.objects.exists()


# ── supervision ───────────────────────────────────────────────────────────


def test_a_card_is_a_clock_that_the_handler_answers(case, chen, li):
    card = actions.supervise(
        by=chen, case=case, kind=_kind("yellow"), text="三天没有进展，请说明。", at=NOON
    )
    assert card.due_at > NOON + timedelta(days=1)
    actions.answer_supervision(by=li, supervision=card, answer="配件明天到货。", at=NOON)
    assert card.answered_by == li
    with pytest.raises(Overtaken):
        actions.answer_supervision(by=li, supervision=card, answer="配件明天到货。", at=NOON)


def test_a_leader_instructs_and_a_dispatcher_may_not(case, chen, qian):
    with pytest.raises(NotAllowed):
        actions.supervise(by=chen, case=case, kind=_kind("instruction"), text="立即办理", at=NOON)
    made = actions.supervise(
        by=qian, case=case, kind=_kind("instruction"), text="立即办理", at=NOON
    )
    assert made.case == case


def test_a_grid_worker_supervises_nobody(case, li):
    with pytest.raises(NotAllowed):
        actions.supervise(by=li, case=case, kind=_kind("reminder"), text="请抓紧办理", at=NOON)


def _kind(value):
    from gongzhi.cases.words import SupervisionKind

    return SupervisionKind(value)
