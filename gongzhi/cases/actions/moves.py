"""Changing a case's status once, however many people press the button together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.cases.models import Case, Filled, Remark
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.words import RemarkKind, Status
from gongzhi.flows import reads as flows
from gongzhi.flows.answers import NOTHING, Answers, checked
from gongzhi.flows.rules import Move, lacking
from gongzhi.flows.words import Need
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

REMARK_MOST = 1000
REASON_LEAST = 4


def move(
    verb: str,
    case: Case,
    *,
    by: Person | None,
    at: datetime,
    seen: int | None,
    changes: dict[str, object] | None = None,
    given: Mapping[str, object] | None = None,
    answers: Answers = NOTHING,
    **facts: object,
) -> Event:
    """Take the case through `verb`, as the flow it runs on says, and record it.

    `seen` is the version the person had before their eyes: whoever acts on an older one is told
    instead of overwriting what somebody else did. `given` is what came with the step, by
    flows.words.Need; `answers` are to the fields that the flow adds to its form. NotPossible when
    the flow has no such step from where the case is; NotUnderstood when it asks for something that
    was not given.
    """
    if seen is not None and seen != case.version:
        raise overtaken()
    before, rule = Status(case.status), step_of(verb, case)
    _require_given(rule, given or {})
    filled = _filled(verb, case, answers)
    ended = {"ended_at": at if rule.after in rules.ENDED else None}
    if rule.after != rules.LEADS_TO[verb][0]:
        facts["after"] = rule.after  # so that the record alone tells where the case went
    write(case, status=rule.after, **ended, **(changes or {}))
    path, name = case.area.path, f"cases.{past(verb)}"
    event = record(name, about=case, by=by, at=at, area_path=path, before=before.value, **facts)
    if filled:
        Filled.objects.create(case=case, event=event, verb=_form_of(verb), answers=filled)
    return event


def step_of(verb: str, case: Case) -> Move:
    """The step of the case's flow. NotPossible when it has none such from where the case is.

    Opening again is everybody's right, whatever the flow says; so is ending what a sensor began.
    """
    rule = flow_of(case).move(verb, case.status)
    if rule is None and verb in rules.WHATEVER_THE_FLOW:
        rule = flows.shipped(flows.STANDARD).move(verb, case.status)
    if rule is None:
        raise _no_way(verb, case)
    return rule


def ability(verb: str, case: Case) -> Can:
    """What one must be allowed to do to take this step. NotPossible when the flow has none such."""
    flow = flow_of(case)
    rule = flow.move(verb, case.status) or flow.any_move(verb)
    if rule is None:
        raise _no_way(verb, case)
    return Can(rule.who)


def _no_way(verb: str, case: Case) -> NotPossible:
    rule = flow_of(case).any_move(verb)
    if rule is None:
        return NotPossible(_("这类案件的流程里没有这一步。"))
    return NotPossible(
        _("案件现在是“%(now)s”，不能再变为“%(after)s”。请刷新页面查看最新进展。")
        % {"now": Status(case.status).label, "after": Status(rule.after).label}
    )


def _require_given(rule: Move, given: Mapping[str, object]) -> None:
    said = {n: rules.clean(v) if isinstance(v, str) else v for n, v in given.items()}
    if need := lacking(rule, said):
        raise NotUnderstood(
            _("“%(step)s”这一步还缺：%(what)s。") % {"step": rule.name, "what": Need(need).label},
            field="photos" if need in {Need.EVIDENCE, Need.PHOTO_AFTER} else "text",
        )


def _filled(verb: str, case: Case, answers: Answers) -> dict[str, str]:
    form = _form_of(verb)
    step = flow_of(case).move(form, case.status) if form in rules.FORMS else None
    said = {key: rules.clean(text) for key, text in answers.items()}
    return checked(form, step.asks if step else (), said)


def _form_of(verb: str) -> str:
    """The verb whose form was filled in: a third return becomes a call for arbitration."""
    return "return_to_sender" if verb == "call_arbitration" else verb


def write(case: Case, **changes: object) -> None:
    """Write the changes if nobody has written since `case` was read; Overtaken otherwise."""
    write_blindly(case, **changes)
    case.refresh_from_db()


def write_blindly(case: Case, **changes: object) -> None:
    """What `write` does, without reading the case again: for whoever is done with it."""
    written = Case.objects.filter(pk=case.pk, status=case.status, version=case.version).update(
        version=F("version") + 1, **changes
    )
    if not written:
        raise overtaken()


def hold(case: Case) -> None:
    """Keep the case where it was read until this transaction ends; Overtaken when it is elsewhere.

    For what is said beside the flow, which changes nothing of the case itself.
    """
    as_read = Case.objects.filter(
        pk=case.pk,
        status=case.status,
        desk=case.desk_id,
        handler=case.handler_id,
        unit=case.unit_id,
    )
    if not as_read.update(version=F("version")):
        raise overtaken()


def write_same(cases: Sequence[Case], **changes: object) -> list[Case]:
    """Write the same plain values to each that nobody has written since it was read; those written.

    One statement for all of them; each by itself only when somebody was faster with one.
    """
    unchanged: dict[tuple[str, int], list[int]] = defaultdict(list)
    for case in cases:
        unchanged[case.status, case.version].append(case.pk)
    as_read = Q(pk__in=[])
    for (status, version), pks in unchanged.items():
        as_read |= Q(status=status, version=version, pk__in=pks)
    changed = {"version": F("version") + 1, **changes}
    before = transaction.savepoint()
    written = list(cases)
    if Case.objects.filter(as_read).update(**changed) < len(cases):
        transaction.savepoint_rollback(before)
        written = [
            case
            for case in cases
            if Case.objects.filter(pk=case.pk, status=case.status, version=case.version).update(
                **changed
            )
        ]
    for case in written:
        for name, value in {**changes, "version": case.version + 1}.items():
            setattr(case, name, value)
    return written


def overtaken() -> Overtaken:
    """What the slower of two people is told."""
    return Overtaken(_("刚刚有人先一步处理了这个案件，您的操作没有执行。请刷新后查看最新进展。"))


def require_words(text: str, sentence: str, *, least: int = REASON_LEAST) -> None:
    """NotUnderstood with the sentence when the text says less than so many visible characters."""
    if not rules.says_something(rules.clean(text), least):
        raise NotUnderstood(sentence, field="text")


def remark(event: Event, case: Case, kind: RemarkKind, text: str, *, ground: str = "") -> None:
    """Keep what the person wrote in taking this step; nothing when they wrote nothing."""
    text = words_of(text)
    if text or ground:
        Remark.objects.create(case=case, event=event, kind=kind, text=text, ground=ground)


def words_of(text: str) -> str:
    """What the person wrote, as it is kept. NotUnderstood when it is too long."""
    text = rules.clean(text)
    if len(text) > REMARK_MOST:
        raise NotUnderstood(
            _("说明最多 %(most)s 字，请删减。") % {"most": REMARK_MOST}, field="text"
        )
    return text


_PAST = {
    "dispatch": "dispatched",
    "decline": "declined",
    "accept": "accepted",
    "return_to_sender": "returned",
    "handle": "handled",
    "approve": "checked",
    "rework": "reworked",
    "close": "closed",
    "send_up": "sent_up",
    "send_down": "sent_down",
    "call_arbitration": "arbitration_called",
    "ask_ruling": "ruling_asked",
    "arbitrate": "arbitrated",
    "merge": "merged",
    "split": "split",
    "close_merged": "closed",
    "decline_merged": "declined",
    "close_at_source": "closed",
    "redo": "redo_ordered",
    "reopen": "reopened",
    "merge_again": "merged_again",
}


def past(verb: str) -> str:
    """The event that a verb leaves in the record."""
    return _PAST[verb]
