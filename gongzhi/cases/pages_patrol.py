"""The rounds of grid workers and units: what is in hand, accept, return, handle, report at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can, Role
from gongzhi.cases import actions
from gongzhi.cases.actions.handle import in_charge
from gongzhi.cases.actions.reveal import reveal_contact
from gongzhi.cases.files import StoredFile
from gongzhi.cases.forms_evidence import (
    BEFORE,
    PAPERS,
    Shown,
    asked_for,
    kept_before,
    take_shown,
)
from gongzhi.cases.forms_resident import Draft, seal_files, take_files, unseal_files
from gongzhi.cases.models import Case
from gongzhi.cases.reads import rounds, tracking
from gongzhi.cases.reads.contacts import contact_of
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.reporters import Reporter, reporter_of
from gongzhi.cases.words import ReturnGround, RevealGround, Source, Status
from gongzhi.flows.answers import asked, given
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.numbers import whole
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places.words import Level

Page = Callable[..., HttpResponseBase]


def patrol(page: Page) -> Page:
    """A page of the patrol face: for people who work cases, never kept by a browser."""
    return never_cache(staff_with(Can.WORK_CASES)(page))


@patrol
@require_safe
def work(request: PersonRequest) -> HttpResponse:
    """Three counts, the quick report, the list by due time."""
    reporter = reporter_of(request)
    return _work(request, reporter, Draft.blank(None, request.GET))


def _work(
    request: PersonRequest,
    reporter: Reporter,
    draft: Draft,
    *,
    stored: Sequence[StoredFile] = (),
    refusal: Refusal | None = None,
    looked: bool = False,
) -> HttpResponse:
    at, show = now(), request.GET.get("show", "")
    mine = rounds.narrowed(rounds.in_hand(request.user), show, at)
    page = Paginator(mine, 30).get_page(request.GET.get("page"))
    return render(
        request,
        "cases/patrol/work.html",
        {
            "tab": "work",
            "place": _place_of(request),
            "figures": rounds.figures(request.user, at),
            "show": show,
            "page": page,
            "draft": draft,
            "kept": seal_files(stored, reporter.ref),
            "kept_count": len(stored),
            "things": draft.beside(),
            "looked": looked,
            "refusal": refusal,
        },
        status=refusal.status if refusal else 200,
    )


def _place_of(request: PersonRequest) -> str:
    """What stands on top: the grid walked, or the unit worked for."""
    posts = [p for p in request.user.held if p.role != Role.RESIDENT]
    walked = [p.area.name for p in posts if p.role == Role.GRID_WORKER]
    if walked:
        return "、".join(walked[:2])
    return next((p.unit.name for p in posts if p.unit), posts[0].area.name if posts else "")


@patrol
@require_POST
def report(request: PersonRequest) -> HttpResponse:
    """Report what was seen on the round."""
    at, reporter, draft = now(), reporter_of(request), Draft.read(request.POST)
    stored = unseal_files(request.POST.get("kept", ""), reporter.ref)
    try:
        if not Case.objects.filter(reporter_ref=reporter.ref, key=draft.key).exists():
            within_limit("report-by", reporter.ref, most=60, seconds=600, at=at)
            stored = take_files(request, stored)
        if request.POST.get("look"):  # without scripts: what stands around here
            draft.component_code(draft.position())
            return _work(request, reporter, draft, stored=stored, looked=True)
        new = draft.as_new(reporter, stored, Source.PATROL)
        case = actions.report(by=request.user, new=new, at=at)
    except Refusal as refusal:
        return _work(request, reporter, draft, stored=stored, refusal=refusal)
    messages.success(request, _("已上报，编号 %(number)s。") % {"number": case.number})
    return redirect("patrol:work")


@patrol
@require_POST
def near(request: PersonRequest) -> HttpResponse:
    """For the script of the quick report: the components around the place, as a piece."""
    within_limit("near-by", str(request.user.pk), most=240, seconds=600, at=now())
    draft = Draft.read(request.POST)
    context = {"things": draft.beside(), "draft": draft, "for_staff": True}
    return render(request, "cases/resident/_near.html", context)


@patrol
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One case with what can be done about it now."""
    return page_of(request, case_of(request, pk))


def case_of(request: PersonRequest, pk: int) -> Case:
    """The case if the person may see it, else 404."""
    return get_object_or_404(Case.objects.visible_to(request.user).for_lists().distinct(), pk=pk)


def page_of(
    request: PersonRequest,
    case: Case,
    *,
    refusal: Refusal | None = None,
    form: str = "",
    stored: Sequence[StoredFile] = (),
    shown: Shown | None = None,
    **more: object,
) -> HttpResponse:
    """The page of a case with what can be done about it, after whatever was done.

    What was typed into the `form` that was refused stays in it; where the case has moved on and the
    form is gone, the words stand beside the sentence to be taken elsewhere.
    """
    mine = in_charge(request.user, case)
    in_hand = mine and case.status in {Status.DISPATCHED, Status.ACCEPTED}
    handles = case.handler_id == request.user.pk and case.status == Status.ACCEPTED
    typed = request.POST if refusal else QueryDict()
    context: dict[str, Any] = {
        "tab": "work",
        "case": case,
        "steps": tracking.timeline(case, for_staff=True),
        "may_accept": mine and case.status == Status.DISPATCHED,
        "may_handle": handles,
        "may_contact": case.handler_id == request.user.pk and case.is_open,
        "may_send_up": handles and case.desk.level != Level.DISTRICT,
        "may_ask_extension": handles and rounds.may_be_extended(case, now()),
        "asked": rounds.asked_of(request.user, case),
        "pressed": rounds.pressed_for(case) if mine else (),
        "may_return": in_hand and not case.is_bound,
        "is_ruled": in_hand and case.is_bound,
        "needs_photo": bool(case.item and "photo_after" in case.item.evidence),
        "asked_for": asked_for(case, shown or {}, f"p:{request.user.pk}") if handles else (),
        "grounds": ReturnGround.choices,
        "contact": contact_of(case),
        "may_reveal": may(request.user, Can.SEE_REPORTER, within=case.area),
        "reveal_grounds": RevealGround.choices,
        "kept": seal_files(stored, f"p:{request.user.pk}"),
        "kept_count": len(stored),
        "emergency": case.suggestion.get("emergency") if case.is_open else None,
        "refusal": refusal,
        "form": form,
        "typed": typed,
        "ask": {
            verb: asked(flow_of(case), verb, case.status, request.POST)
            for verb in ("accept", "return_to_sender", "handle", "send_up")
        },
        **more,
    }
    if refusal and not _shows(form, context):
        context["left"] = words_in(typed)
    status = refusal.status if refusal else 200
    return render(request, "cases/patrol/case.html", context, status=status)


def _shows(form: str, context: Mapping[str, Any]) -> bool:
    """Whether the page still has that form."""
    if form in {"supervision", "assist"}:
        listed = context["pressed"] if form == "supervision" else context["asked"]
        return context["typed"].get(form) in {str(one.pk) for one in listed}
    return bool(context.get(f"may_{form}"))


def words_in(typed: Mapping[str, str]) -> str:
    """What the person wrote in their own words."""
    return typed.get("note", "") or typed.get("text", "")


def refused(
    request: PersonRequest, pk: int, refusal: Refusal, *, form: str, **more: Any
) -> HttpResponse:
    """The case as it is now with what was typed kept; raised on when it is out of sight."""
    case = Case.objects.visible_to(request.user).for_lists().distinct().filter(pk=pk).first()
    if case is None:
        raise refusal
    if refusal.field == "text":
        refusal.field = words_field(form, request.POST)
    return page_of(request, case, refusal=refusal, form=form, **more)


def words_field(form: str, typed: Mapping[str, str]) -> str:
    """The id of the field in which the form takes the person's own words."""
    own = {"return": "reason", "send_up": "up", "ask_extension": "why", "contact": "reached"}
    if form in {"supervision", "assist"}:
        return f"{form[0]}{typed.get(form, '')}"
    return own.get(form, "text")


def seen_of(request: PersonRequest) -> int:
    """The version the person had on screen; a form without it is none of ours."""
    version = whole(request.POST.get("seen", ""), 9)
    if version is None:
        raise NotUnderstood(_("页面内容不完整，请刷新后再试。"))
    return version


@patrol
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Take it on."""
    case, answers = case_of(request, pk), given("accept", request.POST)
    try:
        actions.accept(by=request.user, case=case, at=now(), answers=answers, seen=seen_of(request))
    except Refusal as refusal:
        return refused(request, pk, refusal, form="accept")
    messages.success(request, _("已接单，办完后在这里填写处置结果。"))
    return redirect("patrol:case", pk=pk)


@patrol
@require_POST
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Return it to the dispatcher with a ground and in own words."""
    case, ground = case_of(request, pk), request.POST.get("ground", "")
    try:
        if ground not in ReturnGround.values:
            raise NotUnderstood(_("请选择退回的原因。"), field="ground")
        actions.return_to_sender(
            by=request.user,
            case=case,
            ground=ReturnGround(ground),
            reason=request.POST.get("text", ""),
            answers=given("return_to_sender", request.POST),
            at=now(),
            seen=seen_of(request),
        )
    except Refusal as refusal:
        return refused(request, pk, refusal, form="return")
    messages.success(request, _("已退回调度员，由他改派。"))
    return redirect("patrol:work")


@patrol
@require_POST
def handle(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what was done and show it."""
    case = case_of(request, pk)
    ref = f"p:{request.user.pk}"
    stored = unseal_files(request.POST.get("kept", ""), ref)
    shown = kept_before(request, ref)
    try:
        stored = take_files(request, stored)
        take_shown(request, shown)
        actions.handle(
            by=request.user,
            case=case,
            note=request.POST.get("note", ""),
            at=now(),
            files=stored,
            before=shown[BEFORE],
            papers={code: shown[code] for code in PAPERS},
            answers=given("handle", request.POST),
            seen=seen_of(request),
        )
    except Refusal as refusal:
        return refused(request, pk, refusal, form="handle", stored=stored, shown=shown)
    messages.success(request, _("处置结果已提交，等待核查。"))
    return redirect("patrol:case", pk=pk)


@patrol
@require_POST
def reveal(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the reporter's number to whoever gives a reason; the look is recorded."""
    case, ground = case_of(request, pk), request.POST.get("ground", "")
    if ground not in RevealGround.values:
        refusal = NotUnderstood(_("请选择查看电话的理由。"), field="reveal")
        return page_of(request, case, refusal=refusal)
    revealed = reveal_contact(by=request.user, case=case, ground=RevealGround(ground), at=now())
    return page_of(request, case, revealed=revealed)


@patrol
@require_safe
def done(request: PersonRequest) -> HttpResponse:
    """What this person handled."""
    page = Paginator(rounds.finished(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "cases/patrol/done.html", {"tab": "done", "page": page})


@patrol
@require_safe
def on_map(request: PersonRequest) -> HttpResponse:
    """What is in hand, on the map and as a list."""
    cases = list(rounds.in_hand(request.user)[:200])
    points = [
        {"n": n, "lng": case.lng, "lat": case.lat, "title": case.title, "id": case.pk}
        for n, case in enumerate(cases, start=1)
        if case.lng is not None
    ]
    context = {"tab": "map", "cases": cases, "points": points}
    return render(request, "cases/patrol/map.html", context)
