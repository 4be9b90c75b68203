"""The phone desk: my seat, the call that rings there, what is taken down while talking."""

from datetime import timedelta
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.doors.phone import actions, reads
from gongzhi.doors.phone.actions.calls import WITHOUT_CASE, report_of
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.forms import TakeDownForm
from gongzhi.doors.phone.models import Call, Seat
from gongzhi.doors.phone.words import Result
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places import reads as places

ROWS = 40


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def desk(request: PersonRequest) -> HttpResponse:
    """My seat, service levels of today, the latest calls."""
    return _desk(request)


def _desk(request: PersonRequest, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    mine = Call.objects.visible_to(request.user)
    context = {
        "seat": Seat.objects.filter(person=request.user).first(),
        "levels": reads.levels_of(mine.filter(pk__in=reads.today(at=at))),
        "open": mine.filter(result="", answered_at__isnull=False).count(),
        "calls": [
            (call, terms().line(call.line))
            for call in mine.select_related("case__area", "agent").order_by("-rang_at")[:ROWS]
        ],
        "callbacks": reads.callbacks_open(request.user, at=at),
        "current": reads.call_at(request.user, at=at),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "phone/desk.html", context, status=status)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def now_(request: PersonRequest) -> HttpResponse:
    """Asked every two seconds: leads to the call that rings at my seat, else says nothing."""
    current = reads.call_at(request.user, at=now())
    if current is None:
        return HttpResponse(status=204)
    url = reverse("phone_desk:call", args=[current.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def seat(request: PersonRequest) -> HttpResponse:
    """Sit down at a telephone."""
    try:
        actions.sit_down(by=request.user, number=request.POST.get("seat", ""), at=now())
    except NotUnderstood as refusal:
        return _desk(request, refusal)
    return redirect("phone_desk:desk")


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_safe
def call(request: PersonRequest, pk: int) -> HttpResponse:
    """The caller's record and the form, on one screen."""
    return call_page(request, _mine(request, pk))


def _mine(request: PersonRequest, pk: int) -> Call:
    calls = Call.objects.visible_to(request.user).select_related(
        "partner", "area", "case__area", "agent"
    )
    return get_object_or_404(calls, pk=pk)


def call_page(
    request: PersonRequest,
    one: Call,
    form: TakeDownForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The screen of a call, with what was wrong where something was."""
    record = reads.record_of(one, request.user)
    known = next((case for case in record if case.contact_name), None)
    line = terms().line(one.line)
    start = {"contact_name": known.contact_name if known else ""}
    context: dict[str, Any] = {
        "call": one,
        "line": line,
        "record": record,
        "earlier": reads.earlier_calls(one, request.user),
        "form": form or TakeDownForm(initial=start),
        "results": [(r.value, r.label) for r in Result if r in WITHOUT_CASE],
        "classes": catalogue.classes(),
        "district": places.district(),
        "services": terms().services.items(),
        "providers": [p for p in reads.providers() if p.active],
        "refusal": refusal,
        "typed": request.POST,
        "soon": localtime() + timedelta(hours=1),
    }
    failed = refusal or (form is not None and form.errors)
    status = (refusal.status if refusal else 422) if failed else 200
    return render(request, "phone/call.html", context, status=status)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_POST
def take_down(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a case of the call; what is wrong is said beside the field and nothing typed is lost."""
    one, form = _mine(request, pk), TakeDownForm(request.POST)
    if not form.is_valid():
        return call_page(request, one, form)
    data = form.cleaned_data
    try:
        new = report_of(
            one,
            text=data["text"],
            address=data["address"],
            lng=data["lng"],
            lat=data["lat"],
            item=data["item"],
            nature=data["nature"],
            name=data["contact_name"],
            phone=data["contact_phone"] or one.caller,
            painted=data["component"],
        )
        case = actions.take_down(by=request.user, call=one, new=new, at=now())
    except NotUnderstood as refusal:
        field = {"place": "address", "phone": "contact_phone"}.get(refusal.field, refusal.field)
        form.add_error(field if field in form.fields else None, refusal.sentence)
        return call_page(request, one, form)
    notices.success(request, _("已登记，编号 %(number)s。") % {"number": case.number})
    return redirect("phone_desk:call", pk=pk)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add what the caller says to a case of theirs."""
    one = _mine(request, pk)
    wanted = whole(request.POST.get("case", "")) or 0
    case = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("area"), pk=wanted
    )
    try:
        actions.add_to_case(
            by=request.user, call=one, case=case, text=request.POST.get("text", ""), at=now()
        )
    except NotUnderstood as refusal:
        return call_page(request, one, refusal=refusal)
    notices.success(request, _("已补充到 %(number)s。") % {"number": case.number})
    return redirect("phone_desk:call", pk=pk)


@staff_with(Can.DISPATCH_CASES)
@require_POST
def conclude(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what came of it."""
    one, said = _mine(request, pk), request.POST
    try:
        actions.conclude(
            by=request.user,
            call=one,
            result=said.get("result", ""),
            note=said.get("note", ""),
            at=now(),
        )
    except NotUnderstood as refusal:
        return call_page(request, one, refusal=refusal)
    notices.success(request, _("已记下通话结果。"))
    return redirect("phone_desk:desk")
