"""The register at the desk: one box and a list; a page for each person, home and organisation."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.reads import area_choices
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import Refusal
from gongzhi.kernel.sealed import masked_phone
from gongzhi.places.models import Area, Dwelling
from gongzhi.places.words import Source
from gongzhi.residents import actions
from gongzhi.residents.forms import Chosen
from gongzhi.residents.forms_staff import KeepForm, forms_of
from gongzhi.residents.models import Organisation, Request, Resident, within_reach
from gongzhi.residents.reads import search, selecting, tags, things
from gongzhi.residents.reads.history import history_of
from gongzhi.residents.reads.personfile import PersonFile, lines_of
from gongzhi.residents.starting import starts_of
from gongzhi.residents.words import EraseGround, RequestKind, RevealGround, Subject

ROWS = 20


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    """Whom the line in the box is about, narrowed by area and tags; first page at once."""
    chosen = Chosen.read(request.GET)
    page = whole(request.GET.get("page", ""), 5) or 1
    sought = chosen.sought(request.user)
    found = search.search(request.user, sought, page=max(1, page))
    counts = tags.counts(request.user, area=sought.area)
    if chosen.within:
        counts = selecting.counts(request.user, chosen.within)
    context = {
        "chosen": chosen,
        "found": found,
        "count": search.count(request.user, sought),
        "counted": search.COUNTED,
        "lines": lines_of(found.people, now()),
        "tags": [
            {
                "code": kind.code,
                "name": kind.name,
                "count": counts.get(kind.code, 0),
                "on": kind.code in chosen.tag,
                "url": chosen.toggled(kind.code),
            }
            for kind in tags.kinds().values()
            if counts.get(kind.code) or kind.code in chosen.tag
        ],
        "within": selecting.words(chosen.within) if chosen.within else [],
        "areas": area_choices(request.user, Can.SEE_REGISTER),
        "before": chosen.query(page=page - 1) if page > 1 else "",
        "after": chosen.query(page=page + 1) if found.has_more else "",
        **_beside(request.user),
    }
    part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    name = "residents/staff/_people.html" if part else "residents/staff/people.html"
    response = render(request, name, context)
    response["Vary"] = "HX-Request"
    return response


def _beside(person: Person) -> dict[str, object]:
    return {
        "may_bring": may(person, Can.TAKE_IN_TABLES, within=None),
        "may_take": may(person, Can.TAKE_OUT_LISTS, within=None),
        "open_requests": Request.objects.visible_to(person).open().count(),
        "starts": starts_of(person),
        "may_answer": may(person, Can.ANSWER_REQUESTS, within=None),
    }


def person_or_404(viewer: Person, pk: int) -> Resident:
    """The person if the viewer may know of them, else 404."""
    seen = Resident.objects.visible_to(viewer).select_related(
        "grid__parent", "home", "household", "collection__collected_by"
    )
    return get_object_or_404(seen, pk=pk)


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Everything on record about one person, on one page; that somebody looked is on record too."""
    one = person_or_404(request.user, pk)
    actions.look_at(by=request.user, resident=one, at=now())
    return shown(request, one)


def shown(
    request: PersonRequest, one: Resident, *, filled: KeepForm | None = None, **more: object
) -> HttpResponse:
    """The page of a person, after whatever was done with it; `filled` is a form with its faults."""
    context = {
        "one": one,
        "file": PersonFile(one, request.user, now()),
        "grounds": RevealGround.choices,
        "filled": filled,
        "forms": forms_of(one, request.user, filled),
        "sources": Source.choices,
        "request_kinds": RequestKind.choices,
        "erase_grounds": EraseGround.choices,
        "may_audit": may(request.user, Can.READ_RECORD, within=one.grid),
        **more,
    }
    refusal = more.get("refusal")
    status = refusal.status if isinstance(refusal, Refusal) else 200
    return render(request, "residents/staff/person.html", context, status=status)


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def homes(request: PersonRequest) -> HttpResponse:
    """Dwellings by a piece of their address or their code."""
    asked = request.GET.dict()
    found = things.homes(request.user, asked).select_related("grid__parent")
    page = Paginator(found.defer("grid__polygon", "grid__parent__polygon"), 40)
    context = {
        "q": things.line_in(asked),
        "page": page.get_page(asked.get("page")),
        **_beside(request.user),
    }
    return render(request, "residents/staff/homes.html", context)


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def home(request: PersonRequest, pk: int) -> HttpResponse:
    """One dwelling: where it is, who has it, who lives there, what was changed."""
    seen = Dwelling.objects.filter(within_reach(request.user, Can.SEE_REGISTER))
    one = get_object_or_404(
        seen.select_related("stairwell__building__estate", "grid__parent", "collection"), pk=pk
    )
    reach = within_reach(request.user, Can.SEE_REGISTER, "resident__grid")
    living = Resident.objects.visible_to(request.user).present().filter(home=one)
    living = living.prefetch_related("tags", "phones").order_by("household", "pk")
    context = {
        "one": one,
        "building": one.stairwell.building,
        "people": lines_of(living, now()),
        "owners": one.ownerships.filter(reach).select_related("resident"),
        "history": history_of(Subject.DWELLING, one.pk, Dwelling),
    }
    return render(request, "residents/staff/home.html", context)


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def organisations(request: PersonRequest) -> HttpResponse:
    """Organisations by a piece of their name or their credit code."""
    asked = request.GET.dict()
    found = things.organisations(request.user, asked).select_related("grid__parent")
    page = Paginator(found.defer("grid__polygon", "grid__parent__polygon"), 40)
    context = {
        "q": things.line_in(asked),
        "page": page.get_page(asked.get("page")),
        **_beside(request.user),
    }
    return render(request, "residents/staff/organisations.html", context)


@never_cache
@staff_with(Can.SEE_REGISTER)
@require_safe
def organisation(request: PersonRequest, pk: int) -> HttpResponse:
    """One organisation."""
    seen = Organisation.objects.visible_to(request.user)
    one = get_object_or_404(seen.select_related("grid__parent", "collection"), pk=pk)
    context = {
        "one": one,
        "phone": masked_phone(one.phone) if one.phone else "",
        "history": history_of(Subject.ORGANISATION, one.pk, Organisation),
    }
    return render(request, "residents/staff/organisation.html", context)


def area_or_404(viewer: Person, code: str) -> Area:
    """The area if the viewer may look into the register there, else 404."""
    area = get_object_or_404(Area, code=code)
    if not may(viewer, Can.SEE_REGISTER, within=area):
        raise Http404
    return area
