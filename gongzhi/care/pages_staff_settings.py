"""What the desk changes about an elder: contacts, links, sensitivity, absences, consents."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.access.requests import PersonRequest
from gongzhi.care import actions
from gongzhi.care.models import Absence, Contact, FamilyLink
from gongzhi.care.pages_staff import elder_of, elder_page, guards
from gongzhi.care.words import RevealGround, Sensitivity, Tie
from gongzhi.kernel.refusals import NotUnderstood, Refusal


def moment_of(text: str, field: str) -> datetime:
    """A date and time as browsers send them, in local time. NotUnderstood for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise NotUnderstood(_("请填写日期和时间。"), field=field)
    return found.replace(tzinfo=get_current_timezone()) if found.tzinfo is None else found


def end_of(text: str, field: str) -> datetime | None:
    """The end of a day as browsers send it; None when nothing was typed."""
    if not text.strip():
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise NotUnderstood(_("日期填写不正确，请写成 2026-03-04。"), field=field)
    return datetime.combine(day, time(), get_current_timezone()) + timedelta(days=1)


@guards
@require_POST
def set_sensitivity(request: PersonRequest, pk: int) -> HttpResponse:
    """How closely the home is watched, with the reason and until when."""
    elder, typed = elder_of(request, pk), request.POST
    try:
        if typed.get("sensitivity", "") not in Sensitivity.values:
            raise NotUnderstood(_("请选择灵敏度。"), field="sensitivity")
        actions.set_sensitivity(
            by=request.user,
            elder=elder,
            sensitivity=Sensitivity(typed["sensitivity"]),
            reason=typed.get("reason", ""),
            expires_at=end_of(typed.get("expires_on", ""), "expires_at"),
            at=now(),
        )
    except Refusal as refusal:
        return elder_page(request, elder_of(request, pk), refusal=refusal, typed=typed)
    messages.success(request, _("灵敏度已调整，几秒内生效。"))
    return redirect("elders:elder", pk=pk)


@guards
@require_POST
def add_contact(request: PersonRequest, pk: int) -> HttpResponse:
    """One more person to call."""
    elder, typed = elder_of(request, pk), request.POST
    try:
        if typed.get("tie", "") not in Tie.values:
            raise NotUnderstood(_("请选择联系人与老人的关系。"), field="tie")
        actions.add_contact(
            by=request.user,
            elder=elder,
            name=typed.get("name", ""),
            phone=typed.get("phone", ""),
            tie=Tie(typed["tie"]),
            at=now(),
        )
    except Refusal as refusal:
        return elder_page(request, elder_of(request, pk), refusal=refusal, typed=typed)
    messages.success(request, _("已添加联系人。"))
    return redirect("elders:elder", pk=pk)


def _contact_of(request: PersonRequest, pk: int) -> Contact:
    found = get_object_or_404(Contact.objects.select_related("elder__home__area"), pk=pk)
    elder_of(request, found.elder_id)
    return found


@guards
@require_POST
def remove_contact(request: PersonRequest, pk: int) -> HttpResponse:
    """Not to be called any more."""
    contact = _contact_of(request, pk)
    actions.remove_contact(by=request.user, contact=contact, at=now())
    messages.success(request, _("已删除联系人，其专属链接同时停用。"))
    return redirect("elders:elder", pk=contact.elder_id)


@guards
@require_POST
def call_first(request: PersonRequest, pk: int) -> HttpResponse:
    """To be called before the others."""
    contact = _contact_of(request, pk)
    actions.call_first(by=request.user, contact=contact, at=now())
    messages.success(request, _("已排到第一位。"))
    return redirect("elders:elder", pk=contact.elder_id)


@guards
@require_POST
def make_link(request: PersonRequest, pk: int) -> HttpResponse:
    """A private address for this contact, shown this once."""
    contact = _contact_of(request, pk)
    _link, secret = actions.make_link(by=request.user, contact=contact, at=now())
    elder = elder_of(request, contact.elder_id)
    return elder_page(request, elder, made_for=contact, secret=secret)


@guards
@require_POST
def revoke_link(request: PersonRequest, pk: int) -> HttpResponse:
    """The private address opens nothing any more."""
    link = get_object_or_404(FamilyLink.objects.select_related("contact__elder__home__area"), pk=pk)
    elder_of(request, link.contact.elder_id)
    actions.revoke_link(by=request.user, link=link, at=now())
    messages.success(request, _("链接已停用。"))
    return redirect("elders:elder", pk=link.contact.elder_id)


@guards
@require_POST
def begin_absence(request: PersonRequest, pk: int) -> HttpResponse:
    """The elder is away until a given moment."""
    elder, typed = elder_of(request, pk), request.POST
    try:
        actions.begin_absence(
            by=request.user,
            elder=elder,
            begins_at=moment_of(typed.get("begins_at", ""), "begins_at"),
            ends_at=moment_of(typed.get("ends_at", ""), "ends_at"),
            at=now(),
        )
    except Refusal as refusal:
        return elder_page(request, elder_of(request, pk), refusal=refusal, typed=typed)
    messages.success(request, _("已登记外出；烟感、燃气和一键求助照常。"))
    return redirect("elders:elder", pk=pk)


@guards
@require_POST
def end_absence(request: PersonRequest, pk: int) -> HttpResponse:
    """Back earlier than planned."""
    absence = get_object_or_404(Absence.objects.select_related("elder__home__area"), pk=pk)
    elder_of(request, absence.elder_id)
    actions.end_absence(by=request.user, absence=absence, at=now())
    messages.success(request, _("外出登记已结束，守护恢复。"))
    return redirect("elders:elder", pk=absence.elder_id)


@guards
@require_POST
def set_family_consent(request: PersonRequest, pk: int) -> HttpResponse:
    """Whether the family may look."""
    elder, agrees = elder_of(request, pk), request.POST.get("agrees") == "yes"
    actions.set_family_consent(by=request.user, elder=elder, agrees=agrees, at=now())
    said = _("已记录同意。") if agrees else _("已撤回，所有专属链接同时停用。")
    messages.success(request, said)
    return redirect("elders:elder", pk=pk)


@guards
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """The consent is taken back; asked once more, since the guard ends at once."""
    elder = elder_of(request, pk)
    if request.POST.get("sure") != "yes":
        refusal = NotUnderstood(_("请勾选“确认老人要求停止守护”。"), field="sure")
        return elder_page(request, elder, refusal=refusal)
    actions.withdraw(by=request.user, elder=elder, at=now())
    messages.success(request, _("守护已停止，不再判断任何数据。"))
    return redirect("elders:board")


@guards
@require_POST
def reveal(request: PersonRequest, pk: int) -> HttpResponse:
    """Full numbers and address, with a reason that stays on record."""
    elder, ground = elder_of(request, pk), request.POST.get("ground", "")
    try:
        chosen = RevealGround(ground) if ground in RevealGround.values else None
        actions.reveal(by=request.user, elder=elder, ground=chosen, at=now())
    except NotUnderstood as refusal:
        return elder_page(request, elder, refusal=refusal)
    return elder_page(request, elder, revealed=True)
