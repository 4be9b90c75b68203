"""What one piece of news says to whoever reported, in whole sentences; for letters and messages."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.cases.dangers import call_first
from gongzhi.cases.models import Case
from gongzhi.cases.reads.tracking import state_sentence, who_has
from gongzhi.doors.models import Answer
from gongzhi.doors.replies import reply_to
from gongzhi.doors.words import Told


def news(answer: Answer) -> str:
    """The news in the words of its own reporter's matter; the reply where the matter ended."""
    case, told = answer.entry.case, answer.told
    said = {"matter": case.title, "number": case.number, "due": written_due(case)}
    if told == Told.RECEIVED:
        received = _("您反映的“%(matter)s”已经收到，编号 %(number)s，预计 %(due)s 前办结。") % said
        return f"{call_first(case)}{received}"
    if told == Told.CLOSED:
        reply = reply_to(case)
        return _("您反映的“%(matter)s”已办结：%(reply)s") % {**said, "reply": reply}
    if told == Told.DECLINED:
        reply = reply_to(case)
        return _("您反映的“%(matter)s”不予受理：%(reply)s") % {**said, "reply": reply}
    if told == Told.ACCEPTED and answer.event.name == "cases.merged":
        return _("您反映的“%(matter)s”与另一件相同的事一并办理，办结时会答复您。") % said
    if told == Told.ACCEPTED:
        who = who_has(case)
        return _("您反映的“%(matter)s”已受理，由%(who)s办理，预计 %(due)s 前办结。") % {
            **said,
            "who": who,
        }
    now = state_sentence(case)
    return _("您反映的“%(matter)s”有新进展：%(now)s") % {**said, "now": now}


def in_short(answer: Answer) -> str:
    """The news without the matter it is about, for where few characters fit: the reply, or who."""
    case, told = answer.entry.case, answer.told
    if told in {Told.CLOSED, Told.DECLINED}:
        return reply_to(case)
    if told == Told.ACCEPTED and answer.event.name != "cases.merged":
        return _("由%(who)s办理") % {"who": who_has(case)}
    return news(answer)


def notice_for(case: Case) -> dict[str, str]:
    """What another program is told at once when the matter is dangerous: whom to call."""
    notice = call_first(case)
    return {"notice": notice} if notice else {}


def written_due(case: Case) -> str:
    """When it is promised, as people write it."""
    at = localtime(case.due_at)
    return _("%(month)s月%(day)s日%(time)s") % {
        "month": at.month,
        "day": at.day,
        "time": f"{at:%H:%M}",
    }
