"""Every answer goes back by the door the matter came by, however long the other side is down."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.words import Delivery, Told
from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to

Send = Callable[[Answer], None]
TELLING = {  # the events of a case that can be answered for, and what they tell
    "cases.dispatched": Told.ACCEPTED,
    "cases.returned": Told.RETURNED,
    "cases.handled": Told.HANDLED,
    "cases.closed": Told.CLOSED,
    "cases.declined": Told.DECLINED,
}
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
MOST_TRIES = 72  # with the longest wait, three days of a partner being down

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Back:
    """How a door answers: which news it wants, and how it sends them."""

    wants: frozenset[str]
    send: Send


BACK: dict[str, Back] = {}


def answers(door: str, *, wants: Mapping[str, object] | frozenset[str]) -> Callable[[Send], Send]:
    """Let the function send a door's answers; it raises when the other side did not take one.

    It may be called twice for the same answer when this process died in between, so it sends the
    answer's pk along as a key by which the other side knows it again.
    """

    def register(send: Send) -> Send:
        BACK[door] = Back(frozenset(wants), send)
        return send

    return register


@reacts_to(*TELLING, called="doors.owe_an_answer")
def owe_an_answer(event: Event) -> None:
    """Owe the news to the door the case came by, if that door wants it; once per event."""
    entry = Entry.objects.filter(case=event.subject_id).first()
    told = TELLING[event.name]
    if entry is None or entry.door not in BACK or told not in BACK[entry.door].wants:
        return
    Answer.objects.get_or_create(
        entry=entry, event=event, defaults={"told": told, "not_before": event.at}
    )


@chore("doors.deliver", every=timedelta(seconds=2))
def deliver_one(at: datetime) -> bool:
    """Send one answer that is due. False when there is none. Safe with many workers."""
    due = Answer.objects.filter(state=Delivery.OWED, not_before__lte=at)
    answer = due.select_related("entry__partner", "entry__case").order_by("not_before").first()
    if answer is None:
        return False
    # The claim also sets the next try, so that a crash in the middle costs a wait and no answer.
    claimed = Answer.objects.filter(pk=answer.pk, tries=answer.tries, state=Delivery.OWED).update(
        tries=F("tries") + 1, not_before=at + _wait(answer.tries)
    )
    if claimed:
        _send(answer, at)
    return True


def _send(answer: Answer, at: datetime) -> None:
    row = Answer.objects.filter(pk=answer.pk, state=Delivery.OWED)
    try:
        BACK[answer.entry.door].send(answer)
    except Exception as error:  # whatever the other side does, the answer stays owed
        log.warning("answer %s by %s failed: %r", answer.pk, answer.entry.door, error)
        dead = answer.tries + 1 >= MOST_TRIES
        row.update(last_error=repr(error)[:400], state=Delivery.DEAD if dead else Delivery.OWED)
    else:
        row.update(state=Delivery.SENT, sent_at=at, last_error="")


def _wait(tries: int) -> timedelta:
    wait: timedelta = FIRST_WAIT * 3 ** min(tries, 12)
    return min(wait, LONGEST_WAIT)
