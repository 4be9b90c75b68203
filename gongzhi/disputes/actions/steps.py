"""Taking a dispute one step on, as its flow says, once, however many people press together."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.disputes import rules
from gongzhi.disputes.actions.pressing import wind
from gongzhi.disputes.models import Dispute, Note
from gongzhi.disputes.reads import flow_of
from gongzhi.disputes.words import Status
from gongzhi.flows.answers import NOTHING, Answers, checked
from gongzhi.flows.rules import lacking
from gongzhi.flows.words import Need
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken

FIELDS = {Need.AGREEMENT: "agreement", Need.SIGNATURE: "signature", Need.FOLLOW_UP_DATE: "date"}


def take(
    verb: str,
    dispute: Dispute,
    *,
    by: Person,
    at: datetime,
    seen: int,
    changes: Mapping[str, object] | None = None,
    given: Mapping[str, object] | None = None,
    answers: Answers = NOTHING,
    note: str = "",
    **facts: object,
) -> Event:
    """Take the step and record it; Overtaken for whoever acts on what is no longer so.

    Who may is asked here as well: what the flow says, at the dispute's desk, or for the mediator's
    own steps by being the mediator.
    """
    flow = flow_of(dispute)
    step = flow.move(verb, dispute.status) or flow.any_move(verb)
    if step is None:
        raise NotPossible(_("纠纷的流程里没有这一步。"))
    require_step(by, dispute, Can(step.who))
    if seen != dispute.version:
        raise Overtaken(_("刚刚有人先一步更新了这件纠纷，请刷新后再操作。"))
    if dispute.status not in step.before:
        now = Status(dispute.status).label
        raise NotPossible(
            _("纠纷现在是“%(now)s”，不能“%(step)s”。") % {"now": now, "step": step.name}
        )
    if need := lacking(step, given or {}):
        raise NotUnderstood(
            _("“%(step)s”这一步还缺：%(what)s。") % {"step": step.name, "what": Need(need).label},
            field=FIELDS.get(Need(need), "text"),
        )
    said = {key: case_rules.clean(text) for key, text in answers.items()}
    filled = checked(verb, step.asks, said)
    before = dispute.status
    ended = {"ended_at": at} if step.after in rules.ENDED else {}
    write(dispute, seen, status=step.after, **ended, **(changes or {}))
    event = record(
        f"disputes.{rules.PAST[verb]}",
        about=dispute,
        by=by,
        at=at,
        area_path=dispute.area.path,
        before=before,
        **facts,
    )
    _keep_note(event, dispute, note, filled)
    wind(dispute, at)
    return event


def require_step(person: Person, dispute: Dispute, can: Can) -> None:
    """NotAllowed unless it is theirs: the mediator's own work, else an ability at the desk."""
    if can == Can.WORK_CASES:
        if dispute.mediator_id != person.pk or not person.is_active:
            raise NotAllowed(_("这件纠纷由其他调解员调解，您不能操作。"))
        return
    require(person, can, within=dispute.desk)
    if person.phone_index and dispute.parties.filter(phone_index=person.phone_index).exists():
        raise NotAllowed(_("您是这件纠纷的当事人，按规定回避。"))


def write(dispute: Dispute, seen: int, **changes: object) -> None:
    """Write if nobody has written since; Overtaken otherwise."""
    rows = Dispute.objects.filter(pk=dispute.pk, version=seen, status=dispute.status)
    if not rows.update(version=F("version") + 1, **changes):
        raise Overtaken(_("刚刚有人先一步更新了这件纠纷，请刷新后再操作。"))
    dispute.refresh_from_db()


def _keep_note(event: Event, dispute: Dispute, text: str, filled: dict[str, str]) -> None:
    """Keep what the person wrote in taking the step; nothing when they wrote nothing."""
    text = case_rules.clean(text)
    if text or filled:
        answers = json.dumps(filled, ensure_ascii=False) if filled else ""
        Note.objects.create(dispute=dispute, event=event.pk, text=text, answers=answers)


def words(text: str, sentence: str, *, most: int = rules.WORDS_MOST, field: str = "text") -> str:
    """The text cleaned. NotUnderstood with the sentence when it says too little, or is too long."""
    text = case_rules.clean(text)
    if not case_rules.says_something(text):
        raise NotUnderstood(sentence, field=field)
    if len(text) > most:
        raise NotUnderstood(_("最多 %(most)s 字，请删减。") % {"most": most}, field=field)
    return text
