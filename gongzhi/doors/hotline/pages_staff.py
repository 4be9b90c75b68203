"""The desk's pages of the hotline: orders, what is asked of the city, files, the weekly table."""

from datetime import timedelta
from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.doors.hotline import actions, drops, reads
from gongzhi.doors.hotline.agreed import agreed
from gongzhi.doors.hotline.models import Drop, Order
from gongzhi.doors.hotline.sheets import BYTES_MOST, template
from gongzhi.doors.hotline.words import Plea, ReturnGround, State
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal

ROWS = 50
SEES = (Can.DISPATCH_CASES, Can.SEE_CASES)
EXAMPLE = {
    "工单编号": "HF20260304000123",
    "来电时间": "2026-03-04 11:40",
    "诉求内容": "小区东门路灯不亮，晚上看不见路。",
    "事发地点": "望湖花园3栋东侧",
    "联系电话": "10012345678",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@staff_with(*SEES)
@require_safe
def orders(request: PersonRequest) -> HttpResponse:
    """The orders of my areas, by state; those that run out first on top."""
    return _orders(request)


def _orders(request: PersonRequest, refusal: Refusal | None = None) -> HttpResponse:
    at, state = now(), reads.state_in(request.GET.dict())
    page = Paginator(reads.orders(request.user, state, at=at), ROWS).get_page(
        request.GET.get("page")
    )
    counts = reads.counts(request.user, at=at)
    context = {
        "page": page,
        "state": state,
        "tabs": [(s.value, s.label, counts.get(s)) for s in State],
        "may_take": may(request.user, Can.DISPATCH_CASES, within=None),
        "most": drops.ON_A_PAGE,
        "refusal": refusal,
        "at": at,
    }
    status = refusal.status if refusal else 200
    return render(request, "hotline/orders.html", context, status=status)


@never_cache
@staff_with(*SEES)
@require_safe
def order(request: PersonRequest, pk: int) -> HttpResponse:
    """One order, and what can be asked of the city about it."""
    return _order(request, _mine(request, pk))


def _order(
    request: PersonRequest, one: Order, refusal: Refusal | None = None, asked: str = ""
) -> HttpResponse:
    at, case = now(), one.case
    may_act = may(request.user, Can.DISPATCH_CASES, within=case.area)
    at_the_desk = case.status in actions.AT_THE_DESK
    context: dict[str, Any] = {
        "order": one,
        "case": case,
        "at": at,
        "unit": reads.unit_of(case),
        "answers": one.entry.answers.select_related("event__remark").order_by("pk"),
        "may_receive": may_act and one.received_at is None and case.is_open,
        "may_return": may_act
        and one.return_plea == Plea.NONE
        and at_the_desk
        and at <= one.return_by,
        "may_extend": may_act
        and one.extension_plea == Plea.NONE
        and case.is_open
        and at <= one.due_at,
        "grounds": ReturnGround.choices,
        "days_most": agreed().clocks["extension_days_most"],
        "refusal": refusal,
        "asked": asked,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return render(request, "hotline/order.html", context, status=status)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def receive(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign for it."""
    actions.receive(by=request.user, order=_mine(request, pk), at=now())
    notices.success(request, _("已签收，正在告诉市热线。"))
    return redirect("hotline_desk:order", pk=pk)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def ask_return(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask the city to take it back."""
    one, said = _mine(request, pk), request.POST
    try:
        if said.get("ground") not in ReturnGround.values:
            raise NotUnderstood(_("请选择退回的理由。"), field="ground")
        actions.ask_return(
            by=request.user,
            order=one,
            ground=ReturnGround(said["ground"]),
            reason=said.get("reason", ""),
            at=now(),
        )
    except Refusal as refusal:
        return _order(request, one, refusal, "return")
    notices.success(request, _("退回申请已提交，等市热线审核。"))
    return redirect("hotline_desk:order", pk=pk)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def ask_extension(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask the city for more days."""
    one, said = _mine(request, pk), request.POST
    try:
        actions.ask_extension(
            by=request.user,
            order=one,
            days=whole(said.get("days", ""), 3) or 0,
            reason=said.get("reason", ""),
            at=now(),
        )
    except Refusal as refusal:
        return _order(request, one, refusal, "extension")
    notices.success(request, _("延期申请已提交，等市热线审核。"))
    return redirect("hotline_desk:order", pk=pk)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def try_file(request: PersonRequest) -> HttpResponse:
    """Try a file: what it would make, and what is wrong in which row; nothing is taken in yet."""
    at = now()
    try:
        upload = request.FILES.get("file")
        if upload is None:
            raise NotUnderstood(_("请先选择文件。"), field="file")
        rows = drops.rows_of(upload.read(BYTES_MOST + 1), most=drops.ON_A_PAGE)
        tried = drops.try_rows(rows, at=at)
        drop = None
        if not tried.faults and tried.fresh:
            drop = drops.put_down(by=request.user, name=upload.name or "", rows=rows, at=at)
    except Refusal as refusal:
        return _orders(request, refusal)
    context = {
        "name": upload.name,
        "tried": tried,
        "drop": drop,
        "faults": tried.faults[: drops.SHOWN],
    }
    status = 422 if tried.faults else 200
    return render(request, "hotline/tried.html", context, status=status)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def take_file(request: PersonRequest, pk: int) -> HttpResponse:
    """Take in the file that was tried."""
    drop = get_object_or_404(Drop, pk=pk, by=request.user)
    made = drops.take_up(by=request.user, drop=drop, at=now())
    notices.success(request, _("已导入 %(n)s 件工单。") % {"n": made})
    return redirect("hotline_desk:orders")


@staff_with(Can.DISPATCH_CASES)
@require_safe
def file_template(request: PersonRequest) -> HttpResponse:
    """An empty table with the usual headings and one example."""
    headings = drops.headings()[: len(agreed().layout.fields)]
    content = template(headings, [EXAMPLE.get(heading, "") for heading in headings])
    return _download(content, XLSX, "12345-template.xlsx")


@never_cache
@staff_with(*SEES)
@require_safe
def weekly(request: PersonRequest) -> HttpResponse:
    """Handled, unanswered in time, received late, redone per unit."""
    monday = reads.monday_of(request.GET.dict())
    rows = reads.weekly(request.user, monday, at=now())
    context = {
        "rows": rows,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "is_last": monday + timedelta(days=7) > localdate(),
    }
    return render(request, "hotline/weekly.html", context)


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _mine(request: PersonRequest, pk: int) -> Order:
    return get_object_or_404(Order.objects.visible_to(request.user).for_lists(), pk=pk)
