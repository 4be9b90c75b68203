"""Residents tell what is wrong: the form, what is known nearby, the receipt. No script needed."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.reads import grid_workers_of
from gongzhi.cases import actions, gate, rules
from gongzhi.cases.dangers import Danger
from gongzhi.cases.files import StoredFile
from gongzhi.cases.forms_resident import Draft, seal_files, take_files, unseal_files
from gongzhi.cases.models import Case
from gongzhi.cases.reads import tracking
from gongzhi.cases.reads.known import Near, nearby
from gongzhi.cases.reporters import Reporter, address_of, owns, refs_of, reporter_of
from gongzhi.cases.words import Source
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import ItemClass
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places import reads as places
from gongzhi.places.models import Estate

TEN_MINUTES = 600
TICKET = "me-too"  # salt of what lets somebody join a case they were shown nearby
TICKET_FOR = 2 * 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes a case, or a question when something alike is known nearby."""
    reporter = reporter_of(request)
    if request.method == "POST":
        response = _take(request, reporter)
    else:
        response = _form(request, reporter, Draft.blank(reporter.person, request.GET))
    reporter.remember(response)
    return response


def _take(request: HttpRequest, reporter: Reporter) -> HttpResponse:
    at, draft = now(), Draft.read(request.POST)
    if sent_before := Case.objects.filter(reporter_ref=reporter.ref, key=draft.key).first():
        return redirect("pocket:done", number=sent_before.number)
    stored = unseal_files(request.POST.get("kept", ""), reporter.ref)
    if request.POST.get("drop"):
        stored = []
    if request.POST.get("look"):  # without scripts: what stands around here, nothing is sent yet
        return _look(request, reporter, draft, stored)
    try:
        gate.count_report(reporter, address=address_of(request), at=at)
        stored = take_files(request, stored)
        new = draft.as_new(reporter, stored, Source.POCKET)
        if not draft.sure and (known := _known_nearby(request, draft, new.component, at)):
            return _ask(request, reporter, draft, stored, known)
        case = actions.report(by=reporter.person, new=new, at=at)
    except Danger as danger:  # nothing is filed before somebody has called for help
        actions.stopped_by_danger(by=reporter.person, danger=danger, source=Source.POCKET, at=at)
        return _form(request, reporter, draft, stored=stored, refusal=danger)
    except Refusal as refusal:
        return _form(request, reporter, draft, stored=stored, refusal=refusal)
    return redirect("pocket:done", number=case.number)


def _look(
    request: HttpRequest, reporter: Reporter, draft: Draft, stored: Sequence[StoredFile]
) -> HttpResponse:
    """The form again as it was, with the components around the place; files are kept."""
    try:
        gate.count_report(reporter, address=address_of(request), at=now())
        stored = take_files(request, stored)
        draft.component_code(draft.position())
    except Refusal as refusal:
        return _form(request, reporter, draft, stored=stored, refusal=refusal)
    return _form(request, reporter, draft, stored=stored, looked=True)


def _known_nearby(request: HttpRequest, draft: Draft, component: str, at: datetime) -> list[Near]:
    """What to ask about first; nothing when there is danger, which is taken in at once."""
    position = draft.position()
    if position is None or catalogue.suggest(draft.text).emergency:
        return []
    refs = refs_of(request)
    return nearby(*position, draft.text, at, component=component, but_not=refs)


def _form(
    request: HttpRequest,
    reporter: Reporter,
    draft: Draft,
    *,
    stored: Sequence[StoredFile] = (),
    refusal: Refusal | None = None,
    looked: bool = False,
) -> HttpResponse:
    if refusal and refusal.field == "place":  # the way out is to choose the place anew
        draft = Draft(**{**vars(draft), "lng": "", "lat": ""})
    return render(
        request,
        "cases/resident/report.html",
        {
            "draft": draft,
            "refusal": refusal,
            "kept": seal_files(stored, reporter.ref),
            "kept_count": len(stored),
            "classes": ItemClass.objects.filter(edition__active=True),
            "estates": estates(),
            "things": draft.beside(),
            "looked": looked,
            "emergency": _emergency(draft.text),
            "stopped": isinstance(refusal, Danger) or draft.safe,
            "text_most": rules.TEXT_MOST,
        },
        status=refusal.status if refusal else 200,
    )


def estates() -> list[Estate]:
    """All estates with their community, in the order of a list."""
    return list(Estate.objects.select_related("area").order_by("area__code", "name"))


def _emergency(text: str) -> catalogue.Emergency | None:
    return catalogue.suggest(text).emergency if text else None


def _ask(
    request: HttpRequest,
    reporter: Reporter,
    draft: Draft,
    stored: Sequence[StoredFile],
    known: Sequence[Near],
) -> HttpResponse:
    """Without scripts the question comes as a page of its own; nothing typed is lost by it."""
    context = {
        "draft": draft,
        "kept": seal_files(stored, reporter.ref),
        "near": with_tickets(known),
    }
    return render(request, "cases/resident/known.html", context)


def with_tickets(known: Sequence[Near]) -> list[tuple[Near, str]]:
    """Each case with what its “me too” button sends: only who was shown it can join it."""
    return [(near, signing.dumps(near.case_id, salt=TICKET)) for near in known]


@never_cache
@require_POST
def near(request: HttpRequest) -> HttpResponse:
    """For the script of the form: what is known nearby and whether to call for help, as a piece."""
    at, draft = now(), Draft.read(request.POST)
    within_limit("near-from", address_of(request), most=240, seconds=TEN_MINUTES, at=at)
    text = draft.text[: rules.TEXT_MOST]
    try:
        position = draft.position()
    except NotUnderstood:
        position = None
    refs, code = refs_of(request), draft.component
    known = nearby(*position, text, at, component=code, but_not=refs) if position else []
    area = places.area_at(*position) if position else None
    context = {
        "near": with_tickets(known),
        "emergency": _emergency(text),
        "outside": bool(draft.lng and position and area is None),
        "area": area,
        "building": places.building_at(*position) if area and position else None,
        "workers": grid_workers_of(area) if area else [],
        "things": draft.beside(),
        "draft": draft,
    }
    return render(request, "cases/resident/_near.html", context)


@never_cache
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """“Me too”: wait for the same case instead of opening another."""
    reporter, at = reporter_of(request), now()
    gate.count_report(reporter, address=address_of(request), at=at)
    try:
        case_id = signing.loads(request.POST.get("ticket", ""), salt=TICKET, max_age=TICKET_FOR)
    except signing.BadSignature as error:
        raise NotUnderstood(_("页面停留太久，请返回重新选择。")) from error
    case = get_object_or_404(Case, pk=case_id)
    actions.join(by=reporter.person, case=case, reporter_ref=reporter.ref, at=at)
    messages.success(request, _("已经替您记上“我也遇到了”，有进展会一起告诉您。"))
    response = redirect("pocket:track", number=case.number)
    reporter.remember(response)
    return response


@never_cache
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt: number, secret, who has it and by when."""
    pk = rules.pk_of(number)
    case = get_object_or_404(Case.objects.for_lists(), pk=pk or 0)
    if case.number != number or not owns(request, case):
        raise Http404
    context = {
        "case": case,
        "who": tracking.who_has(case),
        "ahead": tracking.ahead(case),
        "emergency": case.suggestion.get("emergency"),
    }
    return render(request, "cases/resident/done.html", context)
