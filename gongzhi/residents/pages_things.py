"""City components at the desk: found by code, name or place; one page each, with its cases."""

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.places.models import Component
from gongzhi.places.words import ComponentClass, ComponentState
from gongzhi.residents.models import within_reach
from gongzhi.residents.panels import panels_of_component
from gongzhi.residents.reads.personfile import history_of
from gongzhi.residents.words import Subject

ROWS = 40
things = staff_with(Can.SEE_REGISTER, Can.SEE_CASES)


def seen_by(person: Person) -> QuerySet[Component]:
    """Components where the person may look into the register or at cases."""
    return Component.objects.filter(
        within_reach(person, Can.SEE_REGISTER) | within_reach(person, Can.SEE_CASES)
    )


@never_cache
@things
@require_safe
def components(request: PersonRequest) -> HttpResponse:
    """The list that says what the map shows, for whoever has no map."""
    q = " ".join(request.GET.get("q", "").split())[:60]
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    found = seen_by(request.user).select_related("grid__parent").defer("grid__polygon")
    if q:
        found = found.filter(Q(code__endswith=q) | Q(name__contains=q) | Q(address__contains=q))
    if kind in ComponentClass.values:
        found = found.filter(kind=kind)
    if state in ComponentState.values:
        found = found.filter(state=state)
    context = {
        "q": q,
        "kind": kind,
        "state": state,
        "kinds": ComponentClass.choices,
        "states": ComponentState.choices,
        "page": Paginator(found.order_by("code"), ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "residents/staff/components.html", context)


@never_cache
@things
@require_safe
def component(request: PersonRequest, pk: int) -> HttpResponse:
    """One component: what it is, where it stands, who answers for it, what was wrong with it."""
    one = get_object_or_404(
        seen_by(request.user).select_related("grid__parent", "collection"), pk=pk
    )
    context = {
        "one": one,
        "panels": panels_of_component(request.user, one, at=now()),
        "history": history_of(Subject.COMPONENT, one.pk, Component),
    }
    return render(request, "residents/staff/component.html", context)
