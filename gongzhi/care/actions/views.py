"""Every look at an elder's detail is kept: who, when, what, and why where it asks for a reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import Alert, Contact, Elder, FamilyLink
from gongzhi.care.words import RevealGround, View
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotUnderstood


def require_sent(by: Person, can: Can, alert: Alert) -> None:
    """NotAllowed unless the alert lies where they may do it, or the ladder sent them next door."""
    area = alert.elder.home.area
    if not may(by, can, within=area):
        sent = Alert.objects.sent_next_door(by).filter(pk=alert.pk).exists()
        require(by, can, within=None if sent else area)


@action
def note_view(
    *, by: Person, elder: Elder, what: View, at: datetime, alert: Alert | None = None
) -> None:
    """Somebody at the desk or on the round looks at an elder."""
    if alert is None:
        require(by, Can.GUARD_ELDERS, within=elder.home.area)
    else:
        require_sent(by, Can.GUARD_ELDERS, alert)
    _record(elder, by, at, what=what.value, **({"alert": alert.pk} if alert else {}))


@action
def note_family_view(
    *, by: Person | None, contact: Contact, at: datetime, link: FamilyLink | None = None
) -> None:
    """A contact looks at how the elder is; `by` is set when they came with an account."""
    if link is not None:
        FamilyLink.objects.filter(pk=link.pk).update(seen_at=at)
    _record(contact.elder, by, at, what=View.FAMILY.value, contact=contact.pk)


@action
def show_address(*, by: Person, alert: Alert, at: datetime) -> str:
    """The full address, for whoever accepted to go, and while the alert is open only."""
    elder = alert.elder
    require_sent(by, Can.GUARD_ELDERS, alert)
    if alert.closed_at is not None or alert.worker_id != by.pk:
        raise NotAllowed(_("详细地址只对接单上门的人显示，告警结束后不再显示。"))
    _record(elder, by, at, what=View.ADDRESS.value, alert=alert.pk)
    return str(elder.home.address)


@action
def reveal(*, by: Person, elder: Elder, ground: RevealGround | None, at: datetime) -> Elder:
    """Full numbers and the address for whoever gives a reason at the desk.

    Not for grid workers: they see the address of a home they go to, while the alert is open.
    """
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    require(by, Can.DISPATCH_CASES, within=elder.home.area)
    if ground is None:
        raise NotUnderstood(_("请选择查看的理由。"), field="ground")
    _record(elder, by, at, what=View.PHONE.value, ground=ground.value)
    return elder


def _record(elder: Elder, by: Person | None, at: datetime, **facts: object) -> None:
    record("care.viewed", about=elder, by=by, at=at, area_path=elder.home.area.path, **facts)
