"""What the clock itself does about a dispute."""

from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.words import Status
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def remind(*, by: Person | None, dispute: Dispute, at: datetime) -> bool:
    """Say once that the day has come to look whether an agreement is kept. Whether it was said."""
    waiting = Dispute.objects.filter(pk=dispute.pk, status=Status.SETTLED, reminded_at=None)
    if not waiting.update(reminded_at=at):
        return False
    record("disputes.follow_up_due", about=dispute, by=by, at=at, area_path=dispute.area.path)
    return True
