"""What the worker looks after for cases: clocks that run out, and whom to ask once more."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gongzhi.cases import rules
from gongzhi.cases.actions.afterwards import tell_to_look_again
from gongzhi.cases.actions.measuring import freeze_month, month_to_freeze
from gongzhi.cases.actions.pressing import press, warn
from gongzhi.cases.actions.recount import recount_some
from gongzhi.cases.models import Case, FollowUp, Recount
from gongzhi.cases.words import FollowUpKind, Status
from gongzhi.journal.chores import chore
from gongzhi.kernel.refusals import Overtaken

# Handled cases wait for the checker, not for the handler; merged ones for their parent.
WATCHED = frozenset(rules.OPEN) - {Status.HANDLED, Status.CHECKED, Status.MERGED}


@chore("cases.warn", every=timedelta(seconds=20))
def warn_one(at: datetime) -> bool:
    """Warn about one case that is nearly over. False when there is none."""
    due = Case.objects.filter(status__in=WATCHED, paused_at=None, warn_at__lte=at)
    case = due.select_related("area").order_by("warn_at").first()
    if case is None:
        return False
    _unless_overtaken(warn, case, at)
    return True


@chore("cases.press", every=timedelta(seconds=20))
def press_one(at: datetime) -> bool:
    """Press for one case that is over. False when there is none."""
    due = Case.objects.filter(status__in=WATCHED, paused_at=None, press_at__lte=at)
    case = due.select_related("area").order_by("press_at").first()
    if case is None:
        return False
    _unless_overtaken(press, case, at)
    return True


@chore("cases.recount", every=timedelta(seconds=5))
def recount_next(at: datetime) -> bool:
    """Hold the next open cases against a changed calendar. False when nothing is left to do."""
    recount = Recount.objects.filter(finished_at=None).order_by("-pk").first()
    return recount is not None and recount_some(by=None, recount=recount, at=at) > 0


@chore("cases.ask_again", every=timedelta(minutes=5))
def ask_one_again(at: datetime) -> bool:
    """Ask one reporter whether it is still fixed. False when nobody is to be asked."""
    owed = FollowUp.objects.owed().filter(kind=FollowUpKind.AGAIN, told_at=None, begins_at__lte=at)
    followup = owed.select_related("case__area").order_by("begins_at").first()
    if followup is None:
        return False
    tell_to_look_again(by=None, followup=followup, at=at)
    return True


@chore("cases.freeze_month", every=timedelta(hours=1))
def freeze_next_month(at: datetime) -> bool:
    """Freeze the rates of the month that is over long enough. False when there is none."""
    month = month_to_freeze(at)
    if month is None:
        return False
    freeze_month(by=None, month=month, at=at)
    return True


def _unless_overtaken(verb: Callable[..., Case], case: Case, at: datetime) -> None:
    """Somebody changed the case, or another worker was faster: the next look sees what is now."""
    try:
        verb(by=None, case=case, at=at)
    except Overtaken:
        return
