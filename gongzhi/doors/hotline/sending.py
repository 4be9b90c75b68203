"""Everything the city is told about its orders: taken on, returned, extended, result, rating."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from gongzhi.cases.models import Remark
from gongzhi.doors.answers import answers
from gongzhi.doors.hotline.agreed import agreed, city
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.reads import unit_of
from gongzhi.doors.hotline.words import Plea
from gongzhi.doors.layouts import renamed
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.outward import Refused, call
from gongzhi.doors.replies import reply_to
from gongzhi.doors.words import Door, Told

WANTS = frozenset(
    {Told.ACCEPTED, Told.CLOSED, Told.DECLINED, Told.RATED, Told.RETURNED, Told.EXTENSION}
)


def wanted(entry: Entry) -> Collection[str]:
    """Nothing where orders come by file only; no refusal of what the city took back itself."""
    partner = entry.partner or city()
    if partner is None or not partner.url:
        return frozenset()
    order = Order.objects.filter(entry=entry).first()
    if order and order.return_plea == Plea.GRANTED:
        return WANTS - {Told.DECLINED}
    return WANTS


@answers(Door.HOTLINE, wants=wanted)
def send(answer: Answer) -> None:
    """Tell the city one thing; `answer_id` lets it know an answer that comes twice."""
    partner = answer.entry.partner or city()
    if partner is None:
        raise Refused("no city to answer")
    terms = agreed().answers
    said = call(partner, "POST", terms["path"], renamed(_says(answer), terms["names"]))
    if said.get("code") not in (0, "0"):
        raise Refused(f"{said.get('code')} {said.get('message', '')}")


def _says(answer: Answer) -> dict[str, Any]:
    terms, case, event = agreed().answers, answer.entry.case, answer.event
    said: dict[str, Any] = {
        "answer_id": answer.pk,
        "order_no": answer.entry.external_id,
        "action": terms["actions"][answer.told],
        "at": _written(event.at),
        "case_no": case.number,
        "unit": unit_of(case),
    }
    remark = Remark.objects.filter(event=event).first()
    if answer.told == Told.CLOSED:
        said |= {"result": reply_to(case), "finished_at": _written(case.ended_at or event.at)}
    elif answer.told == Told.DECLINED:
        said["opinion"] = reply_to(case)
    elif answer.told == Told.RATED:
        said |= {"stars": event.facts.get("stars"), "comment": remark.text if remark else ""}
    elif remark:
        said["opinion"] = remark.text
    if answer.told == Told.RETURNED:
        said["ground"] = terms["grounds"].get(event.facts.get("ground"), "")
    if answer.told == Told.EXTENSION:
        said["days"] = event.facts.get("days")
    return said


def _written(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")
