"""Class and desk, risk, and who mediates."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import actions as cases
from gongzhi.disputes import rules
from gongzhi.disputes.actions.steps import take, words
from gongzhi.disputes.models import Dispute, Mediator
from gongzhi.disputes.reads import candidate_of
from gongzhi.disputes.words import Kind, Risk
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.journal.models import Event
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Refusal
from gongzhi.places.models import Area
from gongzhi.places.words import Level


@action
def sort(
    *,
    by: Person,
    dispute: Dispute,
    kind: Kind,
    desk: Area,
    at: datetime,
    seen: int,
    note: str = "",
    answers: Answers = NOTHING,
) -> Event:
    """Say of which class it is and at which level it is settled, from community to district."""
    if desk.level not in {Level.COMMUNITY, Level.TOWNSHIP, Level.DISTRICT} or not desk.holds(
        dispute.area
    ):
        raise NotPossible(_("只能分流到这个地方的社区、街道或区。"))
    return take(
        "sort",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"kind": kind, "desk": desk},
        given={"ground": kind.value},
        answers=answers,
        note=note,
        kind=kind.value,
        desk=desk.code,
    )


@action
def rate_risk(
    *,
    by: Person,
    dispute: Dispute,
    risk: Risk,
    signs: Sequence[str],
    why: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """Rate how dangerous it may become, by signs and in own words; never below the signs."""
    if unknown := set(signs) - {*rules.GRAVE, *rules.WORRYING}:
        raise NotUnderstood(
            _("不认识的风险信号：%(what)s。") % {"what": "、".join(sorted(unknown))}
        )
    least = rules.risk_of(signs)
    if rules.RISKS.index(risk) < rules.RISKS.index(least):
        raise NotUnderstood(
            _("按勾选的信号，风险至少是“%(least)s”。") % {"least": Risk(least).label}, field="risk"
        )
    why = words(why, _("请写明评定的依据。"))
    return take(
        "rate_risk",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"risk": risk, "signs": sorted(set(signs))},
        given={"risk": risk.value, "reason": why},
        answers=answers,
        note=why,
        risk=risk.value,
    )


@action
def assign(
    *,
    by: Person,
    dispute: Dispute,
    mediator: Mediator,
    at: datetime,
    seen: int,
    note: str = "",
    answers: Answers = NOTHING,
) -> Event:
    """Give it to a mediator who may take it: by place, level and load; a party never mediates.

    The case it came from goes to the mediator as well, where its own flow lets it.
    """
    candidate = candidate_of(mediator, dispute)
    if not mediator.is_active or not mediator.person.is_active:
        raise NotPossible(_("这位调解员已经不在册，请另选一位。"))
    if not candidate.covers:
        raise NotPossible(_("这位调解员不负责这个地方，请另选一位。"))
    if rules.RISKS.index(candidate.highest) < rules.RISKS.index(dispute.risk or "low"):
        raise NotPossible(_("这件纠纷的风险超出了这位调解员的范围，请另选一位。"))
    if candidate.load >= candidate.most and dispute.mediator_id != mediator.person_id:
        raise NotPossible(_("这位调解员手上已经满了，请另选一位。"))
    if is_party(mediator.person, dispute):
        raise NotPossible(_("这位调解员是当事人，按规定回避。"))
    event = take(
        "assign",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"mediator": mediator.person, "assigned_at": at},
        given={"handler": True},
        answers=answers,
        note=note,
        mediator=mediator.person_id,
    )
    _hand_over_the_case(dispute, by, at)
    return event


def is_party(person: Person, dispute: Dispute) -> bool:
    """Whether the person is in the quarrel themselves, as far as telephone numbers tell."""
    index = person.phone_index
    return bool(index) and dispute.parties.filter(phone_index=index).exists()


def _hand_over_the_case(dispute: Dispute, by: Person, at: datetime) -> None:
    """Give the case to the mediator; what its own flow still asks for is left to a person."""
    case, mediator = dispute.case, dispute.mediator
    if case is None or mediator is None or case.status not in {"reported", "returned"}:
        return
    may_dispatch = may(by, Can.DISPATCH_CASES, within=case.desk)
    if may_dispatch and may(mediator, Can.WORK_CASES, within=case.area):
        opinion = _("转矛盾调解，由调解员承办。")
        with suppress(Refusal), transaction.atomic():
            cases.dispatch(by=by, case=case, to=mediator, opinion=opinion, at=at)
