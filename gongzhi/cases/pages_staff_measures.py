"""The rates of a month, the cases behind each figure, and leaving a case out of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest
from gongzhi.access.roles import Can
from gongzhi.cases import actions, files
from gongzhi.cases.models import Attachment, Exclusion, Remark
from gongzhi.cases.pages_staff import case_for, desk
from gongzhi.cases.reads.measured import Asked, asked_for, cuts, figure_words, unnamed
from gongzhi.cases.reads.rates import BY, Month, basis_of, changes_of_nature, is_frozen, named_rates
from gongzhi.cases.words import ExclusionGround, FileMoment, Nature, NatureGround
from gongzhi.kernel.refusals import NotUnderstood, Overtaken, Refusal


@desk
@require_safe
def measures(request: PersonRequest) -> HttpResponse:
    """The rates of a month as bars and as a table, and what must be looked at beside them."""
    at, person = now(), request.user
    asked = Asked.read(request.GET.dict(), at)
    month, by = asked.month, asked.by
    basis = basis_of(person, month)
    total, rows = named_rates(basis, by=by)
    names = cuts()
    exclusions = Exclusion.objects.visible_to(person).select_related("case__area", "asked_by")
    context = {
        "month": month,
        "is_present": month.ends > at,
        "frozen": basis.frozen,
        "excluded": basis.excluded,
        "waiting": [
            (one, may(person, Can.SUPERVISE, within=one.case.area) and one.asked_by_id != person.pk)
            for one in exclusions.owed()[:50]
        ],
        "by": by,
        "cuts": [(key, names[key]) for key in BY],
        "cut_name": names[by],
        "unnamed": unnamed(by),
        "total": total,
        "rows": rows,
        "changes": _changes(request, month),
    }
    return render(request, "cases/staff/measures.html", context)


def _changes(request: PersonRequest, month: Month) -> list[dict[str, object]]:
    changes = changes_of_nature(request.user, month)
    remarks = {r.event_id: r for r in Remark.objects.filter(event__in=[e.pk for e in changes])}
    return [
        {
            "event": event,
            "before": Nature(event.facts["before"]).label,
            "after": Nature(event.facts["after"]).label,
            "ground": NatureGround(event.facts["ground"]).label,
            "text": remarks[event.pk].text if event.pk in remarks else "",
            "grave": event.facts["before"] == Nature.COMPLAINT,
        }
        for event in changes
    ]


@desk
@require_safe
def behind(request: PersonRequest) -> HttpResponse:
    """The cases behind one figure; they go out as a table like every other list."""
    at, person = now(), request.user
    asked = Asked.read(request.GET.dict(), at)
    found = asked_for(person, asked).select_related("area__parent", "item", "unit", "exclusion")
    context = {
        "asked": asked,
        "words": figure_words(asked),
        "page": Paginator(found, 50).get_page(request.GET.get("page")),
        "query": asked.query(),
        "may_exclude": may(person, Can.CHECK_CASES, within=None) and not is_frozen(asked.month),
    }
    return render(request, "cases/staff/behind.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def exclude(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask to leave a case out of the rates, with evidence."""
    case, refusal = case_for(request.user, pk), None
    if request.method == "POST":
        stored: list[files.StoredFile] = []
        try:
            ground = request.POST.get("ground", "")
            if ground not in ExclusionGround.values:
                raise NotUnderstood(_("请选择剔除的情形。"), field="ground")
            stored = files.take_photos(request.FILES.getlist("photos"))
            actions.ask_exclusion(
                by=request.user,
                case=case,
                ground=ExclusionGround(ground),
                reason=request.POST.get("text", ""),
                evidence=stored,
                at=now(),
            )
        except Refusal as error:
            files.discard(stored)
            refusal = error
        else:
            messages.success(request, _("已申请剔除，等另一个人签字。签字前照常计入三率。"))
            return redirect("staff:case", pk=case.pk)
    month = Month.of(case.reported_at)
    context = {
        "case": case,
        "month": month,
        "is_frozen": is_frozen(month),
        "asked": Exclusion.objects.filter(case=case).first(),
        "grounds": ExclusionGround.choices,
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "cases/staff/exclude.html", context, status=status)


@desk
@require_http_methods(["GET", "HEAD"])
def exclusion(request: PersonRequest, pk: int) -> HttpResponse:
    """One request with its evidence, to be signed or refused."""
    seen = Exclusion.objects.visible_to(request.user).select_related(
        "case__area", "asked_by", "decided_by"
    )
    one = get_object_or_404(seen, pk=pk)
    papers = Attachment.objects.filter(case=one.case, moment=FileMoment.PAPER, at=one.asked_at)
    month = Month.of(one.case.reported_at)
    frozen = is_frozen(month)
    signs = may(request.user, Can.SUPERVISE, within=one.case.area) and not frozen
    context = {
        "one": one,
        "month": month,
        "is_frozen": frozen,
        "papers": papers,
        "may_sign": one.decided_at is None
        and signs
        and request.user.pk not in {one.asked_by_id, one.case.handler_id},
    }
    return render(request, "cases/staff/exclusion.html", context)


@desk
@require_POST
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    """The second signature, or its refusal."""
    seen = Exclusion.objects.visible_to(request.user).select_related("case__area")
    one = get_object_or_404(seen, pk=pk)
    granted = request.POST.get("granted") == "yes"
    try:
        actions.decide_exclusion(by=request.user, exclusion=one, granted=granted, at=now())
    except Overtaken:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("staff:exclusion", pk=pk)
    said = _("已签字，这个案件不再计入三率。") if granted else _("已退回，这个案件照常计入三率。")
    messages.success(request, said)
    return redirect(f"{reverse('staff:measures')}?month={Month.of(one.case.reported_at).name}")
