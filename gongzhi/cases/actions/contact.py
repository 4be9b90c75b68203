"""Getting in touch with the reporter first: the first of the promises made to them."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import hold, remark, require_words
from gongzhi.cases.models import Case
from gongzhi.cases.words import RemarkKind
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible


@action
def contact(*, by: Person, case: Case, text: str, at: datetime) -> Case:
    """Say that the reporter was reached and what was said; stops the clock of the first response.

    The handler may, and whoever is at a desk for the area. Others see that it happened, not what
    was said.
    """
    if case.handler_id != by.pk and not may(by, Can.DISPATCH_CASES, within=case.area):
        raise NotAllowed(_("只有承办人或调度台可以登记先行联系。"))
    require_words(text, _("请写明怎样联系的、反映人说了什么。"))
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不用再登记联系。"))
    hold(case)
    event = record("cases.contacted", about=case, by=by, at=at, area_path=case.area.path)
    remark(event, case, RemarkKind.CONTACT, text)
    return case
