"""Every answer goes back by the door the matter came by, however long the other side is down."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from gongzhi.doors.actions import give_up
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.words import Delivery, Told
from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.kernel.struck import struck

Send = Callable[[Answer], None]
Wants = Collection[str] | Callable[[Entry], Collection[str]]
TELLING = {  # the events of a case that can be answered for, and what they tell
    "cases.dispatched": Told.ACCEPTED,
    "cases.arbitrated": Told.ACCEPTED,
    "cases.merged": Told.ACCEPTED,  # from now on it is handled with the one it was merged into
    "cases.returned": Told.REROUTED,
    "cases.handled": Told.HANDLED,
    "cases.closed": Told.CLOSED,
    "cases.declined": Told.DECLINED,
    "cases.rated": Told.RATED,
}
ONCE = frozenset({Told.RECEIVED, Told.ACCEPTED})  # dispatched again is no news for the other side
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
MOST_TRIES = 72  # with the longest wait, three days of a partner being down
MOST_REFUSALS = 8  # of a partner that is there and says no: a person must look sooner

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Back:
    """How a door answers: which news it wants, and how it sends them."""

    wants: Wants
    send: Send

    def wanted(self, entry: Entry) -> Collection[str]:
        """Which news this entry's other side is told."""
        return self.wants(entry) if callable(self.wants) else self.wants


BACK: dict[str, Back] = {}


def answers(door: str, *, wants: Wants) -> Callable[[Send], Send]:
    """Let the function send a door's answers; it raises when the other side did not take one.

    `wants` names the news it is told, or says so for an entry. Unreachable raised by the function
    lets everything that is owed to the same partner wait, not only this answer.

    It may be called twice for the same answer when this process died in between, so it sends the
    answer's pk along as a key by which the other side knows it again.
    """

    def register(send: Send) -> Send:
        BACK[door] = Back(wants, send)
        return send

    return register


@reacts_to(*TELLING, called="doors.owe_an_answer")
def owe_an_answer(event: Event) -> None:
    """Owe the news to every door the case came by, if that door wants it; once per event."""
    for entry in Entry.objects.filter(case=event.subject_id).select_related("partner"):
        owe(entry, event, TELLING[event.name])


def owe(entry: Entry, event: Event, told: Told) -> None:
    """Owe one piece of news to the door of an entry, if it wants it; in the caller's transaction.

    What an entry is told only ONCE is not owed again for a later event.
    """
    back = BACK.get(entry.door)
    if back is None or told not in back.wanted(entry):
        return
    if told in ONCE and entry.answers.filter(told=told).exists():
        return
    Answer.objects.get_or_create(
        entry=entry, event=event, defaults={"told": told, "not_before": event.at}
    )


@chore("doors.deliver", every=timedelta(seconds=2))
def deliver_one(at: datetime) -> bool:
    """Send one answer that is due. False when there is none. Safe with many workers."""
    owed = Answer.objects.filter(state=Delivery.OWED)
    # In their order: nobody hears how a matter ended before hearing that it was taken on.
    earlier = owed.filter(entry=OuterRef("entry"), pk__lt=OuterRef("pk"))
    answer = (
        owed.filter(~Exists(earlier), not_before__lte=at)
        .select_related("event", "entry__partner", "entry__case__area")
        .order_by("not_before", "pk")
        .first()
    )
    if answer is None:
        return False
    # The claim also sets the next try, so that a crash in the middle costs a wait and no answer.
    claimed = Answer.objects.filter(pk=answer.pk, tries=answer.tries, state=Delivery.OWED).update(
        tries=F("tries") + 1, not_before=at + wait_after(answer.tries)
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
        most = MOST_REFUSALS if isinstance(error, Refused) else MOST_TRIES
        said = struck(repr(error))[:400]
        if answer.tries + 1 >= most:
            give_up(by=None, answer=answer, error=said, at=at)
        else:
            row.update(last_error=said)
        if isinstance(error, Unreachable):
            _spare(answer, at)
    else:
        row.update(state=Delivery.SENT, sent_at=at, last_error="")


def _spare(answer: Answer, at: datetime) -> None:
    """While a partner is away one answer knocks for all of them, so that nothing else waits."""
    entry = answer.entry
    Answer.objects.filter(
        state=Delivery.OWED,
        entry__door=entry.door,
        entry__partner=entry.partner,
        not_before__lte=at,
    ).update(not_before=at + wait_after(answer.tries))


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries that failed."""
    wait: timedelta = FIRST_WAIT * 3 ** min(tries, 12)
    return min(wait, LONGEST_WAIT)
