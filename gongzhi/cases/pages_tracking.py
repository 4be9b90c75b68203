"""Residents follow what became of a report: mine, by number and secret, solved nearby."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import person_or_none
from gongzhi.access.models import Person
from gongzhi.cases import actions, gate, rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads import known, tracking
from gongzhi.cases.reads.objecting import Objecting
from gongzhi.cases.reads.tracking import Step
from gongzhi.cases.reporters import address_of, owns, refs_of, unlock
from gongzhi.cases.words import Status
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import Refusal

# What people who said “me too” may read of another's case: what was done, not who wrote what.
FOR_CLAIMANTS = frozenset(
    {
        "cases.reported",
        "cases.dispatched",
        "cases.accepted",
        "cases.returned",
        "cases.handled",
        "cases.reworked",
        "cases.checked",
        "cases.closed",
        "cases.declined",
    }
)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this person or device reported or joined, newest first."""
    refs = refs_of(request)
    cases = tracking.my_cases(refs) if refs else Case.objects.none()
    page = Paginator(cases, 20).get_page(request.GET.get("page"))
    context = {"tab": "mine", "page": page, "refs": refs}
    return render(request, "cases/resident/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Number and secret open a case to whoever has them; guessing is stopped."""
    typed = request.POST if request.method == "POST" else request.GET
    number = rules.clean(typed.get("number", ""))[:30].upper()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            secret = request.POST.get("secret", "")
            case = gate.opened(number, secret, address=address_of(request), at=now())
            unlock(request, case)
            return redirect("pocket:track", number=case.number)
        except Refusal as error:
            refusal = error
    elif number and (case_or_none := gate.case_of(number)) and _may_follow(request, case_or_none):
        return redirect("pocket:track", number=case_or_none.number)
    return render(
        request,
        "cases/resident/lookup.html",
        {"number": number, "refusal": refusal},
        status=refusal.status if refusal else 200,
    )


def _may_follow(request: HttpRequest, case: Case) -> bool:
    refs = refs_of(request)
    return owns(request, case) or case.claimants.filter(reporter_ref__in=refs).exists()


@never_cache
@require_safe
def track(request: HttpRequest, number: str) -> HttpResponse:
    """Where a case stands; strangers are asked for the secret, whether the number exists or not."""
    case = gate.case_of(number)
    if case is None or not _may_follow(request, case):
        return redirect(f"{reverse('pocket:lookup')}?number={number}")
    return _page(request, case)


@never_cache
@require_POST
def supplement(request: HttpRequest, number: str) -> HttpResponse:
    """Add what was forgotten."""
    case = own_case(request, number)
    text = request.POST.get("text", "")
    try:
        within_limit("supplement", str(case.pk), most=20, seconds=3600, at=now())
        actions.supplement(
            by=by_of(request, case), case=case, reporter_ref=case.reporter_ref, text=text, at=now()
        )
    except Refusal as refusal:
        return again(request, number, refusal, {"supplement": text})
    messages.success(request, _("补充的情况已经记下，承办人会看到。"))
    return redirect("pocket:track", number=number)


@never_cache
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Say how well it was done, once."""
    case = own_case(request, number)
    stars, text = request.POST.get("stars", ""), request.POST.get("text", "")
    try:
        actions.rate(
            by=by_of(request, case),
            case=case,
            reporter_ref=case.reporter_ref,
            stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
            text=text,
            solved={"yes": True, "no": False}.get(request.POST.get("solved", "")),
            at=now(),
        )
    except Refusal as refusal:
        return again(request, number, refusal, {"stars": stars, "rating": text})
    messages.success(request, _("谢谢您的评价，我们会据此改进。"))
    return redirect("pocket:track", number=number)


def own_case(request: HttpRequest, number: str) -> Case:
    """The case of that number if the request may speak for its reporter, else 404."""
    case = gate.case_of(number)
    if case is None or not owns(request, case):
        raise Http404
    return case


def again(
    request: HttpRequest, number: str, refusal: Refusal, typed: dict[str, str]
) -> HttpResponse:
    """The page as it was, with what was typed: the refused action has undone its changes."""
    return _page(request, own_case(request, number), refusal=refusal, typed=typed)


def by_of(request: HttpRequest, case: Case) -> Person | None:
    """The person who acts, if it is the reporter's own account and not only the secret."""
    person = person_or_none(request.user)
    return person if person and person.pk == case.reported_by_id else None


def _page(
    request: HttpRequest,
    case: Case,
    *,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    is_own = owns(request, case)
    steps = tracking.timeline(case)
    if not is_own:
        steps = [_for_claimants(s) for s in steps if s.event_name in FOR_CLAIMANTS]
    return render(
        request,
        "cases/resident/track.html",
        {
            "tab": "mine",
            "case": case,
            "is_own": is_own,
            "name": case.title if is_own else known.public_name(case),
            "sentence": tracking.state_sentence(case),
            "steps": steps,
            "ahead": tracking.ahead(case),
            "may_rate": is_own and case.status == Status.CLOSED and case.stars is None,
            "may_add": is_own and case.is_open,
            "objecting": Objecting(case, now()) if is_own else None,
            "call": case.unit.phone if case.unit and case.unit.phone else "",
            "emergency": case.suggestion.get("emergency") if case.is_open else None,
            "refusal": refusal,
            "typed": typed or {},
        },
        status=refusal.status if refusal else 200,
    )


def _for_claimants(step: Step) -> Step:
    """Without photos: files are shown to the reporter and to staff alone."""
    return Step(step.at, step.title, step.who, step.text, (), step.status, step.event_name)


@require_safe
def solved(request: HttpRequest) -> HttpResponse:
    """What was solved lately, as on a public board."""
    page = known.solved(under="/", at=now(), most=40)
    return render(request, "cases/resident/solved.html", {"solved": page})
