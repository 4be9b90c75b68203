"""Visit rounds on the phone: the homes of my grid, ticked off one by one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.residents.models import within_reach
from gongzhi.residents.reads.personfile import lines_of
from gongzhi.visits import actions, reads
from gongzhi.visits.models import Stop
from gongzhi.visits.words import Outcome

visiting = staff_with(Can.VISIT_HOMES)


@never_cache
@visiting
@require_safe
def to_visit(request: PersonRequest) -> HttpResponse:
    """The homes still to be visited, by round."""
    page = Paginator(reads.to_visit(request.user), 60).get_page(request.GET.get("page"))
    context = {"tab": "work", "page": page, "today": localdate()}
    return render(request, "visits/patrol/list.html", context)


@never_cache
@visiting
@require_safe
def door(request: PersonRequest, pk: int) -> HttpResponse:
    """One home: whom to see there, and what came of it."""
    return _door(request, _stop(request, pk))


def _stop(request: PersonRequest, pk: int) -> Stop:
    found = Stop.objects.filter(within_reach(request.user, Can.VISIT_HOMES))
    return get_object_or_404(
        found.select_related("dwelling", "grid", "round__area", "done_by"), pk=pk
    )


def _door(
    request: PersonRequest, stop: Stop, *, note: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    at = now()
    today = stop.done_at is not None and localdate(stop.done_at) == localdate(at)
    context = {
        "tab": "work",
        "stop": stop,
        "people": lines_of(reads.people_at(stop), at),
        "outcomes": Outcome.choices,
        "may_take_back": today and stop.done_by_id == request.user.pk,
        "note": note,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "visits/patrol/door.html", context, status=status)


@visiting
@require_POST
def visit(request: PersonRequest, pk: int) -> HttpResponse:
    """Tick the home off, or say that nobody was there."""
    stop, note = _stop(request, pk), request.POST.get("note", "")
    outcome = request.POST.get("outcome", "")
    try:
        if outcome not in Outcome.values:
            raise NotUnderstood(_("请选走访结果。"), field="outcome")
        actions.visit(by=request.user, stop=stop, outcome=Outcome(outcome), note=note, at=now())
    except NotUnderstood as refusal:
        return _door(request, _stop(request, pk), note=note, refusal=refusal)
    said = _("已记下家里没人，改天再去。") if outcome == Outcome.AWAY else _("已登记走访，辛苦了。")
    messages.success(request, said)
    return redirect("visits_patrol:list")


@visiting
@require_POST
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Undo a tick pressed by mistake."""
    actions.take_back(by=request.user, stop=_stop(request, pk), at=now())
    messages.success(request, _("已撤销，这一户回到待走访。"))
    return redirect("visits_patrol:door", pk)
