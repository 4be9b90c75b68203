"""What the worker looks after for devices: raw readings are kept for 90 days and no longer."""

from datetime import datetime, timedelta

from gongzhi.journal.chores import chore
from gongzhi.sensing.actions.intake import forget_readings

KEPT = timedelta(days=90)


@chore("sensing.forget_readings", every=timedelta(minutes=10))
def forget_some(at: datetime) -> bool:
    """Delete a lot of readings older than 90 days. False when none is left."""
    return forget_readings(by=None, before=at - KEPT, at=at) > 0
