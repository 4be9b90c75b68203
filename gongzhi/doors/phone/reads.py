"""What the phone desk shows: the call at my seat, its caller's record, levels, orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.doors.phone.actions.calls import refs_of
from gongzhi.doors.phone.models import Call, Callback, Provider, Seat, ServiceOrder
from gongzhi.doors.phone.rules import Levels, levels
from gongzhi.doors.phone.words import OrderState, Satisfaction

SHOWN = 8
STALE = timedelta(hours=2)  # a call whose end was never told


def call_at(person: Person, *, at: datetime) -> Call | None:
    """The call that rings or talks at the person's seat and has no result yet."""
    seat = Seat.objects.filter(person=person).first()
    if seat is None:
        return None
    mine = Call.objects.filter(seat=seat.number, result="", rang_at__gt=at - STALE)
    return mine.filter(Q(ended_at=None) | Q(answered_at__isnull=False)).order_by("-rang_at").first()


def record_of(call: Call, person: Person) -> list[Case]:
    """The caller's latest cases that the person may see."""
    refs = refs_of(call)
    if not refs:
        return []
    mine = Case.objects.visible_to(person).filter(reporter_ref__in=refs)
    return list(mine.for_lists().order_by("-pk")[:SHOWN])


def earlier_calls(call: Call, person: Person) -> QuerySet[Call]:
    """Calls from the same number before this one."""
    same = Call.objects.visible_to(person).filter(caller_index=call.caller_index)
    found = same.exclude(pk=call.pk).exclude(caller_index="").select_related("case", "agent")
    return found.order_by("-rang_at")[:5]


def levels_of(calls: QuerySet[Call]) -> Levels:
    """Service levels of some calls."""
    return levels(calls.values_list("rang_at", "answered_at", "ended_at"))


def today(*, at: datetime) -> QuerySet[Call]:
    """Calls since midnight."""
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return Call.objects.filter(rang_at__gte=midnight)


def board_note(at: datetime) -> tuple[str, bool]:
    """The service level for the channel board, and whether it is missed."""
    now = levels_of(today(at=at))
    late = Callback.objects.filter(done_at=None, due_at__lt=at).count()
    owed = _("%(n)s个回电超时") % {"n": late} if late else ""
    if now.connected is None:
        return owed, bool(late)
    words = _("接通率 %(connected)s%%，15 秒内接听 %(quick)s") % {
        "connected": now.connected,
        "quick": "—" if now.quick is None else f"{now.quick}%",
    }
    return "，".join(filter(None, [words, owed])), bool(late) or not now.is_good


def providers(kind: str = "") -> Sequence[Provider]:
    """Active providers with what households said of them, the best first."""
    rows = Provider.objects.select_related("area").annotate(
        placed=Count("orders"),
        rated=Count("orders", filter=~Q(orders__satisfaction="")),
        satisfied=Count("orders", filter=Q(orders__satisfaction=Satisfaction.SATISFIED)),
    )
    found = [
        p for p in rows.order_by("-active", "-satisfied", "name") if not kind or kind in p.kinds
    ]
    return found


def state_in(query: Mapping[str, str]) -> str:
    """The state of service orders that an address asks for; the placed ones without one."""
    asked = query.get("state", "")
    return asked if asked in OrderState.values else OrderState.PLACED.value


def service_orders(person: Person, state: str) -> QuerySet[ServiceOrder]:
    """The person's service orders in that state, newest first."""
    return ServiceOrder.objects.visible_to(person).filter(state=state).order_by("-placed_at", "-pk")


def callbacks(person: Person, *, done: bool) -> QuerySet[Callback]:
    """Whom to call back, what runs out first on top; the done ones newest first."""
    mine = Callback.objects.visible_to(person).select_related("call", "owner", "done_by")
    found = mine.filter(done_at__isnull=not done)
    return found.order_by("-done_at") if done else found.order_by("due_at", "pk")


def callbacks_open(person: Person, *, at: datetime) -> tuple[int, int]:
    """How many are to be called back, and how many of these should have been by now."""
    mine = Callback.objects.visible_to(person).filter(done_at=None)
    counted = mine.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    return counted["all"], counted["late"]
