"""The channel board, answers that did not get through, and partners."""

from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.doors import actions, reads
from gongzhi.doors.answers import TELLING
from gongzhi.doors.models import Answer, Partner, new_key
from gongzhi.doors.sentences import news
from gongzhi.doors.words import Delivery, Door, Otherwise, Told
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal

ROWS = 50
NEWS = [(told.value, told.label) for told in Told if told in TELLING.values()]
PARTNERS_COME_BY = (Door.HOTLINE, Door.WEBHOOK, Door.OPEN311, Door.PHONE)


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_safe
def board(request: PersonRequest) -> HttpResponse:
    """Per door: volume, lag, refusals, answers owed; what stands still on top."""
    lines = reads.board(at=now())
    context = {
        "lines": lines,
        "stopped": [(line, stop) for line in lines for stop in line.stoppages],
        "today": sum(line.today for line in lines),
        "week": sum(line.week for line in lines),
        "refused": sum(line.refused for line in lines),
        "owed": sum(line.owed for line in lines),
        "dead": sum(line.dead for line in lines),
        "turned_away": reads.turned_away()[:20],
        "may_manage": may(request.user, Can.MANAGE_ACCOUNTS, within=None),
    }
    return render(request, "doors/board.html", context)


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_safe
def answers(request: PersonRequest) -> HttpResponse:
    """What did not get through: given up by itself, or still being tried."""
    page = Paginator(reads.unsent(request.user), ROWS).get_page(request.GET.get("page"))
    besides = [(template, found(request.user)) for template, found in reads.LISTS]
    context = {
        "page": page,
        "besides": besides,
        "anything_besides": any(lines for _template, lines in besides),
        "lines": [(a, news(a) if a.state == Delivery.DEAD else "") for a in page],
        "ways": Otherwise.choices,
    }
    return render(request, "doors/answers.html", context)


@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_POST
def resend(request: PersonRequest, pk: int) -> HttpResponse:
    """Try one again."""
    answer = get_object_or_404(Answer.objects.select_related("entry__case__area"), pk=pk)
    actions.resend(by=request.user, answer=answer, at=now())
    notices.success(request, _("已安排重发，几秒后刷新看结果。"))
    return redirect("doors:answers")


@staff_with(Can.MANAGE_ACCOUNTS, Can.DISPATCH_CASES)
@require_POST
def told_otherwise(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody called instead."""
    answer = get_object_or_404(Answer.objects.select_related("entry__case__area"), pk=pk)
    how = request.POST.get("how", "")
    actions.tell_otherwise(by=request.user, answer=answer, how=how, at=now())
    notices.success(request, _("已记下，这条答复不再重发。"))
    return redirect("doors:answers")


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: PersonRequest) -> HttpResponse:
    """Who may write, and admitting another; its key is shown once."""
    context: dict[str, Any] = {"doors": [(d.value, d.label) for d in PARTNERS_COME_BY]}
    status = 200
    if request.method == "POST":
        said, key = request.POST, new_key()
        try:
            context["admitted"] = _admit(request, key)
            context["key"] = key
        except Refusal as refusal:
            context |= {"refusal": refusal, "typed": said}
            status = refusal.status
    context["lines"] = reads.partners(at=now())
    return render(request, "doors/partners.html", context, status=status)


def _admit(request: PersonRequest, key: str) -> Partner:
    said = request.POST
    name, door = said.get("name", "").strip(), said.get("door", "")
    if not 2 <= len(name) <= 60:
        raise NotUnderstood(_("请写明系统的名称，2 到 60 个字。"), field="name")
    if door not in PARTNERS_COME_BY:
        raise NotUnderstood(_("请选择渠道。"), field="door")
    if Partner.objects.filter(name=name).exists() and said.get("renew") != "1":
        raise NotUnderstood(_("已经有同名的系统。要换新密钥，请勾选“换新密钥”。"), field="name")
    return actions.admit(
        by=request.user,
        name=name,
        key=key,
        door=door,
        code=said.get("code", "").strip(),
        url=said.get("url", ""),
        at=now(),
    )


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: PersonRequest, pk: int) -> HttpResponse:
    """Where its answers go, which news it gets, how often it may call; and shutting it out."""
    one = get_object_or_404(Partner, pk=pk)
    context: dict[str, Any] = {"partner": one, "told": NEWS}
    if request.method != "POST":
        return render(request, "doors/partner.html", context)
    said = request.POST
    try:
        if said.get("shut_out"):
            actions.shut_out(by=request.user, partner=one, at=now())
            notices.success(request, _("已停用，它的密钥从现在起无效。"))
        else:
            actions.arrange(
                by=request.user,
                partner=one,
                url=said.get("url", ""),
                wants=said.getlist("wants"),
                per_minute=whole(said.get("per_minute", ""), 6) or 0,
                at=now(),
            )
            notices.success(request, _("已保存。"))
    except NotUnderstood as refusal:
        context |= {"refusal": refusal, "typed": said, "typed_wants": said.getlist("wants")}
        return render(request, "doors/partner.html", context, status=refusal.status)
    return redirect("doors:partners")
