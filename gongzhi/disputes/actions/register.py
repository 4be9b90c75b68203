"""The register of mediators, and looking at a party's full name and number."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can, Role
from gongzhi.disputes.actions.steps import words
from gongzhi.disputes.models import Mediator, Party
from gongzhi.disputes.words import Kind, RevealGround, Risk
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.places.models import Area

MOST_AT_ONCE = 30
REVEALS_AN_HOUR = 60


@action
def keep_mediator(
    *,
    by: Person,
    person: Person,
    area: Area,
    title: str,
    kinds: Sequence[Kind],
    highest: Risk,
    most: int,
    at: datetime,
    is_active: bool = True,
) -> Mediator:
    """Put somebody on the register, or change what it says of them; the area's desk may."""
    require(by, Can.DISPATCH_CASES, within=area)
    title = words(title, _("请写明身份，例如人民调解员、律师。"), most=40, field="title")
    if not 1 <= most <= MOST_AT_ONCE:
        raise NotUnderstood(
            _("同时调解的件数应在 1 到 %(most)s 之间。") % {"most": MOST_AT_ONCE}, field="most"
        )
    if all(post.role == Role.RESIDENT for post in person.held):
        raise NotPossible(_("调解员要先有工作账号，请联系管理员。"))
    known = Mediator.objects.filter(person=person).select_related("area").first()
    if known is not None:
        require(by, Can.DISPATCH_CASES, within=known.area)
    mediator, _new = Mediator.objects.update_or_create(
        person=person,
        defaults={
            "area": area,
            "title": title,
            "kinds": sorted({kind.value for kind in kinds}),
            "highest": highest,
            "most": most,
            "is_active": is_active,
        },
    )
    record(
        "disputes.mediator_kept",
        about=mediator,
        by=by,
        at=at,
        area_path=area.path,
        person=person.pk,
        active=is_active,
    )
    return mediator


@action
def reveal_party(*, by: Person, party: Party, ground: RevealGround, at: datetime) -> Party:
    """Show a party's full name, number and address for a reason; the look is on record."""
    dispute = party.dispute
    if dispute.mediator_id != by.pk:
        require(by, Can.DISPATCH_CASES, within=dispute.desk)
    within_limit("reveal-party", str(by.pk), most=REVEALS_AN_HOUR, seconds=3600, at=at)
    record(
        "disputes.party_revealed",
        about=dispute,
        by=by,
        at=at,
        area_path=dispute.area.path,
        party=party.pk,
        ground=ground.value,
    )
    return party
