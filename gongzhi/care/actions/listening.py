"""What the guard itself changes: what it has heard and learnt, and how homes stand."""

from collections.abc import Sequence
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.care.actions.alerts import end_alert
from gongzhi.care.models import GUARD, Alert, Duty, Standing
from gongzhi.care.words import CloseCode
from gongzhi.kernel.actions import action
from gongzhi.sensing.models import Reading

STANDING = ["last_at", "notice_at", "alarm_at", "share", "days", "line", "updated_at"]


@action
def note_heard(
    *, by: Person | None, readings: Sequence[int], learnt: Sequence[int], at: datetime
) -> None:
    """The guard has heard these readings and learnt from these alerts; neither comes again."""
    for begin in range(0, len(readings), 500):
        Reading.objects.filter(pk__in=readings[begin : begin + 500]).update(taken=True)
    Alert.objects.filter(pk__in=learnt).update(learnt=True)


@action
def note_standings(*, by: Person | None, standings: Sequence[Standing], at: datetime) -> None:
    """How homes stand now, for the pages; also that the guard is on duty."""
    Standing.objects.bulk_create(
        standings,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["elder"],
        update_fields=STANDING,
    )
    Duty.objects.update_or_create(name=GUARD, defaults={"seen_at": at})


@action
def settle(*, by: Person | None, alert: Alert, code: CloseCode, at: datetime) -> Alert:
    """The sensors themselves say that it is over: the door opened, the devices are back."""
    return end_alert(alert, by=by, code=code, at=at)
