"""Visit rounds at the desk: begun from a choice in the register, followed home by home."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Refusal, TooLarge
from gongzhi.residents.forms import Chosen
from gongzhi.residents.reads import selecting, tags
from gongzhi.visits import actions, reads
from gongzhi.visits.forms import Draft
from gongzhi.visits.models import Round

arranging = staff_with(Can.ARRANGE_VISITS)


@never_cache
@arranging
@require_safe
def rounds(request: PersonRequest) -> HttpResponse:
    """Rounds of the person's areas, running ones first, with how far they are."""
    page = Paginator(reads.rounds_of(request.user), 30).get_page(request.GET.get("page"))
    context = {"page": page, "today": localdate()}
    return render(request, "visits/staff/list.html", context)


@never_cache
@arranging
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PersonRequest) -> HttpResponse:
    """The choice in the address becomes a round: which homes, who goes there, until when."""
    chosen, at = Chosen.read(request.GET), now()
    if request.method != "POST":
        return _form(request, chosen, Draft.blank(chosen.tag, localdate(at)))
    draft = Draft.typed(request.POST)
    try:
        made = actions.begin(
            by=request.user,
            new=actions.NewRound(
                key=draft.form_key(),
                title=draft.title,
                due_on=draft.due(),
                sought=chosen.sought(request.user),
                note=draft.note,
            ),
            at=at,
        )
    except (NotUnderstood, NotPossible, TooLarge) as refusal:
        return _form(request, chosen, draft, refusal)
    messages.success(request, _("走访任务已布置，网格员在手机上能看到。"))
    return redirect("visits:show", made.pk)


def _form(
    request: PersonRequest, chosen: Chosen, draft: Draft, refusal: Refusal | None = None
) -> HttpResponse:
    words = [*selecting.words(chosen.within), *(tags.name_of(code) for code in chosen.tag)]
    context = {
        "chosen": chosen,
        "draft": draft,
        "plan": reads.planned(request.user, chosen.sought(request.user)),
        "words": words,
        "today": localdate(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "visits/staff/begin.html", context, status=status)


@never_cache
@arranging
@require_safe
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """How far a round is, grid by grid and home by home."""
    one = _round(request, pk)
    stops = reads.stops_of(request.user, one)
    context = {
        "one": one,
        "shares": reads.progress(stops),
        "late": reads.is_late(one, localdate()),
        "tags": [tags.name_of(code) for code in one.tag_codes],
        "may_withdraw": one.is_running and may(request.user, Can.ARRANGE_VISITS, within=one.area),
        "page": Paginator(stops, 50).get_page(request.GET.get("page")),
    }
    return render(request, "visits/staff/show.html", context)


def _round(request: PersonRequest, pk: int) -> Round:
    found = Round.objects.visible_to(request.user).select_related("area", "begun_by")
    return get_object_or_404(found, pk=pk)


@arranging
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a round back."""
    actions.withdraw(by=request.user, round_=_round(request, pk), at=now())
    messages.success(request, _("走访任务已撤回，没走访的人家不再显示给网格员。"))
    return redirect("visits:show", pk)
