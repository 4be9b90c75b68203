"""Two people with one case on screen: whatever the first does, the second acts lawfully or is told.

Every pair of verbs at every status of the flow. The second holds the case as it was before the
first; what they may then still do must be what somebody who has just opened it may do.
"""

import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import transaction

from conftest import NOON
from gongzhi.cases import actions, rules
from gongzhi.cases.files import StoredFile
from gongzhi.cases.ledger import Ledger, compare
from gongzhi.cases.models import Assist, Attachment, Case, Extension, Remark, Supervision
from gongzhi.cases.tests.conftest import DONE, LOST, WHY
from gongzhi.cases.words import (
    DeclineGround,
    PauseGround,
    ReturnGround,
    Status,
    SupervisionKind,
)
from gongzhi.catalogue.words import Grade
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.refusals import NotAllowed, NotPossible, Refusal

pytestmark = pytest.mark.django_db

Press = Callable[[Case], object]
LATER = NOON + timedelta(minutes=5)
FLOW = flows.shipped(flows.STANDARD)
# Taken by other verbs, which are pressed here: a third return, the end or redo of a parent.
INSIDE_OTHERS = {"call_arbitration", "close_merged", "decline_merged", *rules.REOPENING}
KEPT = (Case, Event, Errand, Remark, Attachment, Assist, Extension, Supervision)


@pytest.fixture
def presses(li, sun, chen, he, qian, grid_2, township, item, lighting, report) -> dict[str, Press]:
    """Every verb of the flow and those beside it, pressed as a page does it: with what was seen."""
    shown = StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)
    parent = report("主案路灯不亮")

    def seen(case: Case) -> dict[str, object]:
        return {"case": case, "at": LATER, "seen": case.version}

    def plain(case: Case) -> dict[str, object]:
        return {"case": case, "at": LATER}

    ground = DeclineGround.UNLAWFUL
    back = ReturnGround.NOT_OUR_DUTY
    done = {"by": li, "note": DONE, "files": [shown]}
    wet = {"ground": PauseGround.WEATHER, "reason": "暴雨，无法施工。"}
    return {
        "dispatch": lambda c: actions.dispatch(by=chen, to=li, **seen(c)),
        "decline": lambda c: actions.decline(by=he, ground=ground, answer=WHY, **seen(c)),
        "accept": lambda c: actions.accept(by=li, **seen(c)),
        "return_to_sender": lambda c: actions.return_to_sender(
            by=li, ground=back, reason=LOST, **seen(c)
        ),
        "handle": lambda c: actions.handle(**done, **seen(c)),
        "approve": lambda c: actions.approve(by=chen, **seen(c)),
        "rework": lambda c: actions.rework(by=he, reason=LOST, **seen(c)),
        "close": lambda c: actions.close(by=he, **seen(c)),
        "send_up": lambda c: actions.send_up(by=chen, reason=WHY, files=[shown], **seen(c)),
        "send_down": lambda c: actions.send_down(by=he, to=township, reason=WHY, **seen(c)),
        "ask_ruling": lambda c: actions.ask_ruling(by=chen, reason=WHY, **seen(c)),
        "arbitrate": lambda c: actions.arbitrate(by=he, to=lighting, ruling=WHY, **seen(c)),
        "merge": lambda c: actions.merge(by=he, parent=parent, cases=[c], at=LATER),
        "split": lambda c: actions.split(by=chen, **seen(c)),
        "close_at_source": lambda c: actions.close_at_source(by=None, text="告警解除", **plain(c)),
        "classify": lambda c: actions.classify(
            by=he, item=c.item, grade=Grade.SERIOUS, **seen(c)
        ),
        "place": lambda c: actions.place(by=chen, area=grid_2, **seen(c)),
        "recuse": lambda c: actions.name_complained_of(by=chen, unit=lighting, **seen(c)),
        "contact": lambda c: actions.contact(by=chen, text="电话联系过了", **plain(c)),
        "pause": lambda c: actions.pause(by=he, **wet, **seen(c)),
        "resume": lambda c: actions.resume(by=he, **seen(c)),
        "ask_extension": lambda c: actions.ask_extension(by=li, days=2, reason=WHY, **plain(c)),
        "ask_assist": lambda c: actions.ask_assist(
            by=he, units=[lighting], asked="请派车协助", **plain(c)
        ),
        "supervise": lambda c: actions.supervise(
            by=he, kind=SupervisionKind.YELLOW, text="两天没有进展", **plain(c)
        ),
    }  # fmt: skip


def test_every_verb_of_the_flow_is_pressed(presses):
    assert presses.keys() >= {move.verb for move in FLOW.moves} - INSIDE_OTHERS


@pytest.mark.parametrize("status", Status.values)
def test_of_two_the_second_acts_lawfully_or_is_told(stage, presses, status):
    as_seen = _loaded(stage(status))
    firsts = sorted(verb for verb in presses if _outcome(presses[verb], as_seen) is None)
    assert firsts, "nothing can be done there"
    moving = sorted({move.verb for move in FLOW.moves} & set(firsts))
    wrong = []
    for first in firsts:
        with transaction.atomic():
            presses[first](deepcopy(as_seen))
            now, before = _loaded(as_seen), _rows()
            for second in firsts if now.version > as_seen.version else moving:
                said = _outcome(presses[second], as_seen, look=True)
                wrong += [(first, second, why) for why in _faults(said, presses[second], now)]
            assert _rows() == before, first
            transaction.set_rollback(True)
    assert not wrong


def _outcome(press: Press, case: Case, *, look: bool = False) -> Refusal | None:
    """The refusal, if there is one; what was done is held against the record and taken back."""
    try:
        with transaction.atomic():
            press(deepcopy(case))
            found = compare() if look else Ledger()
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal
    assert found.agrees, found.found
    return None


def _faults(said: Refusal | None, press: Press, now: Case) -> Iterator[str]:
    if said is not None:
        if not isinstance(said, NotAllowed | NotPossible) or len(said.sentence) < 8:
            yield f"refused with {said.status}: {said.sentence}"
    elif (unlawful := _outcome(press, now)) is not None:
        yield f"done, though whoever sees it as it is now is told: {unlawful.sentence}"


def _loaded(case: Case) -> Case:
    related = ("area", "desk", "item__item_class", "unit", "handler")
    return Case.objects.select_related(*related).get(pk=case.pk)


def _rows() -> list[object]:
    return [tuple(model.objects.order_by("pk").values_list()) for model in KEPT]
