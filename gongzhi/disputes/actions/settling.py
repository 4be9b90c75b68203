"""The mediator's work: sittings written down, an agreement signed by everybody."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import actions as cases
from gongzhi.cases import rules as case_rules
from gongzhi.disputes import rules
from gongzhi.disputes.actions.steps import require_step, take, words
from gongzhi.disputes.models import Agreement, Dispute, Party, Session, Signature
from gongzhi.disputes.words import Side, SignedHow, Status
from gongzhi.flows.answers import NOTHING, Answers
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Refusal


@dataclass(frozen=True)
class Signed:
    """A signature: whose (None is the mediator's or a page of all), how, and the image (base64)."""

    party: Party | None
    how: SignedHow
    image: str


@action
def hold_session(
    *, by: Person, dispute: Dispute, held_at: datetime, place: str, text: str, at: datetime
) -> Session:
    """Write down a sitting; the mediator may, while the dispute is being mediated."""
    require_step(by, dispute, Can.WORK_CASES)
    if dispute.status != Status.MEDIATING:
        raise NotPossible(_("只有在调解中才能记录调解。"))
    if held_at > at:
        raise NotUnderstood(_("调解时间还没有到，请改正。"), field="held_at")
    session = Session.objects.create(
        dispute=dispute,
        by=by,
        held_at=held_at,
        place=case_rules.clean(place)[:200],
        text=words(text, _("请写下各方说了什么、谈到哪一步。")),
        at=at,
    )
    path = dispute.area.path
    record("disputes.session_held", about=dispute, by=by, at=at, area_path=path, session=session.pk)
    return session


@action
def settle(
    *,
    by: Person,
    dispute: Dispute,
    text: str,
    signed: Sequence[Signed],
    follow_up_on: date | None,
    at: datetime,
    answers: Answers = NOTHING,
    seen: int,
) -> Agreement:
    """Put the agreement on file, signed by both sides, with the day on which to look again.

    Only with both sides on file and willing: mediation is voluntary. The case it came from is
    handled by it, where its own flow lets it.
    """
    text = case_rules.clean(text)
    _require_both_sides(dispute)
    take(
        "settle",
        dispute,
        by=by,
        at=at,
        seen=seen,
        changes={"settled_at": at, "follow_up_on": follow_up_on, "reminded_at": None, "kept": None},
        given={
            "agreement": text,
            "signature": bool(signed),
            "follow_up_date": follow_up_on is not None,
        },
        answers=answers,
        note=_("达成调解协议，%(day)s 回访。") % {"day": follow_up_on},
    )
    _require_agreement(text)
    _require_signed_by_both(dispute, signed)
    if follow_up_on is None or not rules.follow_up_is_fit(follow_up_on, localdate(at)):
        raise NotUnderstood(_("回访日期应在明天到半年以内。"), field="date")
    agreement = Agreement.objects.create(dispute=dispute, text=text, by=by, at=at)
    Signature.objects.bulk_create(
        Signature(agreement=agreement, party=one.party, how=one.how, image=one.image, at=at)
        for one in signed
    )
    _answer_the_case(dispute, by, at)
    return agreement


def _require_both_sides(dispute: Dispute) -> None:
    parties = list(dispute.parties.all())
    sides = {party.side for party in parties}
    if not {Side.APPLICANT, Side.RESPONDENT} <= sides:
        raise NotPossible(_("双方当事人都登记在案，才能达成协议。"))
    if unwilling := [p for p in parties if p.side != Side.OTHER and p.agreed_at is None]:
        raise NotPossible(
            _("还有 %(n)s 位当事人没有登记同意调解，调解应当自愿。") % {"n": len(unwilling)}
        )


def _require_agreement(text: str) -> None:
    if len(text) < rules.AGREEMENT_LEAST:
        raise NotUnderstood(
            _("协议至少 %(n)s 个字：谁、做什么、什么时候做到。") % {"n": rules.AGREEMENT_LEAST},
            field="agreement",
        )
    if len(text) > rules.AGREEMENT_MOST:
        raise NotUnderstood(
            _("协议最多 %(n)s 字，请删减。") % {"n": rules.AGREEMENT_MOST}, field="agreement"
        )


def _require_signed_by_both(dispute: Dispute, signed: Sequence[Signed]) -> None:
    """A photo of the signed page stands for all; drawn signatures must come from both sides."""
    if any(one.how == SignedHow.PHOTO and one.party is None for one in signed):
        return
    theirs = {one.party.pk for one in signed if one.party is not None}
    own = dispute.parties.exclude(side=Side.OTHER)
    if missing := [party for party in own if party.pk not in theirs]:
        raise NotUnderstood(
            _("还缺 %(n)s 位当事人的签名：请逐位签名，或拍下签好的协议。") % {"n": len(missing)},
            field="signature",
        )


def _answer_the_case(dispute: Dispute, by: Person, at: datetime) -> None:
    """Answer the case with the agreement; what its own flow still asks for is left to a person."""
    case = dispute.case
    if case is None or case.handler_id != by.pk:
        return
    note = _("经调解，双方于 %(day)s 达成协议并签字，将按期回访履行情况。")
    day = f"{localtime(at):%Y-%m-%d}"
    with suppress(Refusal), transaction.atomic():
        if case.status == "dispatched":
            case = cases.accept(by=by, case=case, at=at)
        if case.status == "accepted":
            cases.handle(by=by, case=case, note=note % {"day": day}, at=at)
