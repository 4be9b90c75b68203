"""The simulated telephones: what rings and what was texted, with keys to press. Not in production.

Shown only while the simulator stands in for the voice line; a real line answers through its own
web hook and these pages do not exist.
"""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest
from gongzhi.care import actions
from gongzhi.care.models import Alert, Ring
from gongzhi.care.pages_staff import guards
from gongzhi.care.voice import is_simulated
from gongzhi.care.words import Outcome
from gongzhi.messages.models import Text

SHOWN = 12


def _rings(request: PersonRequest) -> "list[Ring]":
    visible = Alert.objects.visible_to(request.user).values("pk")
    rings = Ring.objects.filter(step__alert__in=visible)
    rings = rings.select_related("contact", "step__alert__elder__home__area")
    ringing = list(rings.filter(outcome=Outcome.CALLING).order_by("-rung_at")[:SHOWN])
    ended = list(rings.exclude(outcome=Outcome.CALLING).order_by("-rung_at", "-pk")[:SHOWN])
    return [*ringing, *ended][:SHOWN]


@guards
@require_safe
def phones(request: PersonRequest) -> HttpResponse:
    """Telephones that ring, newest first, and the short messages beside them."""
    if not is_simulated():
        raise Http404
    rings = _rings(request)
    abouts = {f"alert:{ring.step.alert_id}" for ring in rings}
    context = {
        "rings": rings,
        "texts": Text.objects.filter(about__in=abouts).order_by("-owed_at", "-pk")[:SHOWN],
        "minute": settings.LADDER_MINUTE,
        "ring_seconds": settings.RING_SECONDS,
        "demo": settings.DEMO,
    }
    fragment = request.headers.get("HX-Target") == "phones"
    return render(
        request, "care/staff/_phones.html" if fragment else "care/staff/phones.html", context
    )


@guards
@require_POST
def press(request: PersonRequest, pk: int) -> HttpResponse:
    """Press a key on a ringing telephone, or let it ring out."""
    visible = Alert.objects.visible_to(request.user).values("pk")
    ring = get_object_or_404(Ring.objects.filter(step__alert__in=visible), pk=pk)
    if not is_simulated():
        raise Http404
    key = request.POST.get("key", "")
    if key == "none":
        actions.ring_out(by=None, ring=ring, at=now())
    else:
        actions.press(by=None, ring=ring, key=key, at=now())
    messages.success(request, _("已按键。") if key != "none" else _("没有接听。"))
    return redirect("elders:phones")
