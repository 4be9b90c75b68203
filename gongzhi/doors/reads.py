"""The channel board: what came by each door, how late, what failed, what is owed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.access.checks import inside, may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.models import Answer, Entry, Fetch, Partner, Stoppage, TurnedAway
from gongzhi.doors.words import Delivery, Door

DAYS = 7
OPEN = (Delivery.OWED, Delivery.DEAD)  # the other side was not told yet
# What a door says of itself on the board, and whether it is bad; each registers its own.
NOTES: dict[str, Callable[[datetime], tuple[str, bool]]] = {}


@dataclass(frozen=True)
class Owed:
    """What a door owes that belongs to no case; `tried_since` is the oldest tried in vain."""

    owed: int = 0
    oldest: datetime | None = None
    tried_since: datetime | None = None
    dead: int = 0


# What a door owes besides the answers to its cases; each registers its own.
BESIDES: dict[str, Callable[[], Owed]] = {}
# The same as lists under the answers that did not get through: a template, what a person may see.
LISTS: list[tuple[str, Callable[[Person], Sequence[Any]]]] = []
LATE = ExpressionWrapper(F("at") - F("sent_at"), output_field=DurationField())


@dataclass(frozen=True)
class Line:
    """One door on the board. `lag` is how long matters of today took from there to here."""

    door: str
    label: str
    today: int
    week: int
    seen_at: datetime | None
    lag: timedelta | None
    refused: int
    owed: int
    oldest_owed: datetime | None
    dead: int
    fetch: Fetch | None
    stoppages: list[Stoppage]
    note: str = ""
    is_bad: bool = False

    @property
    def is_used(self) -> bool:
        """Whether anything ever came, or should be fetched."""
        return bool(self.seen_at or self.fetch or self.refused)


def board(*, at: datetime) -> list[Line]:
    """Every door, those in use first, in the order of the list of doors."""
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    week = today - timedelta(days=DAYS - 1)
    came = {
        row["door"]: row
        for row in Entry.objects.filter(at__gte=week)
        .values("door")
        .annotate(
            week=Count("pk"),
            today=Count("pk", filter=Q(at__gte=today)),
            lag=Avg(LATE, filter=Q(at__gte=today, sent_at__isnull=False)),
        )
    }
    last = dict(Entry.objects.values_list("door").annotate(Max("at")))
    refused = dict(
        TurnedAway.objects.filter(at__gte=today).values_list("door").annotate(Count("pk"))
    )
    answers = {
        row["entry__door"]: row
        for row in Answer.objects.filter(state__in=OPEN)
        .values("entry__door")
        .annotate(
            owed=Count("pk", filter=Q(state=Delivery.OWED)),
            oldest=Min("event__at", filter=Q(state=Delivery.OWED)),
            dead=Count("pk", filter=Q(state=Delivery.DEAD)),
        )
    }
    # Of several sources of a door the one that is worst off speaks for it.
    fetches = {
        row.door: row for row in Fetch.objects.order_by(F("failing_since").desc(nulls_first=True))
    }
    stopped = list(Stoppage.objects.filter(ended_at=None).order_by("since"))
    lines = []
    for door in Door:
        one: Mapping[str, Any] = came.get(door, {})
        note, is_bad = NOTES[door](at) if door in NOTES else ("", False)
        owed: Mapping[str, Any] = answers.get(door, {})
        besides = BESIDES[door]() if door in BESIDES else Owed()
        lines.append(
            Line(
                door=door.value,
                label=str(door.label),
                today=one.get("today", 0),
                week=one.get("week", 0),
                seen_at=last.get(door),
                lag=one.get("lag"),
                refused=refused.get(door, 0),
                owed=owed.get("owed", 0) + besides.owed,
                oldest_owed=min(filter(None, [owed.get("oldest"), besides.oldest]), default=None),
                dead=owed.get("dead", 0) + besides.dead,
                fetch=fetches.get(door),
                stoppages=[s for s in stopped if s.door == door],
                note=note,
                is_bad=is_bad,
            )
        )
    return sorted(lines, key=lambda line: not line.is_used)


def unsent(person: Person) -> QuerySet[Answer]:
    """Answers of the person's areas that did not get through yet, given-up ones first."""
    found = Answer.objects.filter(
        Q(state=Delivery.DEAD) | Q(state=Delivery.OWED, tries__gt=0)
    ).select_related("entry__partner", "entry__case__area")
    if not may(person, Can.MANAGE_ACCOUNTS, within=None):
        found = found.filter(inside(person, Can.DISPATCH_CASES, "entry__case__area__path"))
    return found.order_by("state", "not_before", "pk")


def turned_away() -> QuerySet[TurnedAway]:
    """What could not be taken, newest first."""
    return TurnedAway.objects.select_related("partner").order_by("-at", "-pk")


@dataclass(frozen=True)
class PartnerLine:
    """A partner with its traffic; `error` is the latest of what is owed to it in vain."""

    partner: Partner
    week: int
    seen_at: datetime | None
    owed: int
    refused: int = 0
    error: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether answers do not get through to it."""
        return bool(self.error)


def partners(*, at: datetime) -> list[PartnerLine]:
    """Every partner, active ones first."""
    since = at - timedelta(days=DAYS)
    week = dict(
        Entry.objects.filter(at__gte=since, partner__isnull=False)
        .values_list("partner")
        .annotate(Count("pk"))
    )
    last = dict(
        Entry.objects.filter(partner__isnull=False).values_list("partner").annotate(Max("at"))
    )
    owed = dict(
        Answer.objects.filter(state__in=OPEN, entry__partner__isnull=False)
        .values_list("entry__partner")
        .annotate(Count("pk"))
    )
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    refused = dict(
        TurnedAway.objects.filter(at__gte=today, partner__isnull=False)
        .values_list("partner")
        .annotate(Count("pk"))
    )
    errors = dict(
        Answer.objects.filter(state__in=OPEN, entry__partner__isnull=False, tries__gt=0)
        .order_by("pk")
        .values_list("entry__partner", "last_error")
    )
    return [
        PartnerLine(
            p,
            week.get(p.pk, 0),
            last.get(p.pk),
            owed.get(p.pk, 0),
            refused.get(p.pk, 0),
            errors.get(p.pk, ""),
        )
        for p in Partner.objects.order_by("-active", "name")
    ]
