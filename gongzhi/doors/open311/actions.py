"""Taking in a request, with what its description has beyond the length of a report."""

from collections.abc import Sequence
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.cases.actions import supplement
from gongzhi.cases.models import Case
from gongzhi.doors.reports import Arrival, enter
from gongzhi.kernel.actions import action


@action
def take_request(*, by: Person | None, arrival: Arrival, rest: Sequence[str], at: datetime) -> Case:
    """Make a case of a request and add the `rest` of its words; the same key again adds nothing."""
    entered = enter(by=by, arrival=arrival, at=at)
    if entered.created:
        for text in rest:
            supplement(
                by=by, case=entered.case, reporter_ref=entered.case.reporter_ref, text=text, at=at
            )
    return entered.case
