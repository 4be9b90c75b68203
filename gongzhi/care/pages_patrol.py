"""The guard on the grid worker's phone: who is silent, and the task on the doorstep."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.care import actions
from gongzhi.care.models import Alert
from gongzhi.care.reads import story
from gongzhi.care.reads.board import board, counts, guard_seen, lines, open_alerts
from gongzhi.care.rules.ladder import ACCEPT_MINUTES, DOORSTEP_MINUTES
from gongzhi.care.words import SAID, Call, CloseCode, View
from gongzhi.kernel.refusals import NotUnderstood, Refusal

rounds = staff_with(Can.GUARD_ELDERS)
KNOCKS = (Call.GRID_WORKER, Call.NEXT_WORKER)


@never_cache
@rounds
@require_safe
def show_board(request: PersonRequest) -> HttpResponse:
    """Doorstep tasks first, then everyone by worry."""
    at = now()
    everyone = board(request.user, at=at)
    page = Paginator(everyone, 30).get_page(request.GET.get("page"))
    first = (page.number - 1) * 30
    context = {
        "tab": "elders",
        "at": at,
        "alerts": open_alerts(request.user)[:20],
        "lines": lines(everyone[first : first + 30], at=at),
        "page": page,
        "counts": counts(everyone),
        "on_duty": guard_seen(at=at)[1],
    }
    return render(request, "care/patrol/board.html", context)


def _alert_of(request: PersonRequest, pk: int) -> Alert:
    visible = Alert.objects.visible_to(request.user)
    loaded = visible.select_related("elder__home__area", "elder__home__building__estate", "worker")
    return get_object_or_404(loaded, pk=pk)


@never_cache
@rounds
@require_safe
def task(request: PersonRequest, pk: int) -> HttpResponse:
    """One doorstep task; each look is kept."""
    alert = _alert_of(request, pk)
    actions.note_view(by=request.user, elder=alert.elder, what=View.ALERT, at=now(), alert=alert)
    return _task(request, alert)


def _task(
    request: PersonRequest, alert: Alert, *, refusal: Refusal | None = None, **typed: object
) -> HttpResponse:
    at = now()
    mine = alert.worker_id == request.user.pk
    going = mine and alert.closed_at is None
    sent = alert.steps.filter(call__in=KNOCKS).exclude(taken_at=None).order_by("taken_at").first()
    asked_at = sent.taken_at if sent and sent.taken_at else None
    minute = timedelta(seconds=settings.LADDER_MINUTE)
    context = {
        "tab": "elders",
        "alert": alert,
        "who": alert.elder,  # `elder` is the mode with large text
        "address": actions.show_address(by=request.user, alert=alert, at=at) if going else "",
        "phone": alert.elder.phone if going else "",
        "may_accept": alert.closed_at is None and alert.worker_id is None,
        "going": going,
        "accept_by": asked_at + ACCEPT_MINUTES * minute if asked_at else None,
        "be_there_by": asked_at + DOORSTEP_MINUTES * minute if asked_at else None,
        "steps": story.steps_of(alert),
        "codes": [(code.value, code.label) for code in SAID],
        "refusal": refusal,
        **typed,
    }
    status = refusal.status if refusal else 200
    return render(request, "care/patrol/task.html", context, status=status)


@rounds
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """I am going."""
    actions.accept(by=request.user, alert=_alert_of(request, pk), at=now())
    messages.success(request, _("已接单，请尽快到老人家门口。"))
    return redirect("patrol_elders:task", pk=pk)


@rounds
@require_POST
def arrive(request: PersonRequest, pk: int) -> HttpResponse:
    """I stand on the doorstep."""
    actions.arrive(by=request.user, alert=_alert_of(request, pk), at=now())
    messages.success(request, _("已登记到达。"))
    return redirect("patrol_elders:task", pk=pk)


@rounds
@require_POST
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """What it was."""
    alert, code = _alert_of(request, pk), request.POST.get("code", "")
    note = request.POST.get("note", "")
    try:
        if code not in {c.value for c in SAID}:
            raise NotUnderstood(_("请选择告警的实际情况。"), field="code")
        actions.close(by=request.user, alert=alert, code=CloseCode(code), note=note, at=now())
    except NotUnderstood as refusal:
        return _task(request, _alert_of(request, pk), refusal=refusal, code=code, note=note)
    messages.success(request, _("结果已记录，辛苦了。"))
    return redirect("patrol_elders:board")
