"""City components at the desk: found by code, name or place; one page each, with its cases."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.places.models import Component
from gongzhi.places.words import ComponentClass, ComponentState
from gongzhi.residents.panels import panels_of_component
from gongzhi.residents.reads import things as reads
from gongzhi.residents.reads.history import history_of
from gongzhi.residents.words import Subject

ROWS = 40
things = staff_with(Can.SEE_REGISTER, Can.SEE_CASES)


@never_cache
@things
@require_safe
def components(request: PersonRequest) -> HttpResponse:
    """The list that says what the map shows, for whoever has no map."""
    asked = request.GET.dict()
    found = reads.components(request.user, asked).select_related("grid__parent")
    page = Paginator(found.defer("grid__polygon", "grid__parent__polygon"), ROWS)
    context = {
        "q": reads.line_in(asked),
        "kind": asked.get("kind", ""),
        "state": asked.get("state", ""),
        "kinds": ComponentClass.choices,
        "states": ComponentState.choices,
        "page": page.get_page(asked.get("page")),
    }
    return render(request, "residents/staff/components.html", context)


@never_cache
@things
@require_safe
def component(request: PersonRequest, pk: int) -> HttpResponse:
    """One component: what it is, where it stands, who answers for it, what was wrong with it."""
    one = get_object_or_404(
        reads.seen_components(request.user).select_related("grid__parent", "collection"), pk=pk
    )
    context = {
        "one": one,
        "panels": panels_of_component(request.user, one, at=now()),
        "history": history_of(Subject.COMPONENT, one.pk, Component),
    }
    return render(request, "residents/staff/component.html", context)
