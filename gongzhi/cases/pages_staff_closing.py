"""After the end: who is to be asked back, and who appealed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest
from gongzhi.access.roles import Can
from gongzhi.cases import actions, forms_aside
from gongzhi.cases.actions.appeals import may_decide
from gongzhi.cases.actions.reveal import reveal_contact
from gongzhi.cases.forms_staff import RevealForm, read
from gongzhi.cases.models import Appeal, FollowUp
from gongzhi.cases.pages_staff import case_context, case_for, desk
from gongzhi.cases.reads.afterwards import appeals_owed, visits_owed
from gongzhi.cases.reads.tracking import timeline
from gongzhi.cases.words import RevealGround
from gongzhi.kernel.refusals import Overtaken, Refusal

YES = {"yes": True, "no": False}
OF_A_CASE = ("case__area", "case__desk", "case__item", "case__unit", "case__handler")


@desk
@require_safe
def followups(request: PersonRequest) -> HttpResponse:
    """Appeals and return visits that are owed, soonest first."""
    person, at = request.user, now()
    page = Paginator(visits_owed(person, at=at).select_related(*OF_A_CASE), 30)
    appeals = appeals_owed(person).select_related("desk", *OF_A_CASE)[:50]
    context = {
        "page": page.get_page(request.GET.get("page")),
        "appeals": [(one, may_decide(person, one)) for one in appeals],
        "at": at,
    }
    return render(request, "cases/staff/followups.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def followup(request: PersonRequest, pk: int) -> HttpResponse:
    """One return visit: what was promised and done, the questions, what came of it."""
    seen = FollowUp.objects.visible_to(request.user).select_related(*OF_A_CASE)
    owed, at = get_object_or_404(seen, pk=pk), now()
    case = case_for(request.user, owed.case_id)
    refusal: Refusal | None = None
    contact = None
    if request.method == "POST" and "ground" in request.POST:
        ground = RevealGround(read(RevealForm, request.POST)["ground"])
        contact = reveal_contact(by=request.user, case=case, ground=ground, at=at)
    elif request.method == "POST":
        try:
            _visited(request, owed)
        except Refusal as error:
            refusal = error
            owed.refresh_from_db()
        else:
            return redirect("staff:followups")
    context = {
        **case_context(request.user, case, at),
        "followup": owed,
        "steps": timeline(case, for_staff=True),
        "may_ask": may(request.user, Can.CHECK_CASES, within=case.area) and owed.is_owed,
        "contact": contact,
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return render(request, "cases/staff/followup.html", context, status=status)


def _visited(request: PersonRequest, owed: FollowUp) -> None:
    data = read(forms_aside.VisitForm, request.POST)
    reached = data["reached"] == "yes"
    answers = {name: YES.get(data[name]) for name in ("contacted", "solved", "satisfied")}
    actions.visit(
        by=request.user, followup=owed, reached=reached, text=data["text"], at=now(), **answers
    )
    if answers["solved"] is False and reached:
        messages.success(request, _("回访已记录。没有解决，已退回承办人重办。"))
    else:
        messages.success(request, _("回访已记录。"))


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: PersonRequest, pk: int) -> HttpResponse:
    """One appeal: what the reporter says, the whole course, the decision."""
    seen = Appeal.objects.visible_to(request.user).select_related("desk", *OF_A_CASE)
    one, at = get_object_or_404(seen, pk=pk), now()
    case = case_for(request.user, one.case_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        data = read(forms_aside.DecisionForm, request.POST)
        upheld = data["upheld"] == "yes"
        try:
            actions.decide_appeal(
                by=request.user, appeal=one, upheld=upheld, answer=data["text"], at=at
            )
        except Overtaken:
            raise
        except Refusal as error:
            refusal = error
        else:
            said = _("已支持申诉，退回重办。") if upheld else _("已答复，反映人会看到。")
            messages.success(request, said)
            return redirect("staff:followups")
    context = {
        **case_context(request.user, case, at),
        "appeal": one,
        "steps": timeline(case, for_staff=True),
        "may_decide": one.decided_at is None and may_decide(request.user, one),
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return render(request, "cases/staff/appeal.html", context, status=status)
