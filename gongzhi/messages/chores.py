"""What the worker looks after for messages: short messages that are owed."""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from gongzhi.journal.chores import chore
from gongzhi.messages.models import Text
from gongzhi.messages.sms import provider

TRIES_MOST = 8
LONGEST_WAIT = timedelta(minutes=30)

log = logging.getLogger(__name__)


@chore("messages.send_texts", every=timedelta(seconds=1))
def send_one(at: datetime) -> bool:
    """Send one short message that is owed. False when there is none.

    It is claimed first, with the time of the next try: a worker that dies on the way leaves it
    owed. So a message may come twice, and is never lost.
    """
    due = Text.objects.filter(sent_at=None, not_before__lte=at, tries__lt=TRIES_MOST)
    text = due.order_by("not_before", "pk").first()
    if text is None:
        return False
    wait = min(timedelta(seconds=10 * 2**text.tries), LONGEST_WAIT)
    claim = Text.objects.filter(pk=text.pk, tries=text.tries, sent_at=None)
    if not claim.update(tries=F("tries") + 1, not_before=at + wait):
        return True
    try:
        provider().send(phone=text.phone, words=text.words)
    except OSError as error:
        log.warning("text %s could not be sent: %r", text.pk, error)
        Text.objects.filter(pk=text.pk).update(last_error=repr(error)[:200])
        return True
    Text.objects.filter(pk=text.pk).update(sent_at=at, last_error="")
    return True
