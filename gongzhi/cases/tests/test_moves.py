"""What holds for every verb: one winner of two, all or nothing, every transition accounted for."""

import secrets
from collections.abc import Callable
from itertools import product

import pytest

from conftest import GAS, NOON
from gongzhi.cases import actions, rules
from gongzhi.cases.actions.moves import past
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case, Remark
from gongzhi.cases.tests.conftest import DONE, LOST, WHY
from gongzhi.cases.words import DeclineGround, ReturnGround, Status
from gongzhi.catalogue.words import Grade
from gongzhi.flows import reads as flows
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.actions import ACTIONS, action
from gongzhi.kernel.refusals import NotPossible, Overtaken
from gongzhi.kernel.tests.threads import at_once

pytestmark = pytest.mark.django_db

Press = Callable[[Case], object]


def shown() -> StoredFile:
    return StoredFile(secrets.token_urlsafe(32), "photo", "image/jpeg", size=1)


@pytest.fixture
def presses(li, sun, chen, he, grid_2, item, lighting) -> dict[str, tuple[str, Press, Press]]:
    """For each verb a status it starts from, and how two people press it, each in their way."""
    given = {"at": NOON}
    return {
        "dispatch": (
            "reported",
            lambda case: actions.dispatch(by=chen, case=case, to=li, opinion="请去看看", **given),
            lambda case: actions.dispatch(by=he, case=case, to=sun, **given),
        ),
        "decline": (
            "reported",
            lambda case: actions.decline(
                by=chen, case=case, ground=DeclineGround.UNLAWFUL, answer=WHY, **given
            ),
            lambda case: actions.dispatch(by=he, case=case, to=sun, **given),
        ),
        "accept": (
            "dispatched",
            lambda case: actions.accept(by=li, case=case, **given),
            lambda case: actions.dispatch(by=chen, case=case, to=sun, **given),
        ),
        "return_to_sender": (
            "accepted",
            lambda case: actions.return_to_sender(
                by=li, case=case, ground=ReturnGround.NOT_OUR_DUTY, reason=LOST, **given
            ),
            lambda case: actions.handle(by=li, case=case, note=DONE, files=[shown()], **given),
        ),
        "handle": (
            "accepted",
            lambda case: actions.handle(by=li, case=case, note=DONE, files=[shown()], **given),
            lambda case: actions.handle(
                by=li, case=case, note="又点了一次", files=[shown()], **given
            ),
        ),
        "approve": (
            "handled",
            lambda case: actions.approve(by=chen, case=case, opinion="已核实", **given),
            lambda case: actions.rework(by=he, case=case, reason=LOST, **given),
        ),
        "rework": (
            "handled",
            lambda case: actions.rework(by=chen, case=case, reason=LOST, **given),
            lambda case: actions.approve(by=he, case=case, **given),
        ),
        "close": (
            "checked",
            lambda case: actions.close(by=chen, case=case, **given),
            lambda case: actions.close(by=he, case=case, **given),
        ),
        "send_up": (
            "reported",
            lambda case: actions.send_up(by=sun, case=case, reason=WHY, files=[shown()], **given),
            lambda case: actions.dispatch(by=chen, case=case, to=li, **given),
        ),
        "ask_ruling": (
            "returned",
            lambda case: actions.ask_ruling(by=chen, case=case, reason=WHY, **given),
            lambda case: actions.dispatch(by=he, case=case, to=li, **given),
        ),
        "arbitrate": (
            "arbitration",
            lambda case: actions.arbitrate(by=chen, case=case, to=lighting, ruling=WHY, **given),
            lambda case: actions.arbitrate(by=he, case=case, to=lighting, ruling=LOST, **given),
        ),
        "classify": (
            "reported",
            lambda case: actions.classify(
                by=chen, case=case, item=item(GAS), grade=Grade.URGENT, **given
            ),
            lambda case: actions.classify(
                by=he, case=case, item=None, grade=Grade.SERIOUS, **given
            ),
        ),
        "place": (
            "reported",
            lambda case: actions.place(by=chen, case=case, area=grid_2, **given),
            lambda case: actions.place(by=he, case=case, area=case.area.parent, **given),
        ),
    }


# These need more than one case or desk, or a sensor's alarm, to be pressed; test_matters,
# test_desks, test_rulings, test_closing and the crossings' test_alarm press them.
ELSEWHERE = {
    "send_down", "call_arbitration", "merge", "split", "close_merged", "decline_merged",
    "close_at_source", *rules.REOPENING,
}  # fmt: skip
STANDARD = flows.shipped(flows.STANDARD)
MOVES = {move.verb: move for move in STANDARD.moves}
FLOW = [verb for verb in MOVES if verb not in ELSEWHERE]
VERBS = [*FLOW, "classify", "place"]
# Moves that another verb makes: a third return, the end of a parent, a redo.
MADE_BY_OTHERS = {"call_arbitration", "close_merged", "decline_merged", *rules.REOPENING}


def rows() -> list[tuple[object, ...]]:
    """Everything a verb may write, as it stands."""
    return [
        tuple(model.objects.order_by("pk").values_list())
        for model in (Case, Event, Errand, Remark, Attachment)
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_of_two_who_press_on_what_both_saw_the_second_is_told(stage, presses, verb):
    status, press, other_press = presses[verb]
    case = stage(status)
    seen_by_other = Case.objects.get(pk=case.pk)
    press(case)
    after = rows()
    with pytest.raises(Overtaken, match="先一步"):
        other_press(seen_by_other)
    assert rows() == after


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", VERBS)
def test_of_two_who_press_at_the_same_moment_exactly_one_is_heard(stage, presses, verb):
    status, press, other_press = presses[verb]
    case = stage(status)
    mine, theirs = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
    before = Event.objects.count()
    answers = at_once(lambda: press(mine), lambda: other_press(theirs))
    assert sorted(type(answer).__name__ for answer in answers) == ["Case", "Overtaken"], answers
    assert Event.objects.count() == before + 1
    assert Case.objects.get().version == case.version + 1


@pytest.mark.parametrize("verb", VERBS)
def test_when_the_record_cannot_be_written_nothing_has_happened(stage, presses, verb, monkeypatch):
    status, press, _other = presses[verb]
    case = stage(status)
    before = rows()

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("gongzhi.journal.record.insert_many", broken)
    with pytest.raises(OSError, match="disk full"):
        press(case)
    monkeypatch.undo()
    assert rows() == before


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_raises_the_version_once_and_is_recorded_once(stage, presses, verb):
    status, press, _other = presses[verb]
    case = stage(status)
    version, events = case.version, Event.objects.count()
    press(case)
    assert Case.objects.get().version == version + 1
    assert Event.objects.count() == events + 1
    last = Event.objects.latest("pk")
    assert (last.kind, last.subject_id, last.at) == ("case", case.pk, NOON)
    assert last.by is not None
    assert last.area_path == Case.objects.get().area.path


@pytest.mark.parametrize("verb", FLOW)
def test_a_verb_leaves_the_status_and_the_event_the_table_says(stage, presses, verb):
    status, press, _other = presses[verb]
    case = stage(status)
    press(case)
    assert Case.objects.get().status == MOVES[verb].after
    assert Event.objects.latest("pk").name == f"cases.{past(verb)}"
    assert Event.objects.latest("pk").facts["before"] == status


@pytest.mark.parametrize(("verb", "status"), list(product(FLOW, Status)))
def test_no_verb_works_from_a_status_the_table_does_not_name(stage, presses, li, verb, status):
    """Every status × every verb, whoever presses: it moves as the table says or not at all."""
    case = stage("reported")
    _status, press, _other = presses[verb]
    if verb in {"accept", "return_to_sender", "handle"}:
        Case.objects.filter(pk=case.pk).update(handler=li)
    Case.objects.filter(pk=case.pk).update(status=status)
    case = Case.objects.get(pk=case.pk)
    before = rows()
    if status in MOVES[verb].before:
        press(case)
        assert Case.objects.get().status == MOVES[verb].after
    else:
        with pytest.raises(NotPossible):
            press(case)
        assert rows() == before


# ── the shape of a verb ───────────────────────────────────────────────────


def test_a_verb_without_who_when_or_a_promise_is_refused_when_it_is_written():
    def without_by(*, at):
        """Promise."""

    def positional(by, at):
        """Promise."""

    def silent(*, by, at):
        pass

    with pytest.raises(TypeError, match="must take by"):
        action(without_by)
    with pytest.raises(TypeError, match="keyword arguments only"):
        action(positional)
    with pytest.raises(TypeError, match="promises"):
        action(silent)


def test_every_verb_of_the_table_exists():
    for verb in MOVES.keys() - MADE_BY_OTHERS:
        assert any(
            name.endswith(f".{verb}") for name in ACTIONS if name.startswith("gongzhi.cases")
        )
        assert past(verb)
