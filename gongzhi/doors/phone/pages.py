"""What the phone system calls: one moment of one call, signed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from gongzhi.cases import rules as case_rules
from gongzhi.doors import layouts
from gongzhi.doors.phone import actions
from gongzhi.doors.phone.words import Moment
from gongzhi.doors.turned_away import code_of
from gongzhi.doors.wire import Call, takes_signed
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import NotUnderstood, Refusal

OFF = timedelta(days=2)  # a phone system that was away tells later, not last year


def answered(answer: dict[str, Any] | Refusal) -> dict[str, Any]:
    """`ok`, or `error` with a code, a sentence and the field."""
    if isinstance(answer, Refusal):
        error = {"code": code_of(answer), "sentence": answer.sentence, "field": answer.field}
        return {"ok": False, "error": error}
    return {"ok": True, **answer}


@takes_signed(Door.PHONE, form=answered, number="call_id")
def calls(call: Call, at: datetime) -> dict[str, Any]:
    """Keep one moment of a call; the same again changes nothing."""
    [kept] = actions.note_many(by=None, told=[_told(call.says, at)], partner=call.partner, at=at)
    return {"call_id": kept.external_id}


def _told(said: dict[str, Any], at: datetime) -> actions.Told:
    number = _text(said, "call_id", 80)
    if not number:
        raise NotUnderstood(_("请给出 call_id。"), field="call_id")
    moment = said.get("event")
    if moment not in Moment.values:
        raise NotUnderstood(_("event 应是 ringing、answered、ended 或 missed。"), field="event")
    caller = _text(said, "caller", 20)
    return actions.Told(
        external_id=number,
        moment=Moment(moment),
        at=_moment(said, at),
        caller=caller if case_rules.is_phone(caller) else "",
        line=_text(said, "line", 20),
        seat=_text(said, "seat", 20),
    )


def _text(said: dict[str, Any], name: str, most: int) -> str:
    value = said.get(name) or ""
    if not isinstance(value, str | int) or len(str(value)) > most:
        raise NotUnderstood(
            _("“%(name)s”应是不超过%(most)s个字的文字。") % {"name": name, "most": most}, field=name
        )
    return str(value).strip()


def _moment(said: dict[str, Any], at: datetime) -> datetime:
    text = said.get("at")
    if not text:
        return at
    try:
        told = layouts.moment(str(text), get_current_timezone())
    except (ValueError, OverflowError, OSError) as error:
        raise NotUnderstood(_("at 不是时间，应写成 2026-11-22 08:30:00。"), field="at") from error
    if abs(told - at) > OFF:
        raise NotUnderstood(_("at 与服务器时间相差太大，请校准时钟。"), field="at")
    return told
