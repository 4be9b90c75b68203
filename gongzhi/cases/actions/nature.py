"""Changing what a matter was recorded as: never silently."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import overtaken, remark, require_words, write
from gongzhi.cases.models import Case
from gongzhi.cases.words import Nature, NatureGround, RemarkKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action


@action
def change_nature(
    *,
    by: Person,
    case: Case,
    nature: Nature,
    ground: NatureGround,
    reason: str,
    at: datetime,
    seen: int | None = None,
) -> Case:
    """Record the matter as something else, on a ground from the list and in own words.

    A complaint written down as an inquiry is tampering: each change stays on record with both
    values, and the page of checks lists them all.
    """
    require(by, Can.DISPATCH_CASES, within=case.area)
    if seen is not None and seen != case.version:
        raise overtaken()
    require_words(reason, _("请写明为什么改诉求性质，检查时会看到。"))
    before = case.nature
    if before == nature:
        return case
    write(case, nature=nature.value)
    event = record(
        "cases.nature_changed",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        before=before,
        after=nature.value,
        ground=ground.value,
    )
    remark(event, case, RemarkKind.NATURE, reason, ground=ground.value)
    return case
