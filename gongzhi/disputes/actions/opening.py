"""Taking a dispute in: found on a round, asked for by a resident, or out of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.cases.models import Case
from gongzhi.disputes import rules
from gongzhi.disputes.actions.pressing import wind
from gongzhi.disputes.actions.steps import words
from gongzhi.disputes.models import Dispute, Party
from gongzhi.disputes.words import Kind, Side
from gongzhi.flows import reads as flows
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood
from gongzhi.places.models import Area
from gongzhi.places.words import Level

PARTIES_MOST = 20


@dataclass(frozen=True)
class NewParty:
    """Somebody in the quarrel as a form gives them; phone and address may be empty."""

    side: Side
    name: str
    phone: str = ""
    address: str = ""


@action
def open_dispute(
    *,
    by: Person | None,
    at: datetime,
    story: str,
    area: Area,
    title: str = "",
    address: str = "",
    kind: Kind = Kind.OTHER,
    parties: Sequence[NewParty] = (),
    case: Case | None = None,
) -> Dispute:
    """Put a quarrel on file; out of a case it is opened once, a second time gives back the first.

    The desk that has the case may, staff who work or dispatch in the area, and `by=None` when a
    resident asked for mediation, whose case it then is.
    """
    if case is not None and (known := Dispute.objects.filter(case=case).first()):
        return known
    _require_may_open(by, area, case)
    story = words(story, _("请写下纠纷的经过：谁和谁、为什么事、到了什么地步。"))
    dispute = Dispute.objects.create(
        case=case,
        area=area,
        desk=area.at_level(Level.COMMUNITY) or area.at_level(Level.TOWNSHIP) or area,
        title=case_rules.clean(title)[:60] or case_rules.title(story),
        story=story,
        address=case_rules.clean(address)[: case_rules.ADDRESS_MOST],
        kind=kind,
        flow_id=flows.active("six_step"),
        found_by=by,
        found_at=at,
    )
    rows = [_party(dispute, new) for new in _few(parties)]
    Party.objects.bulk_create(rows)
    facts = {"case": case.pk} if case else {}
    record("disputes.opened", about=dispute, by=by, at=at, area_path=area.path, **facts)
    wind(dispute, at)
    return dispute


@action
def add_party(*, by: Person, dispute: Dispute, new: NewParty, at: datetime) -> Party:
    """Put one more person of the quarrel on file; the desk and the mediator may."""
    _require_on_it(by, dispute)
    if dispute.parties.count() >= PARTIES_MOST:
        raise NotPossible(_("当事人已有二十人，群体性纠纷请登记代表人。"))
    party = _party(dispute, new)
    party.save()
    record(
        "disputes.party_added",
        about=dispute,
        by=by,
        at=at,
        area_path=dispute.area.path,
        party=party.pk,
    )
    return party


@action
def agree_to_mediation(*, by: Person, party: Party, at: datetime) -> Party:
    """Note that the party agreed to be mediated; mediation is voluntary, so a settlement needs it.

    Said twice it counts once.
    """
    dispute = party.dispute
    _require_on_it(by, dispute)
    if Party.objects.filter(pk=party.pk, agreed_at=None).update(agreed_at=at):
        path = dispute.area.path
        record("disputes.agreed", about=dispute, by=by, at=at, area_path=path, party=party.pk)
    party.refresh_from_db()
    return party


def _require_may_open(by: Person | None, area: Area, case: Case | None) -> None:
    if by is None:
        return
    if case is not None:
        if not case.is_open:
            raise NotPossible(_("案件已经结束，不能再转为调解。"))
        require(by, Can.DISPATCH_CASES, within=case.desk)
    elif not may(by, Can.WORK_CASES, within=area) and not may(by, Can.DISPATCH_CASES, within=area):
        raise NotAllowed(_("您的岗位不能在这里登记纠纷。"))


def _require_on_it(by: Person, dispute: Dispute) -> None:
    if dispute.mediator_id != by.pk:
        require(by, Can.DISPATCH_CASES, within=dispute.desk)
    if not dispute.is_open:
        raise NotPossible(_("这件纠纷已经结束，不能再改。"))


def _few(parties: Sequence[NewParty]) -> Sequence[NewParty]:
    if len(parties) > PARTIES_MOST:
        raise NotUnderstood(_("当事人最多二十人，群体性纠纷请登记代表人。"), field="name")
    return parties


def _party(dispute: Dispute, new: NewParty) -> Party:
    name = words(new.name, _("请填写当事人的姓名。"), most=case_rules.NAME_MOST, field="name")
    phone = case_rules.clean(new.phone)
    if phone and not case_rules.is_phone(phone):
        raise NotUnderstood(_("电话号码好像不对，请检查，或者留空。"), field="phone")
    address = case_rules.clean(new.address)[: rules.WORDS_MOST]
    party = Party(dispute=dispute, side=new.side, name=name, phone=phone, address=address)
    return party.seal_index()
