"""Callers hear the end of their matter by a text message, where there is a gateway."""

from gongzhi.cases.reads.contacts import contact_of
from gongzhi.doors import sms
from gongzhi.doors.answers import answers
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.sentences import news
from gongzhi.doors.words import Door, Told

WANTS = frozenset({Told.CLOSED, Told.DECLINED})


def wanted(entry: Entry) -> frozenset[Told]:
    """Nothing without a gateway or a number: then the desk calls back, as it always did."""
    return WANTS if sms.is_ready() and contact_of(entry.case).phone else frozenset()


@answers(Door.PHONE, wants=wanted)
def send(answer: Answer) -> None:
    """Send the end of the matter to the caller's telephone; the id makes a second one harmless."""
    sms.send(contact_of(answer.entry.case).phone, news(answer), key=f"answer-{answer.pk}")
