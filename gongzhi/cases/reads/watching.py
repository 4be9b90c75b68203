"""What a screen shows that stays open: where the cases are, and what moved last."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.lists import with_row_fields
from gongzhi.cases.words import Status
from gongzhi.journal.models import Event

POINTS_MOST = 3000
MOVED_MOST = 14
LOOKED_AT = 40  # events looked through for each case shown; one case may have moved often
LONG_NUMBER = re.compile(r"\d{7,}")
JUST_NOW = timedelta(minutes=30)  # for how long a report nobody took up is shown as new


@dataclass(frozen=True)
class Point:
    """A case on the map: `calls` while new or urgent and not handled, `late` beyond its time."""

    pk: int
    lng: float
    lat: float
    status: str
    area: int
    calls: bool
    late: bool


@dataclass(frozen=True)
class Moved:
    """A case and when something happened to it last."""

    case: Case
    at: datetime

    @property
    def title(self) -> str:
        """The title as a screen in a hall may show it."""
        return shown_title(self.case)


def points_of(person: Person, path: str, *, at: datetime) -> list[Point]:
    """What is open below the area path, and what was closed today; the newest POINTS_MOST.

    Only what the person may see, and only cases with a position; oldest first, so that a map that
    draws them in order has the newest on top.
    """
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    cases = Case.objects.visible_to(person).filter(area__path__startswith=path, lng__isnull=False)
    # Two questions, each by its index and neither sorted: together they would read every case.
    open_ = cases.filter(status__in=rules.OPEN)
    ended = cases.filter(ended_at__gte=midnight)  # asked for the status too, SQLite would go by it
    columns = (
        "pk", "lng", "lat", "status", "area_id", "grade", "due_at", "reported_at", "handled_at"
    )  # fmt: skip
    found = [row for asked in (open_, ended) for row in asked.order_by().values_list(*columns)]
    rows = sorted(found, key=lambda row: row[0])
    points = []
    for pk, lng, lat, status, area, grade, due_at, reported_at, handled_at in rows[-POINTS_MOST:]:
        if status == Status.DECLINED:
            continue
        waiting = status in rules.OPEN and handled_at is None
        new = status == Status.REPORTED and at - reported_at < JUST_NOW
        calls = waiting and (grade == "urgent" or new)
        points.append(Point(pk, lng or 0, lat or 0, status, area, calls, waiting and due_at < at))
    return points


def moved_last(person: Person, path: str, *, most: int = MOVED_MOST) -> list[Moved]:
    """The cases below the area path to which something happened last, newest first; two queries.

    The journal is read backwards by its key: with a condition on the kind of thing as well, SQLite
    would sort all events of that kind first.
    """
    events = Event.objects.filter(area_path__startswith=path).order_by("-pk")
    rows = events.values_list("kind", "subject_id", "at")[: most * LOOKED_AT]
    times: dict[int, datetime] = {}
    for kind, pk, at in rows:
        if kind == "case" and len(times) < most:
            times.setdefault(pk, at)
    return [Moved(case, times[case.pk]) for case in _cases(person, list(times))]


def shown_title(case: Case) -> str:
    """The title with long numbers starred: people write telephone numbers into reports."""
    return LONG_NUMBER.sub(lambda found: "*" * len(found[0]), case.title)


def _cases(person: Person, pks: Sequence[int]) -> list[Case]:
    cases = with_row_fields(Case.objects.visible_to(person).filter(pk__in=pks))
    place = {pk: n for n, pk in enumerate(pks)}
    return sorted(cases, key=lambda case: place[case.pk])
