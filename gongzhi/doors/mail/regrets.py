"""Writers whose letters made no case hear why, however long the mail server is away."""

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.cases.reactions import dispatchers_of
from gongzhi.doors.answers import MOST_REFUSALS, MOST_TRIES, wait_after
from gongzhi.doors.mail.actions import give_up_regret
from gongzhi.doors.mail.agreed import terms
from gongzhi.doors.mail.models import Regret
from gongzhi.doors.mail.sending import deliver, domain, written
from gongzhi.doors.mail.threads import our_id_of_regret
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.words import Delivery
from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.kernel.struck import struck
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell
from gongzhi.places import reads as places

log = logging.getLogger(__name__)
TEMPLATE = "doors/letter_undelivered"


@chore("mail.regret", every=timedelta(seconds=5))
def regret_one(at: datetime) -> bool:
    """Send one that is due. False when there is none, or the server is away."""
    owed = Regret.objects.filter(state=Delivery.OWED)
    row = owed.filter(not_before__lte=at).select_related("taken", "area").order_by("pk").first()
    if row is None:
        return False
    mine = owed.filter(pk=row.pk)
    if not mine.filter(tries=row.tries).update(
        tries=F("tries") + 1, not_before=at + wait_after(row.tries)
    ):
        return True
    try:
        _send(row)
    except Exception as error:  # whatever the server does, it stays owed
        log.warning("letter %s could not be answered: %r", row.taken_id, error)
        most = MOST_REFUSALS if isinstance(error, Refused) else MOST_TRIES
        said = struck(repr(error))[:400]
        if row.tries + 1 >= most:
            give_up_regret(by=None, regret=row, error=said, at=at)
        else:
            mine.update(last_error=said)
        return not isinstance(error, Unreachable)
    mine.update(state=Delivery.SENT, sent_at=at, last_error="")
    return True


def _send(row: Regret) -> None:
    box = terms().mailboxes.get(row.taken.mailbox)
    if box is None:
        raise Refused("the mailbox is not configured any more")
    text = "\n\n".join([_("您好："), row.sentence, _("这封信由系统发出，直接回复即可。")])
    letter = written(box, to=row.address, subject=f"Re: {row.subject}", text=text)
    letter["Message-ID"] = f"<{our_id_of_regret(row.pk)}@{domain(box)}>"
    deliver(box, letter)


@reacts_to("mail.regret_given_up", called="mail.tell_of_the_undelivered")
def tell_the_dispatchers(event: Event) -> None:
    """Whoever sits at the desk of the mailbox's area is told to tell the writer some other way."""
    regret = Regret.objects.select_related("area", "taken").get(pk=event.subject_id)
    tell(
        dispatchers_of(regret.area or places.district()),
        TEMPLATE,
        once=f"event:{event.pk}:{TEMPLATE}",
        at=event.at,
        event=event.pk,
        mailbox=regret.taken.mailbox,
    )


def worded(message: Message) -> tuple[str, str]:
    """Which mailbox it came to, and the list where it is sent again or ended."""
    box = terms().mailboxes.get(message.facts["mailbox"])
    name = box.name if box else message.facts["mailbox"]
    sentence = render_to_string(f"messages/{message.template}.txt", {"mailbox": name}).strip()
    return sentence, reverse("doors:answers")
