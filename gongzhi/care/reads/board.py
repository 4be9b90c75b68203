"""The board: everyone who is guarded, the most worrying first, each against their own rhythm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When

from gongzhi.access.models import Person
from gongzhi.care.models import GUARD, Absence, Alert, Duty, Elder
from gongzhi.care.words import Ground, Mood
from gongzhi.kernel.sealed import masked_name
from gongzhi.sensing.models import Device
from gongzhi.sensing.words import Health

ALIVE = timedelta(minutes=3)  # without a sign of the guard for longer, pages say so
SOON = timedelta(hours=2)  # an alarm comes within it if nothing happens
LEARNT = 14  # valid days after which the rhythm is the home's own
ORDER = [Mood.ALARM, Mood.NOTICE, Mood.BLIND, Mood.QUIET, Mood.FINE, Mood.NEW, Mood.AWAY]
TROUBLED = [Health.OFFLINE, Health.LATE, Health.LOW_BATTERY, Health.TAMPER]


Elders = models.QuerySet[Any]  # Elder rows with `worry`, their place in ORDER


@dataclass(frozen=True)
class Line:
    """One elder as the board shows them."""

    elder: Elder
    mood: Mood
    name: str  # masked
    where: str
    silent: timedelta | None
    part: float  # of the way from the last event to the alarm, 0 to 1 and beyond
    notice_part: float
    alarm_at: datetime | None
    alerts: list[Alert]
    away_until: datetime | None
    troubled: list[Device]

    @property
    def bar_width(self) -> int:
        """Pixels of 200: how far the silence has come on the way to the alarm."""
        return round(200 * min(self.part, 1.0))

    @property
    def notice_x(self) -> int:
        """Where the notice stands on the same bar; 0 for nowhere."""
        return round(198 * self.notice_part) if 0 < self.notice_part < 1 else 0

    @property
    def bar_colour(self) -> str:
        """Red at the alarm, amber from the notice on, else blue."""
        if self.part >= 1:
            return "#c4301c"
        return "#b86e00" if 0 < self.notice_part <= self.part else "#1558d6"


def board(person: Person, *, at: datetime) -> Elders:
    """The elders a person guards, with their mood, the most worrying first."""
    open_alerts = Alert.objects.open().filter(elder=OuterRef("pk"))
    away = Absence.objects.filter(elder=OuterRef("pk"), begins_at__lte=at, ends_at__gt=at)
    notices = open_alerts.filter(is_notice=True)
    moods = [
        When(Exists(open_alerts.filter(is_notice=False)), then=Value(0)),
        When(Exists(notices.exclude(ground=Ground.BLIND)), then=Value(1)),
        When(Exists(away), then=Value(6)),
        When(Q(standing__share=0) | Exists(notices.filter(ground=Ground.BLIND)), then=Value(2)),
        When(standing__alarm_at__lt=at + SOON, then=Value(3)),
        When(Q(standing=None) | Q(standing__days__lt=LEARNT), then=Value(5)),
    ]
    elders: Elders = Elder.objects.visible_to(person).guarded()
    elders = elders.annotate(
        worry=Case(*moods, default=Value(4), output_field=models.IntegerField())
    )
    soonest = F("standing__alarm_at").asc(nulls_last=True)
    return elders.order_by("worry", soonest, "pk")


def counts(elders: Elders) -> dict[str, int]:
    """How many there are of each mood, and in all."""
    grouped = elders.order_by().values("worry").annotate(n=models.Count("pk"))
    found = dict(grouped.values_list("worry", "n"))
    by_mood = {mood.value: found.get(place, 0) for place, mood in enumerate(ORDER)}
    return {**by_mood, "all": sum(found.values())}


def only(elders: Elders, mood: str) -> Elders:
    """Those of one mood; all of them when there is no such mood."""
    if mood not in Mood.values:
        return elders
    return elders.filter(worry=ORDER.index(Mood(mood)))


def search_in(query: Mapping[str, str]) -> str:
    """The piece of a home's code that is looked for."""
    return query.get("q", "").strip()[:40]


def asked_for(person: Person, query: Mapping[str, str], *, at: datetime) -> Elders:
    """The board as an address asks for it: of one mood, of homes with that piece in their code."""
    found = only(board(person, at=at), query.get("mood", ""))
    search = search_in(query)
    return found.filter(home__code__icontains=search) if search else found


def lines(elders: Elders, *, at: datetime) -> list[Line]:
    """The page's worth of elders, ready to be shown."""
    loaded = elders.select_related("home__area", "home__building__estate", "standing")
    loaded = loaded.prefetch_related(
        Prefetch("alerts", Alert.objects.open().order_by("is_notice", "pk"), to_attr="now_open"),
        Prefetch(
            "absences", Absence.objects.filter(begins_at__lte=at, ends_at__gt=at), to_attr="away"
        ),
        Prefetch("home__devices", Device.objects.filter(health__in=TROUBLED), to_attr="troubled"),
    )
    return [line_of(elder, at=at) for elder in loaded]


def line_of(elder: Elder, *, at: datetime) -> Line:
    """One elder's line; needs `worry`, `now_open`, `away` and the home's `troubled` on the row."""
    standing = getattr(elder, "standing", None)
    last = standing.last_at if standing else None
    alarm_at = standing.alarm_at if standing else None
    notice_at = standing.notice_at if standing else None
    away: list[Absence] = getattr(elder, "away", [])
    return Line(
        elder=elder,
        mood=ORDER[getattr(elder, "worry", 4)],
        name=masked_name(elder.name),
        where=place_of(elder),
        silent=max(at - last, timedelta()) if last else None,
        part=_part(at, last, alarm_at),
        notice_part=_part(notice_at, last, alarm_at),
        alarm_at=alarm_at,
        alerts=getattr(elder, "now_open", []),
        away_until=away[0].ends_at if away else None,
        troubled=getattr(elder.home, "troubled", []),
    )


def place_of(elder: Elder) -> str:
    """The building, or the area where none is known; never the address."""
    building = elder.home.building
    return f"{building.estate.name}{building.name}" if building else elder.home.area.name


def _part(at: datetime | None, last: datetime | None, alarm_at: datetime | None) -> float:
    if at is None or last is None or alarm_at is None or alarm_at <= last:
        return 0.0
    return max((at - last) / (alarm_at - last), 0.0)


def guard_seen(*, at: datetime) -> tuple[datetime | None, bool]:
    """When the guard was last at work, and whether it still is."""
    seen = Duty.objects.filter(name=GUARD).values_list("seen_at", flat=True).first()
    return seen, seen is not None and at - seen < ALIVE


def open_alerts(person: Person) -> models.QuerySet[Alert]:
    """What is open in the areas a person guards, alarms first, the oldest of them first."""
    found = Alert.objects.visible_to(person).open()
    found = found.select_related("elder__home__area", "elder__home__building__estate", "worker")
    return found.order_by("is_notice", "raised_at")
