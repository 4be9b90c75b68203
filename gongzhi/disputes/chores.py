"""What the worker looks after for disputes: days on which to look again."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from gongzhi.disputes.actions.reminding import remind
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.words import Status
from gongzhi.journal.chores import chore


@chore("disputes.remind", every=timedelta(minutes=5))
def remind_one(at: datetime) -> bool:
    """Remind of one agreement whose day has come. False when there is none."""
    due = Dispute.objects.filter(
        status=Status.SETTLED, follow_up_on__lte=localdate(at), reminded_at=None
    )
    dispute = due.select_related("area").order_by("follow_up_on", "pk").first()
    return dispute is not None and remind(by=None, dispute=dispute, at=at)
