"""Disputes at the desk: the list by step, the file of one with its next step, the register."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may, scope
from gongzhi.access.models import Person
from gongzhi.access.reads import area_choices
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can, Role
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Case
from gongzhi.disputes import actions, forms, reads, rules
from gongzhi.disputes.models import Dispute, Mediator, Party
from gongzhi.disputes.words import STEPS, Kind, RevealGround, Risk, Side, Status
from gongzhi.flows.answers import asked, given
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places.models import Area
from gongzhi.places.words import Level

SIGNED_IN = staff_with(Can.DISPATCH_CASES, Can.CHECK_CASES)


@never_cache
@SIGNED_IN
@require_safe
def disputes(request: PersonRequest) -> HttpResponse:
    """Those of the person's desks, by step."""
    step = request.GET.get("step", "")
    counts = reads.counts(request.user)
    rows = reads.disputes_of(request.user)
    rows = rows.filter(status=step) if step in Status.values else rows.open()
    context = {
        "page": Paginator(rows, 30).get_page(request.GET.get("page")),
        "step": step,
        "steps": [(s.value, s.label, counts.get(s.value, 0)) for s in STEPS],
        "ends": [(s.value, s.label, counts.get(s.value, 0)) for s in Status if s not in STEPS],
        "open_count": sum(counts.get(s.value, 0) for s in STEPS),
        "figures": reads.figures(request.user),
    }
    return render(request, "disputes/staff/list.html", context)


@never_cache
@SIGNED_IN
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """Put a dispute on file that was found on a round or told at the counter."""
    refusal = None
    if request.method == "POST":
        try:
            data = read(forms.OpenForm, request.POST)
            dispute = actions.open_dispute(
                by=request.user,
                at=now(),
                story=data["text"],
                area=data["area"],
                address=data["address"],
                kind=Kind(data["kind"] or Kind.OTHER),
            )
            return redirect("disputes:show", pk=dispute.pk)
        except Refusal as found:
            refusal = found
    context = {
        "areas": area_choices(request.user, Can.DISPATCH_CASES),
        "kinds": Kind.choices,
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "disputes/staff/new.html", context, status=status)


@never_cache
@SIGNED_IN
@require_http_methods(["GET", "HEAD", "POST"])
def from_case(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the quarrel out of a case to mediation; asked again, the same dispute."""
    rows = Case.objects.visible_to(request.user).select_related("area", "desk", "item")
    case = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        return render(request, "disputes/staff/from_case.html", {"case": case})
    dispute = actions.open_dispute(
        by=request.user,
        at=now(),
        story=case.text,
        title=case.title,
        area=case.area,
        address=case.address,
        kind=Kind(rules.kind_of(case.item.name if case.item else case.text)),
        case=case,
    )
    messages.success(request, _("已转为矛盾调解，按六步法办理。"))
    return redirect("disputes:show", pk=dispute.pk)


@never_cache
@SIGNED_IN
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One dispute: where it stands, who is in it, what was agreed, what is next."""
    return page_of(request, dispute_of(request, pk))


def dispute_of(request: PersonRequest, pk: int) -> Dispute:
    """The dispute if the person may see it, else 404."""
    return get_object_or_404(reads.disputes_of(request.user), pk=pk)


def page_of(
    request: PersonRequest, dispute: Dispute, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    """The page of a dispute, after whatever was done."""
    has_desk = may(request.user, Can.DISPATCH_CASES, within=dispute.desk)
    flow, typed = reads.flow_of(dispute), request.POST if refusal else QueryDict()
    verbs = flow.verbs_from(dispute.status)
    context = {
        "dispute": dispute,
        "bar": reads.bar(dispute),
        "clock": reads.clock_of(dispute, now()),
        "parties": list(dispute.parties.all()),
        "sessions": dispute.sessions.select_related("by"),
        "agreements": dispute.agreements.prefetch_related("signatures__party"),
        "history": reads.history(dispute),
        "verbs": set(verbs) if has_desk else set(),
        "may_review": "review" in verbs
        and may(request.user, Can.CHECK_CASES, within=dispute.desk)
        and dispute.mediator_id != request.user.pk,
        "has_desk": has_desk and dispute.is_open,
        "ask": {verb: asked(flow, verb, dispute.status, typed.dict()) for verb in rules.FORMS},
        "offers": reads.offers(dispute) if has_desk and "assign" in verbs else [],
        "kinds": Kind.choices,
        "risks": Risk.choices,
        "sides": Side.choices,
        "signs": forms.SIGNS,
        "desks": _desks(dispute.area),
        "grounds": RevealGround.choices,
        "typed": typed,
        "ticked": typed.getlist("signs") if refusal else dispute.signs,
        "refusal": refusal,
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "disputes/staff/show.html", context, status=status)


def _desks(area: Area) -> list[Area]:
    levels = {Level.COMMUNITY, Level.TOWNSHIP, Level.DISTRICT}
    return [one for one in reversed(area.chain) if one.level in levels]


Step = Callable[[Person, Dispute, dict[str, Any]], str]


def step(
    verb: str, form: type[forms.StepForm]
) -> Callable[[Step], Callable[..., HttpResponseBase]]:
    """A button of the file; what is refused is said there, with the words kept."""

    def make(act: Step) -> Callable[..., HttpResponseBase]:
        @never_cache
        @SIGNED_IN
        @require_POST
        def page(request: PersonRequest, pk: int) -> HttpResponse:
            dispute = dispute_of(request, pk)
            try:
                data = {**read(form, request.POST), "answers": given(verb, request.POST)}
                sentence = act(request.user, dispute, data)
            except Refusal as refusal:
                return page_of(request, dispute_of(request, pk), refusal, refused=verb)
            messages.success(request, sentence)
            visible = Dispute.objects.visible_to(request.user).filter(pk=pk).exists()
            return redirect("disputes:show", pk=pk) if visible else redirect("disputes:list")

        return page

    return make


@step("sort", forms.SortForm)
def sort(by: Person, dispute: Dispute, data: dict[str, Any]) -> str:
    """Class and level."""
    actions.sort(
        by=by,
        dispute=dispute,
        kind=Kind(data["kind"]),
        desk=data["desk"],
        note=data["text"],
        at=now(),
        seen=data["seen"],
        answers=data["answers"],
    )
    return _("已归类，由%(desk)s化解。") % {"desk": data["desk"].name}


@step("rate_risk", forms.RiskForm)
def rate(by: Person, dispute: Dispute, data: dict[str, Any]) -> str:
    """How dangerous."""
    risk = Risk(data["risk"])
    actions.rate_risk(
        by=by,
        dispute=dispute,
        risk=risk,
        signs=data["signs"],
        why=data["text"],
        at=now(),
        seen=data["seen"],
        answers=data["answers"],
    )
    return _("风险评定为“%(risk)s”。") % {"risk": risk.label}


@step("assign", forms.AssignForm)
def assign(by: Person, dispute: Dispute, data: dict[str, Any]) -> str:
    """Choose the mediator."""
    mediator = data["mediator"]
    actions.assign(
        by=by,
        dispute=dispute,
        mediator=mediator,
        note=data["text"],
        at=now(),
        seen=data["seen"],
        answers=data["answers"],
    )
    return _("已请%(name)s调解。") % {"name": mediator.person.name}


@step("review", forms.ReviewForm)
def review(by: Person, dispute: Dispute, data: dict[str, Any]) -> str:
    """Look it over and lay it up."""
    actions.review(
        by=by,
        dispute=dispute,
        score=data["score"],
        note=data["text"],
        at=now(),
        seen=data["seen"],
        answers=data["answers"],
    )
    return _("已考评归档。")


@step("withdraw", forms.StepForm)
def withdraw(by: Person, dispute: Dispute, data: dict[str, Any]) -> str:
    """The parties do not want it any more."""
    actions.withdraw(
        by=by,
        dispute=dispute,
        reason=data["text"],
        at=now(),
        seen=data["seen"],
        answers=data["answers"],
    )
    return _("已记录当事人撤回。")


@never_cache
@SIGNED_IN
@require_POST
def add_party(request: PersonRequest, pk: int) -> HttpResponse:
    """One more person of the quarrel."""
    dispute = dispute_of(request, pk)
    try:
        actions.add_party(by=request.user, dispute=dispute, new=party_from(request), at=now())
    except Refusal as refusal:
        return page_of(request, dispute, refusal)
    messages.success(request, _("已登记当事人。"))
    return redirect("disputes:show", pk=pk)


def party_from(request: PersonRequest) -> actions.NewParty:
    """The party that a form names."""
    data = read(forms.PartyForm, request.POST)
    return actions.NewParty(Side(data["side"]), data["name"], data["phone"], data["address"])


def party_of(request: PersonRequest, dispute: Dispute, form: type[forms.PartyOnlyForm]) -> Party:
    """The party that a form names, of this dispute and no other."""
    party: Party = read(form, request.POST)["party"]
    if party.dispute_id != dispute.pk:
        raise NotUnderstood(_("页面不完整，请刷新后再试一次。"))
    return party


@never_cache
@SIGNED_IN
@require_POST
def agree(request: PersonRequest, pk: int) -> HttpResponse:
    """The party is willing."""
    dispute = dispute_of(request, pk)
    party = party_of(request, dispute, forms.PartyOnlyForm)
    actions.agree_to_mediation(by=request.user, party=party, at=now())
    return redirect("disputes:show", pk=pk)


@never_cache
@SIGNED_IN
@require_POST
def reveal(request: PersonRequest, pk: int) -> HttpResponse:
    """A party's full name and number, once, for a reason."""
    dispute = dispute_of(request, pk)
    try:
        party = party_of(request, dispute, forms.RevealForm)
        ground = RevealGround(request.POST["ground"])
        revealed = actions.reveal_party(by=request.user, party=party, ground=ground, at=now())
    except Refusal as refusal:
        return page_of(request, dispute, refusal)
    return page_of(request, dispute, revealed=revealed)


@never_cache
@staff_with(Can.DISPATCH_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def mediators(request: PersonRequest) -> HttpResponse:
    """The register of mediators, and putting somebody on it."""
    refusal = None
    if request.method == "POST":
        try:
            _keep(request)
            return redirect("disputes:mediators")
        except Refusal as found:
            refusal = found
    paths = scope(request.user, Can.DISPATCH_CASES)
    posts = {Role.COMMUNITY_WORKER, Role.UNIT_STAFF, Role.GRID_WORKER, Role.DISPATCHER}
    staff = Person.objects.filter(is_active=True, posts__role__in=posts).distinct()
    context = {
        "mediators": Mediator.objects.visible_to(request.user).select_related("person", "area"),
        "areas": [a for a in area_choices(request.user, Can.DISPATCH_CASES) if a.level != "grid"],
        "people": [p for p in staff.order_by("name") if _works_under(p, paths)],
        "kinds": Kind.choices,
        "words": dict(Kind.choices),
        "risks": Risk.choices,
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "disputes/staff/mediators.html", context, status=status)


def _keep(request: PersonRequest) -> None:
    data = read(forms.MediatorForm, request.POST)
    mediator = actions.keep_mediator(
        by=request.user,
        person=data["person"],
        area=data["area"],
        title=data["title"],
        kinds=[Kind(kind) for kind in data["kinds"]],
        highest=Risk(data["highest"]),
        most=data["most"],
        is_active=data["is_active"],
        at=now(),
    )
    messages.success(request, _("%(name)s已在册。") % {"name": mediator.person.name})


def _works_under(person: Person, paths: list[str]) -> bool:
    return any(
        post.area.path.startswith(path) or path.startswith(post.area.path)
        for post in person.held
        for path in paths
    )
