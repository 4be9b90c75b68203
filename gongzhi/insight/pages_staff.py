"""The desk's page of numbers: a span, an area, a class, a unit; a trend, a table, repeats."""

from datetime import timedelta
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.access.models import Person
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.catalogue.models import ItemClass
from gongzhi.insight import charts, tables
from gongzhi.insight.reads import answers, asked, history
from gongzhi.insight.reads.asked import SEES, Question
from gongzhi.insight.rules import step_of
from gongzhi.insight.words import By, Span
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.places.models import Area

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@staff_with(*SEES)
@require_safe
def numbers(request: PersonRequest) -> HttpResponse:
    """The page; what makes no sense is said above the usual thirty days."""
    areas, today = asked.areas_for(request.user), localdate()
    if not areas:
        return render(request, "insight/numbers.html", {"areas": []})
    refusal: Refusal | None = None
    try:
        question = asked.asked(request.GET.dict(), areas, today=today)
    except NotUnderstood as error:
        refusal, question = error, asked.asked({}, areas, today=today)
    if not refusal and request.GET.get("format") in {"csv", "xlsx"}:
        return _file(request, request.GET["format"], question)
    context = {**_choices(request.user, areas, question), **_answers(question)}
    context |= {"refusal": refusal, "question": question, "today": today}
    return render(
        request, "insight/numbers.html", context, status=refusal.status if refusal else 200
    )


def _answers(question: Question) -> dict[str, object]:
    found = answers.answer(question)
    return {
        "total": found.total.counts,
        "took": found.total.took,
        "trend": charts.trend(found.steps),
        "step": step_of(question.first, question.last),
        "lines": tables.lines(question, found.lines),
        "repeats": tables.repeated(question),
        "repeats_from": max(
            question.first, question.last - timedelta(days=history.REPEAT_DAYS - 1)
        ),
        "live": found.live,
        "as_of": found.as_of,
    }


def _choices(person: Person, areas: list[Area], question: Question) -> dict[str, object]:
    rows = ItemClass.objects.order_by("edition__number").values_list("code", "name")
    spans = []
    for span in Span:
        first, last = asked.span(span, localdate())
        chosen = (first, last) == (question.first, question.last)
        spans.append((span.label, question.query(**{"from": first, "to": last}), chosen))
    return {
        "areas": areas,
        "classes": sorted(dict(rows).items()),
        "units": asked.units_for(question.area),
        "spans": spans,
        "ways": [(by, question.query(by=by.value), by == question.by) for by in By],
        "files": [(kind, question.query(format=kind)) for kind in ("csv", "xlsx")],
        "widest": areas[0],
    }


def _file(request: PersonRequest, kind: str, question: Question) -> HttpResponse:
    """The table as a file, under a name that says what it is of."""
    found = tables.lines(question, answers.lines(question))
    if kind == "csv":
        content, media = "".join(tables.as_csv(question.by, found)).encode(), CSV
    else:
        mark = f"{request.user.name} {localtime():%Y-%m-%d %H:%M}"
        content, media = tables.as_xlsx(question, found, mark=mark), XLSX
    name = f"{_('统计')}-{question.by.value}-{question.first}-{question.last}.{kind}"
    return HttpResponse(
        content,
        content_type=media,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
