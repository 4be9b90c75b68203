"""The journal as an auditor asks for it and reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from gongzhi.access.checks import scope
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.faces.words_record import event_word, event_words, facts_in_words
from gongzhi.journal.models import Event
from gongzhi.kernel.numbers import whole
from gongzhi.places.models import Area
from gongzhi.places.words import Level


@dataclass(frozen=True)
class Line:
    """One event as an auditor reads it."""

    event: Event
    word: str
    about: str
    url: str
    where: str
    facts: list[tuple[str, str]]


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


def asked_for(person: Person, asked: Mapping[str, str]) -> QuerySet[Event]:
    """The events that an address asks for: of a name, a case, a resident, some days."""
    events = within(person)
    if (name := asked.get("name", "")) in event_words():
        events = events.filter(name=name)
    if number := asked.get("number", "").strip():
        pk = rules.pk_of(number)
        events = events.filter(kind="case", subject_id=pk) if pk is not None else events.none()
    if resident := whole(asked.get("resident", "")):
        events = events.filter(kind="resident", subject_id=resident)
    if first := _day(asked.get("from", "")):
        events = events.filter(at__gte=first)
    if last := _day(asked.get("to", "")):
        events = events.filter(at__lt=last + timedelta(days=1))
    return events


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return make_aware(datetime(day.year, day.month, day.day)) if day else None  # noqa: DTZ001


def lines_of(events: Iterable[Event]) -> list[Line]:
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
