"""What the worker looks after for disputes: days on which to look again, steps that are late."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from gongzhi.disputes.actions.pressing import press
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


@chore("disputes.press", every=timedelta(minutes=1))
def press_one(at: datetime) -> bool:
    """Warn of or press for one step that runs out of time. False when there is none."""
    due = Dispute.objects.filter(press_at__lte=at).select_related("area")
    dispute = due.order_by("press_at", "pk").first()
    if dispute is None:
        return False
    press(by=None, dispute=dispute, at=at)
    return True
