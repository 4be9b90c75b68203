"""Whistles on the phone of a called unit: where and when, coming, signing in on site."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases.forms_staff import read
from gongzhi.kernel.refusals import Refusal
from gongzhi.whistles import actions, forms, reads, rules
from gongzhi.whistles.models import Called, Whistle


@never_cache
@staff_with(Can.WORK_CASES)
@require_safe
def whistles(request: PersonRequest) -> HttpResponse:
    """What calls my unit."""
    context = {"tab": "work", "called": reads.called_of(request.user, at=now())}
    return render(request, "whistles/patrol/list.html", context)


@never_cache
@staff_with(Can.WORK_CASES, Can.SEE_CASES)
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One whistle as a called unit sees it."""
    return _page(request, _whistle(request, pk))


@never_cache
@staff_with(Can.WORK_CASES)
@require_POST
def acknowledge(request: PersonRequest, pk: int) -> HttpResponse:
    """Heard, coming."""
    whistle = _whistle(request, pk)
    actions.acknowledge(by=request.user, called=_mine(request, whistle), at=now())
    messages.success(request, _("已响应，召集人看到您会到。"))
    return redirect("whistles_patrol:show", pk=pk)


@never_cache
@staff_with(Can.WORK_CASES)
@require_POST
def sign_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign in with the phone's position, which is compared and not kept."""
    whistle = _whistle(request, pk)
    try:
        data = read(forms.SignForm, request.POST)
        known = data["lng"] is not None and data["lat"] is not None
        actions.sign_in(
            by=request.user,
            called=_mine(request, whistle),
            position=(data["lng"], data["lat"]) if known else None,
            accuracy=data["accuracy"] or 0,
            datum=data["datum"] or "wgs84",
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _page(request, _whistle(request, pk), refusal)
    messages.success(request, _("签到成功，已记录您单位到场。"))
    return redirect("whistles_patrol:show", pk=pk)


def _whistle(request: PersonRequest, pk: int) -> Whistle:
    return get_object_or_404(reads.whistles_of(request.user), pk=pk)


def _mine(request: PersonRequest, whistle: Whistle) -> Called:
    """The call to one of the person's units, else 404."""
    units = [post.unit_id for post in request.user.held if post.unit_id]
    rows = whistle.called.filter(unit__in=units).select_related("unit", "whistle__case__area")
    return get_object_or_404(rows[:1])


def _page(request: PersonRequest, whistle: Whistle, refusal: Refusal | None = None) -> HttpResponse:
    units = {post.unit_id for post in request.user.held if post.unit_id}
    called = list(whistle.called.all())
    at = now()
    context = {
        "tab": "work",
        "whistle": whistle,
        "called": called,
        "mine": next((one for one in called if one.unit_id in units), None),
        "may_sign": whistle.is_standing and rules.may_sign_in(at, whistle.starts_at),
        "tasks": whistle.tasks.filter(unit__in=units).select_related("unit", "case"),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "whistles/patrol/show.html", context, status=status)
