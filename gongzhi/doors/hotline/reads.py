"""Orders as the desk lists them, and the weekly table by unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.words import Status
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import Plea, State
from gongzhi.journal.models import Event

OPEN = Q(entry__case__status__in=rules.OPEN)


def orders(person: Person, state: str, *, at: datetime) -> QuerySet[Order]:
    """The person's orders in that state, what runs out first on top; the ended newest first."""
    found = Order.objects.visible_to(person).for_lists().filter(_in_state(state, at))
    ended = state in {State.ENDED, State.ALL}
    return found.order_by("-entry__at", "-pk") if ended else found.order_by("due_at", "pk")


def state_in(query: Mapping[str, str]) -> str:
    """The state that an address asks for; those being worked on when it says nothing we know."""
    asked = query.get("state", "")
    return asked if asked in State.values else State.OPEN.value


def counts(person: Person, *, at: datetime) -> dict[str, int]:
    """How many orders each state but the endless ones holds."""
    mine = Order.objects.visible_to(person)
    shown = (State.OPEN, State.NEW, State.LATE, State.ASKED)
    return {state: mine.filter(_in_state(state, at)).count() for state in shown}


def _in_state(state: str, at: datetime) -> Q:
    asked = Q(return_plea=Plea.ASKED) | Q(extension_plea=Plea.ASKED)
    return {
        State.OPEN.value: OPEN,
        State.NEW.value: OPEN & Q(received_at=None),
        State.LATE.value: OPEN & Q(due_at__lt=at),
        State.ASKED.value: OPEN & asked,
        State.ENDED.value: ~OPEN,
    }.get(state, Q())


def unit_of(case: Case) -> str:
    """Who answers for the case: its unit, or that of the case it is handled with, or community."""
    unit = case.unit or (case.parent.unit if case.parent else None)
    if unit:
        return unit.name
    return (case.area.community or case.area).name


@dataclass
class Week:
    """What one unit did with orders in one week."""

    unit: str
    arrived: int = 0
    handled: int = 0
    unanswered: int = 0  # not answered in time
    received_late: int = 0
    redone: int = 0


def monday_of(query: Mapping[str, str]) -> date:
    """The Monday of the week that holds the day asked for; this week's for anything else."""
    try:
        day = datetime.strptime(query.get("week", ""), "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        day = localdate()
    return day - timedelta(days=day.weekday())


def weekly(person: Person, monday: date, *, at: datetime) -> list[Week]:
    """The table of the week that begins on `monday`, by unit, with a line for all of them last.

    A matter counts where it happens in the week: arrival, end, a deadline that passed without an
    answer, a receipt that came late, an order sent again or work sent back.
    """
    start = make_aware(datetime.combine(monday, time()))
    span = (start, start + timedelta(days=7))
    table: dict[str, Week] = defaultdict(lambda: Week(""))
    for order in _touched(person, span):
        _count(table[unit_of(order.case)], order, span, at)
    for unit in [*_sent_again(person, span), *_sent_back(person, span)]:
        table[unit].redone += 1
    rows = [Week(**{**vars(week), "unit": unit}) for unit, week in sorted(table.items())]
    return [*rows, _total(rows)] if rows else []


Span = tuple[datetime, datetime]


def _within(moment: datetime | None, span: Span) -> bool:
    return moment is not None and span[0] <= moment < span[1]


def _touched(person: Person, span: Span) -> QuerySet[Order]:
    inside = Q()
    for field in ("entry__at", "entry__case__ended_at", "due_at", "receive_by"):
        inside |= Q(**{f"{field}__gte": span[0], f"{field}__lt": span[1]})
    return Order.objects.visible_to(person).for_lists().filter(inside)


def _count(week: Week, order: Order, span: Span, at: datetime) -> None:
    case = order.case
    week.arrived += _within(order.entry.at, span)
    week.handled += case.status == Status.CLOSED and _within(case.ended_at, span)
    week.unanswered += _missed(order.due_at, case.ended_at, span, at)
    week.received_late += _missed(order.receive_by, order.received_at, span, at)


def _missed(limit: datetime, done: datetime | None, span: Span, at: datetime) -> bool:
    return _within(limit, span) and limit < (done or at)


def _sent_again(person: Person, span: Span) -> Iterable[str]:
    """The unit that had the first order, for each that the city sent again."""
    again = (
        Order.objects.visible_to(person)
        .filter(entry__at__gte=span[0], entry__at__lt=span[1])
        .exclude(redo_of="")
    )
    numbers = list(again.values_list("redo_of", flat=True))
    first = Order.objects.visible_to(person).for_lists().filter(entry__external_id__in=numbers)
    units = {order.number: unit_of(order.case) for order in first}
    return [units[number] for number in numbers if number in units]


def _sent_back(person: Person, span: Span) -> Iterable[str]:
    """The unit of each order whose work was sent back after checking."""
    events = Event.objects.filter(name="cases.reworked", at__gte=span[0], at__lt=span[1])
    ids = list(events.values_list("subject_id", flat=True))
    mine = Order.objects.visible_to(person).for_lists().filter(entry__case__in=ids)
    units = {order.entry.case_id: unit_of(order.case) for order in mine}
    return [units[pk] for pk in ids if pk in units]


def _total(rows: Iterable[Week]) -> Week:
    total = Week(_("合计"))
    for row in rows:
        for field in fields(Week)[1:]:
            setattr(total, field.name, getattr(total, field.name) + getattr(row, field.name))
    return total
