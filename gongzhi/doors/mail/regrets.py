"""Writers whose letters made no case hear why, however long the mail server is away."""

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.doors.answers import MOST_REFUSALS, MOST_TRIES, wait_after
from gongzhi.doors.mail.agreed import terms
from gongzhi.doors.mail.models import Regret
from gongzhi.doors.mail.sending import deliver, written
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.words import Delivery
from gongzhi.journal.chores import chore

log = logging.getLogger(__name__)


@chore("mail.regret", every=timedelta(seconds=5))
def regret_one(at: datetime) -> bool:
    """Send one that is due. False when there is none, or the server is away."""
    owed = Regret.objects.filter(state=Delivery.OWED)
    row = owed.filter(not_before__lte=at).select_related("taken").order_by("pk").first()
    if row is None:
        return False
    mine = owed.filter(pk=row.pk)
    if not mine.filter(tries=row.tries).update(
        tries=F("tries") + 1, not_before=at + wait_after(row.tries)
    ):
        return True
    box = terms().mailboxes.get(row.taken.mailbox)
    try:
        if box is None:
            raise Refused("the mailbox is not configured any more")
        text = "\n\n".join([_("您好："), row.sentence, _("这封信由系统发出，直接回复即可。")])
        deliver(box, written(box, to=row.address, subject=f"Re: {row.subject}", text=text))
    except Exception as error:  # whatever the server does, it stays owed
        log.warning("letter %s could not be answered: %r", row.taken_id, error)
        most = MOST_REFUSALS if isinstance(error, Refused) else MOST_TRIES
        if row.tries + 1 >= most:
            mine.update(state=Delivery.DEAD)
        return not isinstance(error, Unreachable)
    mine.update(state=Delivery.SENT)
    return True
