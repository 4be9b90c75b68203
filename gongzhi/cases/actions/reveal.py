"""Looking at a reporter's full name and number."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.cases.reads.contacts import Contact, contact_of
from gongzhi.cases.words import RevealGround
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotPossible

MOST_AN_HOUR = 60


@action
def reveal_contact(*, by: Person, case: Case, ground: RevealGround, at: datetime) -> Contact:
    """Show the reporter's name and number for a reason, and keep on record who looked and why."""
    require(by, Can.SEE_REPORTER, within=case.area)
    within_limit("reveal", str(by.pk), most=MOST_AN_HOUR, seconds=3600, at=at)
    contact = contact_of(case)
    if not contact.phone:
        raise NotPossible(_("反映人没有留下电话。"))
    record(
        "cases.contact_revealed",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        ground=ground.value,
    )
    return contact
