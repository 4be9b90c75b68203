"""What the city's system calls: an order pushed, a decision on something it was asked."""

from datetime import datetime
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from gongzhi.cases.words import Source
from gongzhi.doors import layouts
from gongzhi.doors.hotline.actions import Decision, decide, take_orders
from gongzhi.doors.hotline.agreed import agreed
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.words import About
from gongzhi.doors.readings import read_matter
from gongzhi.doors.sentences import notice_for
from gongzhi.doors.turned_away import code_of
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.wire import Call, takes_signed
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import NotUnderstood, Refusal


class UnknownOrder(Refusal):
    """No order has that number."""

    status = 404


def answered(answer: dict[str, Any] | Refusal) -> dict[str, Any]:
    """The hotline's own form: code 0 is well, everything else is not and says why."""
    if isinstance(answer, Refusal):
        return {
            "code": answer.status,
            "error": code_of(answer),
            "message": answer.sentence,
            "field": answer.field,
            "data": None,
        }
    return {"code": 0, "message": _("成功"), "data": answer}


@takes_signed(Door.HOTLINE, form=answered, number="order_no")
def orders(call: Call, at: datetime) -> dict[str, Any]:
    """Take in one order; the same number again gives the same case."""
    reading = read_matter(
        call.says, agreed().layout, door=Door.HOTLINE, source=Source.HOTLINE, names=Gazetteer()
    )
    [taken] = take_orders(by=None, readings=[reading], partner=call.partner, at=at)
    return {
        "order_no": reading.external_id,
        "case_no": taken.case.number,
        "created": taken.created,
        **notice_for(taken.case),
    }


@takes_signed(Door.HOTLINE, form=answered, number="order_no")
def decisions(call: Call, at: datetime) -> dict[str, Any]:
    """Keep what the city decided on a return or an extension."""
    said = call.says
    number = str(said.get("order_no", ""))
    found = Order.objects.filter(entry__door=Door.HOTLINE, entry__external_id=number)
    order = found.select_related("entry__case__area").first()
    if order is None:
        raise UnknownOrder(_("没有编号为“%(number)s”的工单。") % {"number": number[:60]})
    about, granted = said.get("about"), said.get("granted")
    if about not in About.values:
        raise NotUnderstood(_("about 应是 return 或 extension。"), field="about")
    if not isinstance(granted, bool):
        raise NotUnderstood(_("granted 应是 true 或 false。"), field="granted")
    decision = Decision(
        about=About(about),
        granted=granted,
        opinion=str(said.get("opinion") or ""),
        due_at=_moment(str(said.get("deadline") or "")),
    )
    decide(by=None, order=order, decision=decision, at=at)
    return {"order_no": number, "about": about, "granted": granted}


def _moment(text: str) -> datetime | None:
    try:
        return layouts.moment(text, get_current_timezone()) if text else None
    except (ValueError, OverflowError, OSError) as error:
        raise NotUnderstood(
            _("deadline 不是时间，应写成 2026-11-22 08:30:00。"), field="deadline"
        ) from error
