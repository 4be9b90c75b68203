"""The journal for auditors and stuck errands for administrators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages as notices
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.access.checks import scope
from gongzhi.access.models import Person, Unit
from gongzhi.access.requests import PersonRequest, staff_with
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.faces.words_record import event_word, event_words, facts_in_words
from gongzhi.journal.actions import retry
from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import stuck
from gongzhi.places.models import Area
from gongzhi.places.words import Level

ROWS = 50


@dataclass(frozen=True)
class Line:
    """One event as an auditor reads it."""

    event: Event
    word: str
    about: str
    url: str
    where: str
    facts: list[tuple[str, str]]


@never_cache
@staff_with(Can.READ_RECORD)
@require_safe
def record(request: PersonRequest) -> HttpResponse:
    """What happened in the auditor's scope, newest first, fifty at a time by a cursor."""
    asked = request.GET
    found = _asked(within(request.user), asked.dict())
    before = _whole(asked.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("by").order_by("-pk")[: ROWS + 1])
    kept = asked.copy()
    kept["before"] = str(rows[ROWS - 1].pk) if len(rows) > ROWS else ""
    context = {
        "lines": _lines(rows[:ROWS]),
        "names": event_words(),
        "asked": asked,
        "older": kept.urlencode() if kept["before"] else "",
        "is_first": before is None,
    }
    return render(request, "faces/desk_record.html", context)


def within(person: Person) -> QuerySet[Event]:
    """Events of the person's areas; those of no area only to who audits the whole district."""
    paths = scope(person, Can.READ_RECORD)
    inside = Q(pk=None)
    for path in paths:
        inside |= Q(area_path__startswith=path)
    tops = Area.objects.filter(level=Level.DISTRICT).values_list("path", flat=True)
    if any(top.startswith(path) for path in paths for top in tops):
        inside |= Q(area_path="")
    return Event.objects.filter(inside)


def _asked(events: QuerySet[Event], asked: dict[str, str]) -> QuerySet[Event]:
    if (name := asked.get("name", "")) in event_words():
        events = events.filter(name=name)
    if number := asked.get("number", "").strip():
        pk = rules.pk_of(number)
        events = events.filter(kind="case", subject_id=pk) if pk is not None else events.none()
    if person := _whole(asked.get("resident", "")):
        events = events.filter(kind="resident", subject_id=person)
    if first := _day(asked.get("from", "")):
        events = events.filter(at__gte=first)
    if last := _day(asked.get("to", "")):
        events = events.filter(at__lt=last + timedelta(days=1))
    return events


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return make_aware(datetime(day.year, day.month, day.day)) if day else None  # noqa: DTZ001


def _lines(events: Iterable[Event]) -> list[Line]:
    """Cases and areas looked up once for all lines."""
    events = list(events)
    ids = {e.subject_id for e in events if e.kind == "case"}
    numbers = {c.pk: c.number for c in Case.objects.filter(pk__in=ids).only("reported_at")}
    codes = {e.area_path.rstrip("/").rpartition("/")[2] for e in events}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    names = _names(events)
    return [_line(event, numbers, areas, names) for event in events]


def _names(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """The people and units that facts refer to by number."""
    found: dict[tuple[str, str], str] = {}
    for model, keys in ((Person, ("handler", "taken_from")), (Unit, ("unit",))):
        asked = {(key, e.facts[key]) for e in events for key in keys if e.facts.get(key)}
        rows = model.objects.filter(pk__in={pk for _key, pk in asked}).values_list("pk", "name")
        names = dict(rows)
        found |= {(key, str(pk)): names[pk] for key, pk in asked if pk in names}
    return found


def _line(
    event: Event,
    numbers: dict[int, str],
    areas: dict[str, str],
    names: dict[tuple[str, str], str],
) -> Line:
    about, url = _about(event, numbers)
    return Line(
        event=event,
        word=event_word(event.name),
        about=about,
        url=url,
        where=areas.get(event.area_path.rstrip("/").rpartition("/")[2], ""),
        facts=facts_in_words(event.facts, names, event.name.partition(".")[0]),
    )


def _about(event: Event, numbers: dict[int, str]) -> tuple[str, str]:
    """What the event is about, and where that stands; residents by number, never by name."""
    if event.kind == "case" and (number := numbers.get(event.subject_id)):
        return number, reverse("staff:case", args=[event.subject_id])
    if event.kind == "resident":
        return _("居民 %(pk)s") % {"pk": event.subject_id}, f"?resident={event.subject_id}"
    if event.kind == "outgoing":
        return _("导出 %(pk)s") % {"pk": event.subject_id}, reverse("tables:ledger")
    return f"{event.kind}:{event.subject_id}", ""


@never_cache
@staff_with(Can.MANAGE_ACCOUNTS)
@require_safe
def errands(request: PersonRequest) -> HttpResponse:
    """What failed too often to be tried again by itself, and what is still waiting."""
    waiting = Errand.objects.filter(done_at=None).exclude(pk__in=stuck().values("pk"))
    context: dict[str, Any] = {
        "errands": [
            (errand, event_word(errand.event.name))
            for errand in stuck().select_related("event").order_by("pk")[:200]
        ],
        "waiting": waiting.count(),
        "oldest": waiting.order_by("not_before").values_list("not_before", flat=True).first(),
    }
    return render(request, "faces/desk_errands.html", context)


@staff_with(Can.MANAGE_ACCOUNTS)
@require_POST
def retry_errand(request: PersonRequest, pk: int) -> HttpResponse:
    """Let one be tried again."""
    retry(by=request.user, errand=get_object_or_404(Errand, pk=pk), at=now())
    notices.success(request, _("已安排重试，几秒后刷新看结果。"))
    return redirect("desk:errands")
