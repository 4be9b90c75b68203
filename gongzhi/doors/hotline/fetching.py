"""Orders fetched from the city's list: acknowledged only when they are kept, however often it dies.

The list is read from a cursor on. What was taken in is committed first, then acknowledged, then the
cursor moves; whoever dies in between reads the same orders again, and they are the same cases.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models.functions import Coalesce

from gongzhi.cases.words import Source
from gongzhi.doors import turned_away
from gongzhi.doors.hotline.actions import take_orders
from gongzhi.doors.hotline.agreed import agreed, city
from gongzhi.doors.models import Fetch, Partner
from gongzhi.doors.outward import Refused, Unreachable, call
from gongzhi.doors.readings import Reading, read_matter
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.words import Door
from gongzhi.journal.chores import chore
from gongzhi.kernel.refusals import NotUnderstood, Refusal
from gongzhi.kernel.struck import struck

Refuse = Callable[[str, Refusal], None]


@chore("hotline.fetch", every=timedelta(seconds=5))
def fetch_some(at: datetime) -> bool:
    """Fetch one page of the city's list if it is time. True when there may be more."""
    partner, terms = city(), agreed().fetch
    if partner is None or not partner.url or not terms:
        return False
    row, _new = Fetch.objects.get_or_create(door=Door.HOTLINE, defaults={"not_before": at})
    again = at + timedelta(seconds=terms["every_seconds"])
    claimed = Fetch.objects.filter(pk=row.pk, not_before=row.not_before, not_before__lte=at)
    if not claimed.update(not_before=again):
        return False
    try:
        return _take_page(partner, row, at)
    except (Unreachable, Refused) as error:
        Fetch.objects.filter(pk=row.pk).update(
            failing_since=Coalesce("failing_since", at), last_error=struck(str(error))[:400]
        )
        return False


def _take_page(partner: Partner, row: Fetch, at: datetime) -> bool:
    terms = agreed().fetch
    ask = urlencode({"since": row.cursor, "limit": terms["most"]})
    page = call(partner, "GET", f"{terms['path']}?{ask}")
    orders, cursor = page.get("orders"), page.get("cursor")
    if not isinstance(orders, list) or not isinstance(cursor, str) or len(cursor) > 200:
        raise Unreachable("the list is not in the agreed form")
    taken, refused = take_list(orders, partner, at)
    if orders:
        call(partner, "POST", terms["acknowledge"], {"taken": taken, "refused": refused})
    more = bool(page.get("more")) and cursor != row.cursor
    changes: dict[str, Any] = {"not_before": at} if more else {}
    Fetch.objects.filter(pk=row.pk).update(
        cursor=cursor, fetched_at=at, failing_since=None, last_error="", **changes
    )
    return more


def take_list(
    orders: Sequence[Any], partner: Partner, at: datetime
) -> tuple[list[str], list[dict[str, str]]]:
    """Take in what can be; the numbers taken, and those refused each with its sentence."""
    names, layout = Gazetteer(), agreed().layout
    readings: list[Reading] = []
    refused: list[dict[str, str]] = []

    def refuse(number: str, refusal: Refusal) -> None:
        refused.append({"order_no": number, "reason": refusal.sentence})
        turned_away.note(Door.HOTLINE, refusal, partner=partner, external_id=number, at=at)

    for order in orders:
        sent = order if isinstance(order, dict) else {}
        try:
            readings.append(
                read_matter(sent, layout, door=Door.HOTLINE, source=Source.HOTLINE, names=names)
            )
        except NotUnderstood as refusal:
            refuse(str(sent.get(layout.theirs("external_id"), ""))[:120], refusal)
    return _kept(readings, partner, at, refuse), refused


def _kept(readings: Sequence[Reading], partner: Partner, at: datetime, refuse: Refuse) -> list[str]:
    """The numbers kept. When one of many cannot be, each is tried by itself."""
    try:
        take_orders(by=None, readings=readings, partner=partner, at=at)
    except NotUnderstood as refusal:
        if len(readings) > 1:
            return [n for one in readings for n in _kept([one], partner, at, refuse)]
        refuse(readings[0].external_id, refusal)
        return []
    return [reading.external_id for reading in readings]
