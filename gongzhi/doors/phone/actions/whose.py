"""Who may take a call down."""

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.phone.models import Call


def require_call(by: Person, call: Call) -> None:
    """NotAllowed unless the call rang at their own seat, or the line's area has its desk there.

    Whoever picks up is asked about anything, and cannot send the caller away for a line's sake.
    """
    require(by, Can.DISPATCH_CASES, within=None if call.agent_id == by.pk else call.area)
