"""How much was refused: by ground and by way in, declined cases and refusals at the door alike."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.utils.timezone import localdate, make_aware

from gongzhi.access.models import Person
from gongzhi.cases.models import Case, Remark, TurnedAway
from gongzhi.cases.words import DeclineGround, RemarkKind, Status
from gongzhi.kernel.numbers import whole

SPANS = (7, 30, 90, 365)  # days over which the page counts


@dataclass(frozen=True)
class Row:
    """One ground: how many at the door and as declined cases; `share` of all in percent, if any."""

    ground: str
    label: str
    at_the_door: int
    declined: int
    share: int | None

    @property
    def total(self) -> int:
        """Both together."""
        return self.at_the_door + self.declined


def days_of(said: str) -> int:
    """The span asked for in an address; 30 days for anything else."""
    days = whole(said)
    return days if days in SPANS else 30


def span_of(said: str, at: datetime) -> tuple[int, datetime, datetime]:
    """Days, first moment and end of the span asked for; today is its last day."""
    days = days_of(said)
    until = make_aware(datetime.combine(localdate(at) + timedelta(days=1), time()))
    return days, until - timedelta(days=days), until


def turned_away(person: Person, *, since: datetime, until: datetime) -> QuerySet[TurnedAway]:
    """What was refused at the first word over a span, newest first."""
    return TurnedAway.objects.visible_to(person).filter(at__gte=since, at__lt=until)


def refused(person: Person, *, since: datetime, until: datetime) -> list[Row]:
    """The six grounds over a span, in the areas the person may see; three queries."""
    door = _counted(
        turned_away(person, since=since, until=until)
        .order_by()
        .values_list("ground")
        .annotate(n=Count("pk"))
    )
    cases = Case.objects.visible_to(person).filter(
        status=Status.DECLINED, ended_at__gte=since, ended_at__lt=until
    )
    declined = _counted(
        Remark.objects.filter(kind=RemarkKind.DECLINE, case__in=cases.values("pk"))
        .order_by()
        .values_list("ground")
        .annotate(n=Count("case", distinct=True))
    )
    total = sum(door.values()) + sum(declined.values())
    return [
        Row(
            ground.value,
            str(ground.label),
            door[ground.value],
            declined[ground.value],
            round(100 * (door[ground.value] + declined[ground.value]) / total) if total else None,
        )
        for ground in DeclineGround
    ]


def _counted(rows: object) -> Counter[str]:
    return Counter(dict(rows))  # type: ignore[call-overload]
