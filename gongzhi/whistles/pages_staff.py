"""Whistles at the desk: the list, blowing one for a case, the board of who came, minutes, tasks."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Case
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.whistles import actions, forms, reads, rules
from gongzhi.whistles.models import Whistle
from gongzhi.whistles.words import TaskKind

LOOK_BACK = timedelta(days=90)


@never_cache
@staff_with(Can.SEE_CASES)
@require_safe
def whistles(request: PersonRequest) -> HttpResponse:
    """What stands, what was, and how reliably each unit came in the last three months."""
    at, rows = now(), reads.whistles_of(request.user)
    context = {
        "standing": rows.standing(),
        "page": Paginator(rows.exclude(pk__in=rows.standing().values("pk")), 20).get_page(
            request.GET.get("page")
        ),
        "tallies": reads.tallies(request.user, since=at - LOOK_BACK)[:12],
        "now": at,
    }
    return render(request, "whistles/staff/list.html", context)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def blow(request: PersonRequest, pk: int) -> HttpResponse:
    """Call units about a case."""
    cases = Case.objects.visible_to(request.user).select_related("area", "desk", "item")
    case = get_object_or_404(cases, pk=pk)
    if not may(request.user, Can.DISPATCH_CASES, within=case.desk):
        raise Http404
    if request.method != "POST":
        return _blow_page(request, case)
    form = forms.BlowForm(request.POST)
    try:
        if not form.is_valid():
            field, complaints = next(iter(form.errors.items()))
            raise NotUnderstood(str(complaints[0]), field=field)
        data = form.cleaned_data
        whistle = actions.blow(
            by=request.user,
            case=case,
            units=list(data["units"]),
            meeting=form.meeting(),
            reason=data["text"],
            at=now(),
        )
    except Refusal as refusal:
        return _blow_page(request, case, refusal)
    messages.success(request, _("已吹哨，被召集的单位会收到通知。"))
    return redirect("whistles:show", pk=whistle.pk)


def _blow_page(request: PersonRequest, case: Case, refusal: Refusal | None = None) -> HttpResponse:
    soon = localtime(now() + timedelta(hours=1)).replace(minute=0)
    typed = request.POST if refusal else {}
    context = {
        "case": case,
        "units": reads.units_for(case),
        "chosen": set(map(whole, request.POST.getlist("units"))),
        "typed": {
            "text": typed.get("text", ""),
            "place": typed.get("place", case.where),
            "starts_at": typed.get("starts_at", f"{soon:%Y-%m-%dT%H:%M}"),
            "radius": typed.get("radius", rules.NEAR),
        },
        "least": rules.NEAREST,
        "most": rules.FARTHEST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "whistles/staff/blow.html", context, status=status)


@never_cache
@staff_with(Can.SEE_CASES)
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One whistle: who was called, who came, what was agreed."""
    return page_of(request, whistle_of(request, pk))


def whistle_of(request: PersonRequest, pk: int) -> Whistle:
    """The whistle if the person may see it, else 404."""
    return get_object_or_404(reads.whistles_of(request.user), pk=pk)


def page_of(
    request: PersonRequest, whistle: Whistle, refusal: Refusal | None = None
) -> HttpResponse:
    """The page of a whistle, after whatever was done."""
    called = list(whistle.called.all())
    context = {
        "whistle": whistle,
        "called": called,
        "came": sum(one.signed_at is not None for one in called),
        "tasks": whistle.tasks.select_related("unit", "assist", "case", "by"),
        "kinds": TaskKind.choices,
        "may_run": whistle.is_standing
        and may(request.user, Can.DISPATCH_CASES, within=whistle.area),
        "has_begun": now() >= whistle.starts_at,
        "list_is_open": whistle.is_standing and rules.may_sign_in(now(), whistle.starts_at),
        "written": request.POST.get("text", "") if refusal else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "whistles/staff/show.html", context, status=status)


Step = Callable[[PersonRequest, Whistle], str]


def step(act: Step) -> Callable[..., HttpResponseBase]:
    """A button of the whistle's page; what is refused is said there, with the words kept."""

    @never_cache
    @staff_with(Can.DISPATCH_CASES)
    @require_POST
    def page(request: PersonRequest, pk: int) -> HttpResponse:
        whistle = whistle_of(request, pk)
        try:
            sentence = act(request, whistle)
        except Refusal as refusal:
            return page_of(request, whistle_of(request, pk), refusal)
        messages.success(request, sentence)
        return redirect("whistles:show", pk=pk)

    return page


@step
def vouch(request: PersonRequest, whistle: Whistle) -> str:
    """Confirm somebody whose phone has no position."""
    called = read(forms.CalledForm, request.POST)["called"]
    if called.whistle_id != whistle.pk:
        raise NotUnderstood(_("页面不完整，请刷新后再试一次。"))
    actions.vouch(by=request.user, called=called, at=now())
    return _("已确认%(unit)s到场。") % {"unit": called.unit.name}


@step
def keep_minutes(request: PersonRequest, whistle: Whistle) -> str:
    """Write the minutes."""
    data = read(forms.SeenForm, request.POST)
    actions.keep_minutes(
        by=request.user, whistle=whistle, text=data["text"], at=now(), seen=data["seen"]
    )
    return _("纪要已保存。")


@step
def give_task(request: PersonRequest, whistle: Whistle) -> str:
    """Turn what was agreed into work."""
    data = read(forms.TaskForm, request.POST)
    task = actions.give_task(
        by=request.user,
        whistle=whistle,
        unit=data["unit"],
        kind=TaskKind(data["kind"]),
        text=data["text"],
        at=now(),
    )
    if task.case is not None:
        return _("已另立新案 %(number)s。") % {"number": task.case.number}
    return _("已请%(unit)s协办，有答复时限。") % {"unit": task.unit.name}


@step
def end(request: PersonRequest, whistle: Whistle) -> str:
    """The meeting is over."""
    seen = read(forms.SeenForm, request.POST)["seen"]
    actions.end(by=request.user, whistle=whistle, at=now(), seen=seen)
    return _("现场会商已结束，未到场的单位已记录。")


@step
def call_off(request: PersonRequest, whistle: Whistle) -> str:
    """Not held after all."""
    data = read(forms.SeenForm, request.POST)
    actions.call_off(
        by=request.user, whistle=whistle, reason=data["text"], at=now(), seen=data["seen"]
    )
    return _("已取消召集，各单位会收到通知。")
