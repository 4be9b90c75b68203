"""Disputes on the mediator's phone: sittings, the agreement with signatures, looking again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases.forms_staff import read
from gongzhi.disputes import actions, forms, reads, rules
from gongzhi.disputes.models import Dispute, Party
from gongzhi.disputes.signing import drawn, photographed
from gongzhi.disputes.words import GuideTo, RevealGround, Side, SignedHow, Status
from gongzhi.flows.answers import asked, given
from gongzhi.kernel.refusals import NotUnderstood, Refusal

STAFF = staff_with(Can.WORK_CASES, Can.DISPATCH_CASES)


@never_cache
@STAFF
@require_safe
def disputes(request: PersonRequest) -> HttpResponse:
    """What I mediate, what I must look at again, what I settled."""
    mine = reads.disputes_of(request.user).filter(mediator=request.user)
    context = {
        "tab": "work",
        "open": mine.open().order_by("-status", "follow_up_on", "found_at"),
        "done": mine.exclude(pk__in=mine.open().values("pk"))[:20],
    }
    return render(request, "disputes/patrol/list.html", context)


@never_cache
@STAFF
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """One dispute as its mediator sees it."""
    return _page(request, _mine(request, pk))


def _mine(request: PersonRequest, pk: int) -> Dispute:
    return get_object_or_404(reads.disputes_of(request.user), pk=pk, mediator=request.user)


def _page(
    request: PersonRequest, dispute: Dispute, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    parties, flow = list(dispute.parties.all()), reads.flow_of(dispute)
    context = {
        "tab": "work",
        "dispute": dispute,
        "verbs": set(flow.verbs_from(dispute.status)),
        "ask": {
            verb: asked(flow, verb, dispute.status, request.POST if refusal else {})
            for verb in rules.FORMS
        },
        "clock": reads.clock_of(dispute, now()),
        "parties": parties,
        "signers": [p for p in parties if p.side != Side.OTHER],
        "sessions": dispute.sessions.all(),
        "agreements": dispute.agreements.prefetch_related("signatures__party"),
        "mediating": dispute.status == Status.MEDIATING,
        "now": f"{localtime(now()):%Y-%m-%dT%H:%M}",
        "guides": GuideTo.choices,
        "sides": Side.choices,
        "grounds": RevealGround.choices,
        "typed": request.POST if refusal else {},
        "refusal": refusal,
        **more,
    }
    status = refusal.status if refusal else 200
    return render(request, "disputes/patrol/show.html", context, status=status)


Step = Callable[[PersonRequest, Dispute], str]


def step(act: Step) -> Callable[..., HttpResponseBase]:
    """A form of the mediator's page; what is refused is said there, with the words kept."""

    @never_cache
    @STAFF
    @require_POST
    def page(request: PersonRequest, pk: int) -> HttpResponse:
        dispute = _mine(request, pk)
        try:
            sentence = act(request, dispute)
        except Refusal as refusal:
            return _page(request, _mine(request, pk), refusal, asked=request.path)
        messages.success(request, sentence)
        return redirect("disputes_patrol:show", pk=pk)

    return page


@step
def hold(request: PersonRequest, dispute: Dispute) -> str:
    """Write down a sitting."""
    data = read(forms.SessionForm, request.POST)
    actions.hold_session(
        by=request.user,
        dispute=dispute,
        held_at=data["held_at"],
        place=data["place"],
        text=data["text"],
        at=now(),
    )
    return _("调解记录已保存。")


@step
def settle(request: PersonRequest, dispute: Dispute) -> str:
    """The agreement, signed on the screen or on paper."""
    data = read(forms.SettleForm, request.POST)
    actions.settle(
        by=request.user,
        dispute=dispute,
        text=data["text"],
        signed=_signatures(request, dispute),
        follow_up_on=data["date"],
        answers=given("settle", request.POST),
        at=now(),
        seen=data["seen"],
    )
    return _("协议已归入案卷，到期会提醒您回访。")


def _signatures(request: PersonRequest, dispute: Dispute) -> list[actions.Signed]:
    """What was drawn for each party, and the photo of the signed page if there is one."""
    signed = []
    for party in dispute.parties.all():
        if image := request.POST.get(f"sign-{party.pk}", ""):
            signed.append(actions.Signed(party, SignedHow.DRAWN, drawn(image)))
    page: Any = request.FILES.get("page")
    if page is not None:
        try:
            image = photographed(page)
        except NotUnderstood as refusal:
            raise NotUnderstood(refusal.sentence, field="signature") from refusal
        signed.append(actions.Signed(None, SignedHow.PHOTO, image))
    return signed


@step
def guide(request: PersonRequest, dispute: Dispute) -> str:
    """It cannot be settled here."""
    data = read(forms.GuideForm, request.POST)
    actions.guide(
        by=request.user,
        dispute=dispute,
        to=GuideTo(data["to"]),
        reason=data["text"],
        answers=given("guide", request.POST),
        at=now(),
        seen=data["seen"],
    )
    return _("已记录，并告知当事人去处。")


@step
def follow_up(request: PersonRequest, dispute: Dispute) -> str:
    """It is kept."""
    data = read(forms.StepForm, request.POST)
    actions.follow_up(
        by=request.user,
        dispute=dispute,
        note=data["text"],
        answers=given("follow_up", request.POST),
        at=now(),
        seen=data["seen"],
    )
    return _("回访已记录，等待考评归档。")


@step
def resume(request: PersonRequest, dispute: Dispute) -> str:
    """It is not kept."""
    data = read(forms.StepForm, request.POST)
    actions.resume(
        by=request.user,
        dispute=dispute,
        reason=data["text"],
        answers=given("resume", request.POST),
        at=now(),
        seen=data["seen"],
    )
    return _("已回到调解，请再约双方。")


@step
def add_party(request: PersonRequest, dispute: Dispute) -> str:
    """One more person of the quarrel."""
    data = read(forms.PartyForm, request.POST)
    new = actions.NewParty(Side(data["side"]), data["name"], data["phone"], data["address"])
    actions.add_party(by=request.user, dispute=dispute, new=new, at=now())
    return _("已登记当事人。")


@step
def agree(request: PersonRequest, dispute: Dispute) -> str:
    """The party is willing."""
    party = _party(request, dispute, forms.PartyOnlyForm)
    actions.agree_to_mediation(by=request.user, party=party, at=now())
    return _("已记录同意调解。")


@never_cache
@STAFF
@require_POST
def reveal(request: PersonRequest, pk: int) -> HttpResponse:
    """A party's full name and number, once, for a reason."""
    dispute = _mine(request, pk)
    try:
        party = _party(request, dispute, forms.RevealForm)
        ground = RevealGround(request.POST["ground"])
        revealed = actions.reveal_party(by=request.user, party=party, ground=ground, at=now())
    except Refusal as refusal:
        return _page(request, dispute, refusal)
    return _page(request, dispute, revealed=revealed)


def _party(request: PersonRequest, dispute: Dispute, form: type[forms.PartyOnlyForm]) -> Party:
    party: Party = read(form, request.POST)["party"]
    if party.dispute_id != dispute.pk:
        raise NotUnderstood(_("页面不完整，请刷新后再试一次。"))
    return party
