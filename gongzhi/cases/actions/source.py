"""What a sensor began ends with the sensor's alarm."""

from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.cases.actions.assists import require_no_assist_owed
from gongzhi.cases.actions.matters import settle_merged
from gongzhi.cases.actions.moves import move, remark
from gongzhi.cases.models import Case
from gongzhi.cases.words import RemarkKind
from gongzhi.kernel.actions import action


@action
def close_at_source(*, by: Person | None, case: Case, text: str, at: datetime) -> Case:
    """End a case because the alarm that opened it has ended; `text` says how.

    Whoever had it need do nothing more. NotPossible while assisting units owe their answer.
    """
    require_no_assist_owed(case)
    event = move("close_at_source", case, by=by, at=at, seen=None)
    remark(event, case, RemarkKind.HANDLING, text)
    settle_merged("close_merged", case, by=by, at=at)
    return case
