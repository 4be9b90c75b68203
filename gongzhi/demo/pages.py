"""The rehearsal page of the demo: choose an elder, let them fall silent, follow the ladder."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.care.models import Elder
from gongzhi.care.reads.board import board, lines
from gongzhi.demo.feeding import silence, silenced, wake
from gongzhi.sensing.actions import take_readings
from gongzhi.sensing.models import Device
from gongzhi.sensing.wire import Message
from gongzhi.sensing.words import DeviceKind, What

OFFERED = 12


@never_cache
@staff_with(Can.GUARD_ELDERS)
@require_safe
def start(request: PersonRequest) -> HttpResponse:
    """Elders one may let fall silent, and those who are silent already."""
    if not settings.DEMO:
        raise Http404
    at = now()
    everyone = board(request.user, at=at).order_by("home__code")
    quiet = silenced()
    context = {
        "lines": lines(everyone[:OFFERED], at=at),
        "silenced": quiet,
        "minute": settings.LADDER_MINUTE,
        "buttons": set(
            Device.objects.visible_to(request.user)
            .filter(kind=DeviceKind.SOS)
            .values_list("home_id", flat=True)
        ),
    }
    return render(request, "demo/rehearsal.html", context)


@staff_with(Can.GUARD_ELDERS)
@require_POST
def play(request: PersonRequest, pk: int) -> HttpResponse:
    """Let an elder fall silent, stir again or press their button."""
    if not settings.DEMO:
        raise Http404
    elder = get_object_or_404(
        Elder.objects.visible_to(request.user).guarded().select_related("home"), pk=pk
    )
    what, at = request.POST.get("what", ""), now()
    if what == "wake":
        wake(elder.home)
        messages.success(request, _("%(home)s 恢复正常作息。") % {"home": elder.home.code})
    elif what == "press":
        _press(elder)
        messages.success(request, _("%(home)s 按下了求助键。") % {"home": elder.home.code})
    else:
        last = silence(elder.home, at=at)
        said = _("%(home)s 自 %(at)s 起没有动静，几秒后电话响起。")
        facts = {"home": elder.home.code, "at": f"{localtime(last):%H:%M}"}
        messages.success(request, said % facts)
    return redirect("elders:phones" if what != "wake" else "rehearsal:start")


def _press(elder: Elder) -> None:
    """The button speaks through the same door as all devices."""
    device = get_object_or_404(
        Device.objects.select_related("gateway"), home=elder.home, kind=DeviceKind.SOS
    )
    at = now()
    message = Message(
        device.gateway.code, device.serial, f"press-{at.timestamp():.3f}", at, What.ALARM
    )
    take_readings(by=None, messages=[message], at=at)
