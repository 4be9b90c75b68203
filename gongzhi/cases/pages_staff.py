"""The desk: inbox, case, map. Works without JavaScript; htmx and small modules save reloads."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db import OperationalError
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.checks import may, scope
from gongzhi.access.models import Person
from gongzhi.access.reads import AreaChoice, area_choices
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.cases import actions, rules
from gongzhi.cases.models import Case, Macro, SavedSearch
from gongzhi.cases.reads import lists, maps
from gongzhi.cases.reads.aside import Aside
from gongzhi.cases.reads.casefile import CaseFile, likely_item, with_what_hangs_on
from gongzhi.cases.reads.choices import area_named, grids_among, item_choices
from gongzhi.cases.reads.figures import figures_for
from gongzhi.cases.reads.repeats import Repeats, repeats_of, with_repeats
from gongzhi.cases.reads.replies import replies_for
from gongzhi.cases.words import (
    Act,
    DeclineGround,
    DueWindow,
    Nature,
    NatureGround,
    PauseGround,
    RevealGround,
    Sort,
    Source,
    Status,
    SupervisionKind,
    Tab,
)
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.catalogue.words import Grade
from gongzhi.journal.listening import with_live_stream
from gongzhi.kernel.numbers import whole
from gongzhi.messages.models import Message
from gongzhi.places.models import Area
from gongzhi.places.words import Level

P = ParamSpec("P")
View = Callable[Concatenate[PersonRequest, P], HttpResponseBase]


def desk(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of the desk: for people who may see cases, live, never kept by browser or proxy."""

    @wraps(view)
    def page(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return with_live_stream(never_cache(staff_with(Can.SEE_CASES)(page)))


@desk
@require_safe
def inbox(request: PersonRequest) -> HttpResponse:
    """The list as filtered in the address, beside the map and the chosen case.

    Without a choice the first of the list is fetched behind the page: the list is there sooner, and
    a phone, which has no room beside it, asks for nothing.
    """
    at = now()
    page = lists.page_of(request.user, lists.Filters.read(request.GET.dict()), at=at)
    repeats = repeats_of(page.rows, at=at)
    with_repeats(page.rows, repeats)
    areas = area_choices(request.user, Can.SEE_CASES)
    context = {**list_context(page), **shared_context(request.user), "areas": areas}
    if fragment_wanted(request):
        response = render(request, "cases/staff/_list.html", context)
        if "X-Refresh" not in request.headers:
            response["HX-Push-Url"] = inbox_url(page.filters)
        return response
    if chosen := _chosen(request):
        counted = repeats.get(chosen.pk)
        context |= {**case_context(request.user, chosen, at, counted, areas), "chosen": chosen.pk}
    elif page.rows:
        context |= {"first": page.rows[0], "chosen": page.rows[0].pk}
    context |= {
        "figures": figures_for(
            request.user, at=at, opened=None if page.filters.narrowed else page.opened
        ),
        "scope_name": area_named(areas),
        "grid_count": grids_among(areas),
        "can_register": may(request.user, Can.DISPATCH_CASES, within=None),
    }
    return render(request, "cases/staff/inbox.html", context)


@desk
@require_safe
def figures(request: PersonRequest) -> HttpResponse:
    """The figures above the list, fetched again when something happened."""
    context = {
        "figures": figures_for(request.user, at=now()),
        "unread": Message.objects.filter(to=request.user, read_at=None).count(),
        "refreshed": True,
    }
    return render(request, "cases/staff/_figures.html", context)


@desk
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One case: the pane when htmx asks, a page of its own otherwise; `reply` fills a template.

    With `glance` it is shown beside the list without anybody having chosen it: others are not told.
    """
    case, at = case_for(request.user, pk), now()
    if "glance" not in request.GET:
        looked_at(request.user, case, at)
    filled = _reply_asked_for(request, case)
    return case_answer(request, case, filled=filled)


@desk
@require_safe
def points(request: PersonRequest) -> HttpResponse:
    """Open cases with a position, as filtered, for the map."""
    filters = lists.Filters.read(request.GET.dict())
    return _json(maps.points(request.user, filters, at=now()))


@desk
@require_safe
def grids(request: PersonRequest) -> HttpResponse:
    """Outlines of the grids the person answers for, for the map."""
    return _json(maps.grids(request.user))


@desk
@require_safe
def items(request: PersonRequest) -> HttpResponse:
    """Items of the catalogue with what people say for them, for the searchable choice."""
    return _json(item_choices())


@desk
@require_safe
def handlers(request: PersonRequest, pk: int) -> HttpResponse:
    """The choice of handlers again, after another item was chosen in the form."""
    case = case_for(request.user, pk)
    code = rules.clean(request.GET.get("item", ""))[:8]
    item = Item.objects.filter(edition__active=True, code=code).first() if code else None
    file = CaseFile(case, request.user, now(), item)
    return render(request, "cases/staff/_handlers.html", {"file": file, "case": case})


def case_for(person: Person, pk: int) -> Case:
    """The case if the person may see it, else 404."""
    return get_object_or_404(_whole(person), pk=pk)


def _whole(person: Person) -> QuerySet[Case]:
    """With what every case has; few have a parent or a unit complained of, which are asked for."""
    related = ("area__parent", "desk", "item__item_class", "unit", "handler", "reported_by")
    outlines = ("area__polygon", "area__parent__polygon", "desk__polygon")
    return Case.objects.visible_to(person).select_related(*related).defer(*outlines)


def case_answer(
    request: PersonRequest, case: Case, *, status: int = 200, **more: object
) -> HttpResponse:
    """The case as pane or page, after whatever was done with it."""
    context = {**case_context(request.user, case, now()), **more}
    pane = fragment_wanted(request)
    name = "cases/staff/_case.html" if pane else "cases/staff/case.html"
    return render(request, name, context, status=status)


def looked_at(person: Person, case: Case, at: datetime) -> None:
    """Others see that the person has it open; reading goes on when that cannot be written."""
    with suppress(OperationalError):
        actions.look_at(by=person, case=case, at=at)


def _reply_asked_for(request: PersonRequest, case: Case) -> dict[str, str]:
    """Use → text of the template named in the address, for browsers without script."""
    asked = request.GET.get("reply", "")
    if not asked:
        return {}
    offered = replies_for(case, request.user)
    return {r.use: r.text for each in offered.values() for r in each if str(r.pk) == asked}


def shared_context(person: Person) -> dict[str, object]:
    """What the desk keeps for itself, as the list offers it."""
    return {
        "searches": SavedSearch.objects.visible_to(person),
        "macros": Macro.objects.visible_to(person),
        "acts": Act.choices,
        "desk_area": own_desk(person),
    }


def own_desk(person: Person) -> Area | None:
    """The area whose desk the person sits at, if they sit at one."""
    held = [p.area for p in person.held if Can.DISPATCH_CASES in ALLOWED[Role(p.role)]]
    return held[0] if held else None


def case_context(
    person: Person,
    case: Case,
    at: datetime,
    counted: Repeats | None = None,
    seen: list[AreaChoice] | None = None,
) -> dict[str, object]:
    """What the templates of a case need; most of it is read only when shown.

    `counted` are its repeats and `seen` the areas in which the person sees cases, where the list
    beside it has them.
    """
    return {
        "file": CaseFile(with_what_hangs_on(case), person, at, likely_item(case)),
        "aside": Aside(case, person, at, counted),
        "filled": {},
        "written": "",
        "natures": Nature.choices,
        "nature_grounds": NatureGround.choices,
        "case": case,
        "grades": Grade.choices,
        "decline_grounds": DeclineGround.choices,
        "reveal_grounds": RevealGround.choices,
        "pause_grounds": PauseGround.choices,
        "supervision_kinds": [
            (kind.value, kind.label) for kind in SupervisionKind if kind != "instruction"
        ],
        "classes": catalogue.classes(),
        "places": lambda: _places(person, seen),
    }


def _places(person: Person, seen: list[AreaChoice] | None) -> list[AreaChoice]:
    """The grids and communities to which the person can put a case; mostly where they see cases."""
    if seen is None or scope(person, Can.DISPATCH_CASES) != scope(person, Can.SEE_CASES):
        seen = area_choices(person, Can.DISPATCH_CASES)
    return [area for area in seen if area.level in (Level.GRID, Level.COMMUNITY)]


def list_context(page: lists.Page) -> dict[str, object]:
    """What the templates of the list need."""
    filters = page.filters
    tabs = [
        {
            "value": tab.value,
            "label": tab.label,
            "count": page.counts[tab],
            "at_least": tab in page.least,
            "url": inbox_url(filters.with_(tab=tab.value)),
        }
        for tab in Tab
    ]
    return {
        "page": page,
        "filters": filters,
        "tabs": tabs,
        "before_url": inbox_url(page.before) if page.before else "",
        "after_url": inbox_url(page.after) if page.after else "",
        "older_url": inbox_url(page.older) if page.older else "",
        "newest_url": inbox_url(page.newest) if page.newest else "",
        "at_least": filters.tab in page.least,
        "all_url": inbox_url(filters.with_(tab=Tab.ALL.value)),
        "query": filters.query(),
        "classes": catalogue.classes(),
        "statuses": Status.choices,
        "windows": DueWindow.choices,
        "sources": Source.choices,
        "natures": Nature.choices,
        "sorts": Sort.choices,
    }


def inbox_url(filters: lists.Filters) -> str:
    """The address of the list with these filters."""
    query = filters.query()
    return reverse("staff:inbox") + (f"?{query}" if query else "")


def fragment_wanted(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page, and not for a whole one out of its history."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def said(response: HttpResponse, sentence: str, **events: object) -> HttpResponse:
    """Let the layout show the sentence as a notice, and the list be read again."""
    told = {"desk:said": {"sentence": sentence}, "desk:refresh": {}, **events}
    response["HX-Trigger-After-Swap"] = json.dumps(told)
    return response


def _json(content: dict[str, Any]) -> JsonResponse:
    """Chinese as it is: escaped it would weigh twice as much."""
    tight = {"ensure_ascii": False, "separators": (",", ":")}
    return JsonResponse(content, json_dumps_params=tight)


def _chosen(request: PersonRequest) -> Case | None:
    """The case named in the address, while the person may see it."""
    pk = whole(request.GET.get("case", ""))
    return _whole(request.user).filter(pk=pk).first() if pk else None
