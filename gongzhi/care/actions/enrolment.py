"""Whether somebody is guarded, whom to call about them, and when they are away."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.models import Absence, Contact, Elder
from gongzhi.care.words import Sensitivity, Tie
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.sensing.models import Home

ABSENCE_MOST = timedelta(days=60)
CONTACTS_MOST = 6


@action
def enrol(
    *,
    by: Person,
    home: Home,
    name: str,
    phone: str = "",
    consented_by: str,
    consent_ref: str,
    at: datetime,
) -> Elder:
    """Guard somebody who signed for it; without a consent on paper nobody is guarded."""
    require(by, Can.GUARD_ELDERS, within=home.area)
    if consented_by not in {"self", "guardian"} or not consent_ref.strip():
        raise NotUnderstood(
            _("请填写单独同意书的签署人和编号，没有同意书不能守护。"), field="consent_ref"
        )
    if not name.strip():
        raise NotUnderstood(_("请填写老人姓名。"), field="name")
    known = Elder.objects.filter(home=home).first()
    if known is not None and known.withdrawn_at is None:
        raise NotPossible(_("这户已经在守护中，无需重复登记。"))
    elder, _new = Elder.objects.update_or_create(
        home=home,
        defaults={
            "name": name.strip(),
            "phone": phone.strip(),
            "consented_at": at,
            "consented_by": consented_by,
            "consent_ref": consent_ref.strip(),
            "withdrawn_at": None,
        },
    )
    record("care.enrolled", about=elder, by=by, at=at, area_path=home.area.path)
    return elder


@action
def withdraw(*, by: Person, elder: Elder, at: datetime) -> Elder:
    """The consent is taken back: from this moment on nothing is judged any more."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if not Elder.objects.filter(pk=elder.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise NotPossible(_("这位老人的守护已经停止。"))
    elder.refresh_from_db()
    record("care.withdrawn", about=elder, by=by, at=at, area_path=elder.home.area.path)
    return elder


@action
def add_contact(
    *, by: Person, elder: Elder, name: str, phone: str, tie: Tie, at: datetime
) -> Contact:
    """One more person to call, after those already there."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if not name.strip() or not 7 <= len(phone.strip()) <= 20:
        raise NotUnderstood(_("请填写联系人姓名和完整的电话号码。"), field="phone")
    if elder.contacts.count() >= CONTACTS_MOST:
        raise NotPossible(_("最多登记%(most)d位联系人，请先删除一位。") % {"most": CONTACTS_MOST})
    last = elder.contacts.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    contact = Contact.objects.create(
        elder=elder, order=order, name=name.strip(), phone=phone.strip(), tie=tie
    )
    record("care.contact_added", about=elder, by=by, at=at, area_path=elder.home.area.path)
    return contact


@action
def set_sensitivity(
    *, by: Person, elder: Elder, sensitivity: Sensitivity, reason: str, at: datetime
) -> Elder:
    """Raise alarms sooner or later at this home; the reason is kept."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if len(reason.strip()) < 4:
        raise NotUnderstood(_("请写明调整灵敏度的理由，至少四个字。"), field="reason")
    before = elder.sensitivity
    Elder.objects.filter(pk=elder.pk).update(sensitivity=sensitivity)
    elder.refresh_from_db()
    record(
        "care.sensitivity_set",
        about=elder,
        by=by,
        at=at,
        area_path=elder.home.area.path,
        before=before,
        after=sensitivity.value,
    )
    return elder


@action
def begin_absence(
    *, by: Person, elder: Elder, begins_at: datetime, ends_at: datetime, at: datetime
) -> Absence:
    """The elder is away until `ends_at`; smoke, gas and the button stay on all the same."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if not at - timedelta(days=1) <= begins_at < ends_at <= begins_at + ABSENCE_MOST:
        raise NotUnderstood(_("外出要有结束时间，晚于开始时间，最长60天。"), field="ends_at")
    if elder.absences.filter(ends_at__gt=begins_at, begins_at__lt=ends_at).exists():
        raise NotPossible(_("这段时间已经登记过外出，请先结束原来的登记。"))
    absence = Absence.objects.create(elder=elder, begins_at=begins_at, ends_at=ends_at, by=by)
    record(
        "care.absence_begun",
        about=elder,
        by=by,
        at=at,
        area_path=elder.home.area.path,
        until=ends_at.isoformat(),
    )
    return absence


@action
def end_absence(*, by: Person, absence: Absence, at: datetime) -> Absence:
    """Back earlier than planned: the elder is guarded again from now on."""
    elder = absence.elder
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    ends_at = max(at, absence.begins_at + timedelta(seconds=1))
    if not Absence.objects.filter(pk=absence.pk, ends_at__gt=at).update(ends_at=ends_at):
        raise NotPossible(_("这次外出已经结束。"))
    absence.refresh_from_db()
    record("care.absence_ended", about=elder, by=by, at=at, area_path=elder.home.area.path)
    return absence
