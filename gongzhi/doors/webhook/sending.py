"""News of a partner's matters, sent to its address as far as it subscribed to them."""

from collections.abc import Collection
from typing import Any

from django.utils.timezone import localtime

from gongzhi.cases.models import Remark
from gongzhi.cases.words import PUBLIC_REMARKS
from gongzhi.doors.answers import answers
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.outward import Refused, deliver
from gongzhi.doors.replies import reply_to
from gongzhi.doors.words import Door, Told


def wanted(entry: Entry) -> Collection[str]:
    """What the partner subscribed to; nothing while it has no address or is shut out."""
    partner = entry.partner
    if partner is None or not partner.url or not partner.active:
        return frozenset()
    wants: list[str] = partner.wants
    return wants


@answers(Door.WEBHOOK, wants=wanted)
def send(answer: Answer) -> None:
    """Post one piece of news; any 2xx takes it. `id` lets the partner know one that comes twice."""
    partner = answer.entry.partner
    if partner is None or not partner.active:
        raise Refused("the partner was shut out")
    deliver(partner, "POST", "", _says(answer))


def _says(answer: Answer) -> dict[str, Any]:
    entry, event = answer.entry, answer.event
    said: dict[str, Any] = {
        "id": answer.pk,
        "event": answer.told,
        "at": localtime(event.at).isoformat(timespec="seconds"),
        "external_id": entry.external_id,
        "case_no": entry.case.number,
        "status": entry.case.status,
        "text": _public_text(answer),
    }
    if answer.told == Told.RATED:
        said["stars"] = event.facts.get("stars")
    return said


def _public_text(answer: Answer) -> str:
    """What staff wrote for the reporter with this step; the reply to the matter when it ended."""
    if answer.told in {Told.CLOSED, Told.DECLINED}:
        return reply_to(answer.entry.case)
    written = Remark.objects.filter(event=answer.event, kind__in=PUBLIC_REMARKS).first()
    return written.text if written else ""
