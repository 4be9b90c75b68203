"""What follows an agreement, and the other ends: kept or broken, reviewed, guided, withdrawn."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import actions as cases
from gongzhi.disputes.actions.steps import take, words
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.words import GuideTo
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.journal.models import Event
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Refusal


@action
def follow_up(
    *,
    by: Person,
    dispute: Dispute,
    note: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """The mediator looked again: the agreement is kept."""
    note = words(note, _("请写下怎样回访的、协议履行得怎样。"))
    return take(
        "follow_up",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"kept": True},
        given={"note": note},
        answers=answers,
        note=note,
    )


@action
def resume(
    *,
    by: Person,
    dispute: Dispute,
    reason: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """The agreement was not kept: mediate again; the broken one stays on file."""
    reason = words(reason, _("请写明哪一条没有履行。"))
    return take(
        "resume",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"kept": False, "follow_up_on": None},
        given={"reason": reason},
        answers=answers,
        note=reason,
    )


@action
def guide(
    *,
    by: Person,
    dispute: Dispute,
    to: GuideTo,
    reason: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """It cannot be settled here: people are shown where to go, and why is on record."""
    reason = words(reason, _("请写明为什么调解不成、怎样告知当事人的。"))
    return take(
        "guide",
        dispute,
        by=by,
        at=at,
        seen=seen,
        given={"reason": reason},
        answers=answers,
        note=reason,
        to=to.value,
    )


@action
def review(
    *,
    by: Person,
    dispute: Dispute,
    score: int,
    note: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """Look over the whole file, give it one to five, and lay it up; never one's own mediation.

    The case it came from is checked and closed with it, where its own flow lets the reviewer.
    """
    if dispute.mediator_id == by.pk:
        raise NotPossible(_("不能考评自己调解的纠纷，请由他人考评。"))
    if not 1 <= score <= 5:
        raise NotUnderstood(_("请给出 1 到 5 分。"), field="score")
    note = words(note, _("请写下考评意见。"))
    event = take(
        "review",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"score": score},
        given={"reason": note},
        answers=answers,
        note=note,
        score=score,
    )
    _close_the_case(dispute, by, at)
    return event


@action
def withdraw(
    *,
    by: Person,
    dispute: Dispute,
    reason: str,
    at: datetime,
    seen: int,
    answers: Answers = NOTHING,
) -> Event:
    """The parties do not want to be mediated any more; mediation is voluntary."""
    reason = words(reason, _("请写明谁、为什么撤回。"))
    return take(
        "withdraw",
        dispute,
        by=by,
        at=at,
        seen=seen,
        given={"reason": reason},
        answers=answers,
        note=reason,
    )


def _close_the_case(dispute: Dispute, by: Person, at: datetime) -> None:
    """Check and close the case; what its own flow still asks for is left to a person."""
    case = dispute.case
    if case is None or case.status != "handled":
        return
    if may(by, Can.CHECK_CASES, within=case.area):
        with suppress(Refusal), transaction.atomic():
            case = cases.approve(by=by, case=case, opinion=_("协议已履行，随纠纷归档。"), at=at)
            if case.status == "checked":
                cases.close(by=by, case=case, at=at)
