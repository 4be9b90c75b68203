"""The desk sends a letter again that did not get through, or notes how its writer was told."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.doors.mail import actions
from gongzhi.doors.mail.models import Regret


@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_POST
def resend(request: PersonRequest, pk: int) -> HttpResponse:
    """Try one again."""
    actions.resend_regret(by=request.user, regret=_mine(request, pk), at=now())
    notices.success(request, _("已安排重发，几秒后刷新看结果。"))
    return redirect("doors:answers")


@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_POST
def told_otherwise(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody told the writer instead."""
    how = request.POST.get("how", "")
    actions.tell_writer_otherwise(by=request.user, regret=_mine(request, pk), how=how, at=now())
    notices.success(request, _("已记下，这封回信不再重发。"))
    return redirect("doors:answers")


def _mine(request: PersonRequest, pk: int) -> Regret:
    found: Regret = get_object_or_404(Regret.objects.visible_to(request.user), pk=pk)
    return found
