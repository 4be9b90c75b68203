"""What a grid worker or a unit has in hand, how much of it is pressing, and what they finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.access.models import Person
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.cases import rules
from gongzhi.cases.models import Assist, Case, Supervision
from gongzhi.cases.words import Status

WAITING, DOING, TODAY = "waiting", "doing", "today"  # how the worklist can be narrowed


@dataclass(frozen=True)
class Figures:
    """Waiting to be accepted, being worked on, and to be handled before the day ends."""

    waiting: int
    doing: int
    today: int


def in_hand(person: Person) -> QuerySet[Case]:
    """Cases given to this person, or to a unit of theirs with nobody at work yet; due first."""
    units = [
        post.unit_id
        for post in person.held
        if post.unit_id and Can.WORK_CASES in ALLOWED[Role(post.role)]
    ]
    theirs = Q(handler=person) | Q(handler=None, unit__in=units)
    at_work = theirs & Q(status__in=[Status.DISPATCHED, Status.ACCEPTED])
    owed = Assist.objects.filter(unit__in=units, answered_at=None, withdrawn_at=None)
    helping = Q(pk__in=owed.values("case"), status__in=rules.OPEN)
    return Case.objects.filter(at_work | helping).for_lists().order_by("due_at", "pk")


def asked_of(person: Person, case: Case) -> Sequence[Assist]:
    """What the case still asks of the person's units."""
    units = [post.unit_id for post in person.held if post.unit_id]
    return [assist for assist in case.assists.filter(unit__in=units) if assist.is_owed]


def pressed_for(case: Case) -> Sequence[Supervision]:
    """Reminders, cards and instructions that wait for an answer."""
    return list(case.supervisions.filter(answered_at=None))


def may_be_extended(case: Case, at: datetime) -> bool:
    """Whether more time can still be asked for: in time, and not asked for or granted before."""
    asked = case.extensions.exclude(granted=False).exists()
    return at <= case.due_at and not asked


def narrowed(cases: QuerySet[Case], show: str, at: datetime) -> QuerySet[Case]:
    """Only those waiting, being worked on or due today; all of them for anything else."""
    if show == WAITING:
        return cases.filter(status=Status.DISPATCHED)
    if show == DOING:
        return cases.filter(status=Status.ACCEPTED)
    if show == TODAY:
        return cases.filter(due_at__lt=_midnight(at))
    return cases


def figures(person: Person, at: datetime) -> Figures:
    """The three counts on top of the worklist; what is late counts as due today."""
    mine = in_hand(person)
    return Figures(*(narrowed(mine, show, at).count() for show in (WAITING, DOING, TODAY)))


def finished(person: Person) -> QuerySet[Case]:
    """Cases this person handled, newest first."""
    done = [Status.HANDLED, Status.CHECKED, Status.CLOSED]
    cases = Case.objects.filter(handler=person, status__in=done)
    return cases.for_lists().order_by("-handled_at", "-pk")


def _midnight(at: datetime) -> datetime:
    day = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)
