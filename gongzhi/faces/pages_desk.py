"""The desk's pages beside case work: messages, the catalogue, the working calendar."""

from calendar import Calendar
from datetime import date

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import may
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.calendars import actions, reads
from gongzhi.calendars.models import PublishedYear, SpecialDay, WorkSpan
from gongzhi.calendars.words import DayKind
from gongzhi.cases import rules
from gongzhi.cases.models import Recount
from gongzhi.cases.reads import told
from gongzhi.catalogue.models import Edition, Item, ItemClass
from gongzhi.faces.forms_desk import SPANS_MOST, days_from, lines_of, spans_from
from gongzhi.kernel.numbers import whole
from gongzhi.messages.models import Message

ANY_DESK = (Can.SEE_CASES, Can.MANAGE_CONTENT, Can.MANAGE_ACCOUNTS, Can.READ_RECORD)
YEARS = range(2020, 2101)


@never_cache
@staff_with(*ANY_DESK)
@require_safe
def messages(request: PersonRequest) -> HttpResponse:
    """What I was told, newest first; opening the page marks it read."""
    mine = Message.objects.filter(to=request.user).order_by("-told_at", "-pk")
    page = Paginator(mine, 30).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    news = told.worded(listed)
    Message.objects.filter(pk__in=[m.pk for m in listed], read_at=None).update(read_at=now())
    return render(request, "faces/desk_messages.html", {"news": news, "page": page})


@never_cache
@staff_with(*ANY_DESK)
@require_safe
def catalogue(request: PersonRequest) -> HttpResponse:
    """The edition in force: classes, and the items of one of them or those that were searched."""
    classes = list(ItemClass.objects.filter(edition__active=True))
    q = rules.clean(request.GET.get("q", ""))[:40]
    code = request.GET.get("class", "") or (classes[0].code if classes and not q else "")
    items = Item.objects.filter(edition__active=True).select_related("item_class")
    for word in q.split():
        items = items.filter(Q(name__icontains=word) | Q(code=word) | Q(closing__icontains=word))
    if code:
        items = items.filter(item_class__code=code)
    context = {
        "edition": Edition.objects.filter(active=True).first(),
        "classes": classes,
        "items": items,
        "code": code,
        "q": q,
    }
    return render(request, "faces/desk_catalogue.html", context)


@never_cache
@staff_with(*ANY_DESK)
@require_safe
def calendar(request: PersonRequest) -> HttpResponse:
    """Working spans and the days of a year that differ from their weekday."""
    year = _year(request.GET.get("year", ""))
    special = list(SpecialDay.objects.filter(day__year=year).values_list("day", "kind", "name"))
    spans = list(WorkSpan.objects.values_list("begins", "ends"))
    context = {
        "year": year,
        "published": PublishedYear.objects.filter(year=year).first(),
        "years": PublishedYear.objects.order_by("year"),
        "spans": spans,
        "blank_spans": range(SPANS_MOST - len(spans)),
        "special": special,
        "lines": lines_of(special),
        "months": _months(year, {day: (kind, name) for day, kind, name in special}),
        "recount": Recount.objects.select_related("cause").first(),
        "may_edit": may(request.user, Can.MANAGE_CONTENT, within=None),
    }
    return render(request, "faces/desk_calendar.html", context)


@staff_with(Can.MANAGE_CONTENT)
@require_POST
def set_spans(request: PersonRequest) -> HttpResponse:
    """Replace the working spans."""
    spans = spans_from(request.POST.getlist("begins"), request.POST.getlist("ends"))
    actions.set_spans(by=request.user, spans=spans, at=now())
    notices.success(request, _("工作时段已保存，以后的时限按新时段计算。"))
    return redirect("desk:calendar")


@staff_with(Can.MANAGE_CONTENT)
@require_POST
def publish_year(request: PersonRequest) -> HttpResponse:
    """Replace the special days of a year by what was typed."""
    year = _year(request.POST.get("year", ""))
    days = days_from(request.POST.get("days", ""))
    source = rules.clean(request.POST.get("source", ""))[:200]
    actions.publish_year(by=request.user, year=year, days=days, source=source, at=now())
    notices.success(request, _("%(year)s 年的日历已保存。") % {"year": year})
    response = redirect("desk:calendar")
    response["Location"] += f"?year={year}"
    return response


def _year(text: str) -> int:
    year = whole(text, 4) or 0
    return year if year in YEARS else localdate().year


Day = dict[str, object]


def _months(year: int, special: dict[date, tuple[str, str]]) -> list[list[list[Day]]]:
    """Twelve months of weeks of days, each day with its number, kind and name."""
    today, rules_of_year = localdate(), reads.in_force()
    names = {DayKind.HOLIDAY.value: "holiday", DayKind.WORKDAY.value: "makeup"}

    def shown(day: date, month: int) -> Day:
        if day.month != month:
            return {}
        kind, name = special.get(day, ("", ""))
        usual = "" if rules_of_year.is_working(day) else "weekend"
        return {"n": day.day, "kind": names.get(kind, usual), "name": name, "now": day == today}

    weeks = Calendar(firstweekday=0).monthdatescalendar
    return [
        [[shown(day, month) for day in week] for week in weeks(year, month)]
        for month in range(1, 13)
    ]
