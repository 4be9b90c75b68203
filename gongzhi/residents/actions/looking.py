"""Looking at people: who looked somebody up on a round, or opened their page, is on record."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.residents.actions.editing import tell
from gongzhi.residents.models import Resident
from gongzhi.residents.reads.search import Found, Sought, search
from gongzhi.residents.words import RevealGround

MOST_AN_HOUR = 120
ONE_LOOK = timedelta(minutes=10)  # a page that is opened again in between is the same look


@action
def look_up(*, by: Person, line: str, ground: RevealGround, at: datetime) -> Found:
    """Whom the line is about, for a reason; who looked, why and how many came is on record.

    What was typed is left out of the record, since people look for names.
    """
    require(by, Can.SEE_REGISTER, within=None)
    if not line.strip():
        raise NotUnderstood(_("请输入姓名、电话后四位或地址。"), field="q")
    within_limit("look_up", str(by.pk), most=MOST_AN_HOUR, seconds=3600, at=at)
    found = search(by, Sought(line.strip()[:60]))
    record(
        "residents.looked_up",
        about=by,
        by=by,
        at=at,
        area_path=by.held[0].area.path if by.held else "",
        ground=ground.value,
        found=len(found.people),
    )
    return found


@action
def look_at(*, by: Person, resident: Resident, at: datetime) -> bool:
    """Somebody opens a person's page: on record, once in ten minutes. False when it is already."""
    require(by, Can.SEE_REGISTER, within=resident.grid)
    looks = Event.objects.filter(
        kind="resident", subject_id=resident.pk, name="residents.looked_at", by=by
    )
    if looks.filter(at__gt=at - ONE_LOOK, at__lte=at).exists():
        return False
    tell("looked_at", resident, by=by, at=at)
    return True
