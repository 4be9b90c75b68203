"""Whether somebody is guarded, whom to call about them, and when they are away."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.care.actions.alerts import end_alert
from gongzhi.care.models import Absence, Elder, FamilyLink, SettingChange
from gongzhi.care.words import CloseCode, Sensitivity
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.sensing.models import Home

ABSENCE_MOST = timedelta(days=60)
SETTING_MOST = timedelta(days=180)
TRIAL_MOST = timedelta(days=60)


@action
def enrol(
    *,
    by: Person,
    home: Home,
    name: str,
    phone: str = "",
    consented_by: str,
    consent_ref: str,
    shares_with_family: bool = False,
    trial_until: datetime | None = None,
    at: datetime,
) -> Elder:
    """Guard somebody who signed for it; without a consent on paper nobody is guarded.

    That the family may look is a consent of its own. Until `trial_until` the home is on trial:
    everything is judged and kept, and nobody is called.
    """
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
    if trial_until is not None and not at < trial_until <= at + TRIAL_MOST:
        raise NotUnderstood(_("试运行最长60天，结束时间要在今天之后。"), field="trial_until")
    elder, _new = Elder.objects.update_or_create(
        home=home,
        defaults={
            "name": name.strip(),
            "phone": phone.strip(),
            "consented_at": at,
            "consented_by": consented_by,
            "consent_ref": consent_ref.strip(),
            "shares_with_family": shares_with_family,
            "testing_until": trial_until,
            "withdrawn_at": None,
        },
    )
    Elder.objects.filter(pk=elder.pk).update(revision=F("revision") + 1)
    record(
        "care.enrolled",
        about=elder,
        by=by,
        at=at,
        area_path=home.area.path,
        consented_by=consented_by,
        family=shares_with_family,
    )
    return elder


@action
def withdraw(*, by: Person, elder: Elder, at: datetime) -> Elder:
    """The consent is taken back: from this moment on nothing is judged, and no link opens."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    if not Elder.objects.filter(pk=elder.pk, withdrawn_at=None).update(
        withdrawn_at=at, shares_with_family=False, revision=F("revision") + 1
    ):
        raise NotPossible(_("这位老人的守护已经停止。"))
    FamilyLink.objects.filter(contact__elder=elder, revoked_at=None).update(revoked_at=at)
    elder.refresh_from_db()
    for alert in elder.alerts.filter(closed_at=None):
        end_alert(alert, by=by, code=CloseCode.WITHDRAWN, at=at)
    record("care.withdrawn", about=elder, by=by, at=at, area_path=elder.home.area.path)
    return elder


@action
def set_family_consent(*, by: Person, elder: Elder, agrees: bool, at: datetime) -> Elder:
    """Whether the family may look; taken back as easily as given, and then no link opens."""
    require(by, Can.GUARD_ELDERS, within=elder.home.area)
    Elder.objects.filter(pk=elder.pk).update(shares_with_family=agrees)
    if not agrees:
        FamilyLink.objects.filter(contact__elder=elder, revoked_at=None).update(revoked_at=at)
    elder.refresh_from_db()
    record(
        "care.family_consent_set",
        about=elder,
        by=by,
        at=at,
        area_path=elder.home.area.path,
        agrees=agrees,
    )
    return elder


@action
def set_sensitivity(
    *,
    by: Person | None,
    elder: Elder,
    sensitivity: Sensitivity,
    reason: str,
    expires_at: datetime | None = None,
    at: datetime,
) -> Elder:
    """Raise alarms sooner or later at this home; the reason is kept, and when it ends by itself."""
    if by is not None:
        require(by, Can.GUARD_ELDERS, within=elder.home.area)
    reason = reason.strip()
    if not 4 <= len(reason) <= 200:
        raise NotUnderstood(_("请写明调整灵敏度的理由，四到二百个字。"), field="reason")
    if expires_at is not None and not at < expires_at <= at + SETTING_MOST:
        raise NotUnderstood(_("期限要在今天之后，最长180天。"), field="expires_at")
    before = elder.sensitivity
    Elder.objects.filter(pk=elder.pk).update(
        sensitivity=sensitivity, sensitivity_until=expires_at, revision=F("revision") + 1
    )
    SettingChange.objects.create(
        elder=elder,
        before=before,
        after=sensitivity,
        reason=reason,
        expires_at=expires_at,
        by=by,
        at=at,
    )
    elder.refresh_from_db()
    record(
        "care.sensitivity_set",
        about=elder,
        by=by,
        at=at,
        area_path=elder.home.area.path,
        before=before,
        after=sensitivity.value,
        until=expires_at.isoformat() if expires_at else None,
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
