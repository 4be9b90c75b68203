"""What could not be delivered waits for a person: the same steps for answers and for letters."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.words import Delivery, Otherwise
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places.models import Area


def may_end(person: Person, area: Area) -> bool:
    """Administrators may, and whoever dispatches in the area."""
    return may(person, Can.MANAGE_ACCOUNTS, within=None) or may(
        person, Can.DISPATCH_CASES, within=area
    )


def given_up(row: Any, error: str) -> bool:
    """Whether it stopped being tried just now; False when that was noted before."""
    mine = _rows(row).filter(state=row.state).exclude(state=Delivery.DEAD)
    return bool(mine.update(state=Delivery.DEAD, last_error=error[:400]))


def owed_again(row: Any, at: datetime) -> bool:
    """Whether what was given up is owed again; False when somebody was faster."""
    dead = _rows(row).filter(state=Delivery.DEAD)
    return bool(dead.update(state=Delivery.OWED, tries=0, not_before=at))


def ended_by_hand(row: Any, how: str, at: datetime) -> bool:
    """Whether a person has told the other side; False when somebody was faster.

    NotUnderstood (422) when nobody says how.
    """
    if how not in Otherwise.values:
        raise NotUnderstood(_("请选择是怎么告知对方的。"), field="how")
    return bool(_rows(row).filter(state=Delivery.DEAD).update(state=Delivery.BY_HAND, sent_at=at))


def _rows(row: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk)
    return found
