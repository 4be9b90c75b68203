"""What an administrator does about errands that do not get done."""

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.models import Errand
from gongzhi.journal.record import STUCK_AFTER, record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible


@action
def retry(*, by: Person, errand: Errand, at: datetime) -> Errand:
    """Let a stuck errand be tried again from the beginning; once, however many press the button."""
    require(by, Can.MANAGE_ACCOUNTS, within=None)
    freed = Errand.objects.filter(pk=errand.pk, done_at=None, tries__gte=STUCK_AFTER).update(
        tries=0, not_before=at
    )
    if not freed:
        raise NotPossible(_("这项任务已经不在卡住的状态，请刷新后再看。"))
    record("journal.errand_retried", about=errand, by=by, at=at, reaction=errand.reaction)
    errand.refresh_from_db()
    return errand
