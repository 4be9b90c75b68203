"""Who is to be called back: the list, taking one on, how it went, and promising it in a call."""

from datetime import datetime

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import get_current_timezone, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.doors.phone import actions, reads
from gongzhi.doors.phone.actions.callbacks import TRIES_MOST
from gongzhi.doors.phone.models import Call, Callback
from gongzhi.doors.phone.pages_staff import call_page
from gongzhi.doors.phone.words import Outcome
from gongzhi.kernel.refusals import NotUnderstood, Refusal

ROWS = 50


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def callbacks(request: PersonRequest) -> HttpResponse:
    """Those that run out first on top; the done ones on a tab of their own."""
    return _callbacks(request)


def _callbacks(request: PersonRequest, refusal: Refusal | None = None) -> HttpResponse:
    at, done = now(), request.GET.get("state") == "done"
    page = Paginator(reads.callbacks(request.user, done=done), ROWS).get_page(
        request.GET.get("page")
    )
    open_, late = reads.callbacks_open(request.user, at=at)
    context = {
        "page": page,
        "done": done,
        "open": open_,
        "late": late,
        "at": at,
        "tries_most": TRIES_MOST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "phone/callbacks.html", context, status=status)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Taken on, or how it went."""
    mine = Callback.objects.visible_to(request.user).select_related("area")
    one, said, at = get_object_or_404(mine, pk=pk), request.POST, now()
    try:
        if said.get("step") == "take":
            actions.take_on(by=request.user, callback=one, at=at)
        else:
            note, outcome = said.get("note", ""), said.get("step", "")
            actions.tell_outcome(by=request.user, callback=one, outcome=outcome, note=note, at=at)
    except Refusal as refusal:
        return _callbacks(request, refusal)
    if said.get("step") == Outcome.NOBODY:
        notices.success(request, _("已记下没人接，过一会儿再打。"))
    else:
        notices.success(request, _("已记下。"))
    return redirect("phone_desk:callbacks")


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def promise(request: PersonRequest, pk: int) -> HttpResponse:
    """Promise the caller to call back."""
    calls = Call.objects.visible_to(request.user).select_related("partner", "area", "case", "agent")
    call, said = get_object_or_404(calls, pk=pk), request.POST
    try:
        due_at = _moment(said.get("due_at", ""))
        actions.promise(
            by=request.user, call=call, due_at=due_at, about=said.get("about", ""), at=now()
        )
    except NotUnderstood as refusal:
        return call_page(request, call, refusal=refusal)
    notices.success(request, _("已约好回电，到时会排在回电单最前面。"))
    return redirect("phone_desk:desk")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=get_current_timezone())
    except ValueError as error:
        raise NotUnderstood(_("请选择什么时候回电。"), field="due_at") from error
