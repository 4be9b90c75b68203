"""What cases keep of somebody who was taken out of the register: that there was a reporter."""

from collections.abc import Iterable
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def forget_contact(*, by: Person | None, cases: Iterable[int], at: datetime) -> int:
    """Take name and phone of the reporter from those of the cases that have ended; how many.

    Open ones keep them until the reporter has been answered. Again changes nothing.
    """
    ended = Case.objects.filter(pk__in=list(cases), status__in=rules.ENDED)
    found = [c for c in ended.order_by("pk") if c.contact_name or c.contact_phone]
    for case in found:
        Case.objects.filter(pk=case.pk).update(contact_name="", contact_phone="")
        record("cases.contact_forgotten", about=case, by=by, at=at, area_path=case.area.path)
    return len(found)
