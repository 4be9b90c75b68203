"""Refusals at the desk: one short form instead of the whole one, and how many there were."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases import actions, rules
from gongzhi.cases.forms_staff import read
from gongzhi.cases.models import Case
from gongzhi.cases.reads.refused import SPANS, refused, span_of, turned_away
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.kernel.refusals import NotUnderstood, Refusal


class RefuseForm(forms.Form):
    """What it was, on which ground, what was answered."""

    ground = forms.ChoiceField(
        choices=DeclineGround.choices,
        error_messages={"required": gettext_lazy("请选择不予受理的情形。")},
    )
    source = forms.ChoiceField(choices=Source.choices)
    what = forms.CharField(required=False, max_length=2000)
    answer = forms.CharField(required=False, max_length=4000)
    number = forms.CharField(required=False, max_length=30)


@never_cache
@staff_with(Can.SEE_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def refusals(request: PersonRequest) -> HttpResponse:
    """How many matters were refused, on which ground; and refusing one at the first word."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _refuse(request)
            return redirect("staff:refusals")
        except Refusal as found:
            refusal = found
    span, since, until = span_of(request.GET.get("days", ""), now())
    rows = turned_away(request.user, since=since, until=until)
    counts = refused(request.user, since=since, until=until)
    context = {
        "counts": counts,
        "total": sum(row.total for row in counts),
        "span": span,
        "spans": SPANS,
        "page": Paginator(rows.select_related("by", "area", "case"), 20).get_page(
            request.GET.get("page")
        ),
        "grounds": DeclineGround.choices,
        "sources": [(s.value, s.label) for s in (Source.HOTLINE, Source.VISIT, Source.PATROL)],
        "may_refuse": may(request.user, Can.DISPATCH_CASES, within=None),
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "cases/staff/refusals.html", context, status=status)


def _refuse(request: PersonRequest) -> None:
    data = read(RefuseForm, request.POST)
    actions.turn_away(
        by=request.user,
        ground=DeclineGround(data["ground"]),
        what=data["what"],
        answer=data["answer"],
        source=Source(data["source"]),
        case=_case(request, data["number"]),
        at=now(),
    )
    messages.success(request, _("已记录并计数，不用填写整张登记表。"))


def _case(request: PersonRequest, number: str) -> Case | None:
    if not number.strip():
        return None
    pk = rules.pk_of(number)
    case = Case.objects.visible_to(request.user).filter(pk=pk or 0).first()
    if case is None:
        raise NotUnderstood(_("没有这个编号的案件，请检查。"), field="number")
    return case
