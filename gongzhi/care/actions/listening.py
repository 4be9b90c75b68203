"""What the guard itself changes: readings it has heard, alerts whose end it has learnt from."""

from collections.abc import Sequence
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.care.models import Alert
from gongzhi.kernel.actions import action
from gongzhi.sensing.models import Reading


@action
def note_heard(
    *, by: Person | None, readings: Sequence[int], learnt: Sequence[int], at: datetime
) -> None:
    """The guard has heard these readings and learnt from these alerts; neither comes again."""
    for begin in range(0, len(readings), 500):
        Reading.objects.filter(pk__in=readings[begin : begin + 500]).update(taken=True)
    Alert.objects.filter(pk__in=learnt).update(learnt=True)
