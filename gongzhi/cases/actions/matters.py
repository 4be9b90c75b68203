"""One matter, many claimants: cases about the same thing are handled as one, answered each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import ability, move, remark
from gongzhi.cases.models import Case
from gongzhi.cases.words import RemarkKind
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible


@action
def merge(
    *, by: Person, parent: Case, cases: Sequence[Case], at: datetime, why: str = ""
) -> list[Case]:
    """Handle the cases as one with `parent`; all or none. What hung on them hangs on the parent.

    A case merged there already stays as it is. NotPossible for a parent that is merged or ended.
    """
    require(by, Can.DISPATCH_CASES, within=parent.area)
    if parent.parent_id is not None or not parent.is_open:
        raise NotPossible(_("主案要是还在办理、没有并入别案的案件。"))
    for case in cases:
        require(by, ability("merge", case), within=case.area)
        if case.pk == parent.pk:
            raise NotPossible(_("案件不能并入自己。"))
        if case.parent_id == parent.pk:
            continue
        changes: dict[str, object] = {"parent": parent, "handler": None, "unit": None}
        facts: dict[str, Any] = {
            "parent": parent.pk,
            "handler": case.handler_id,
            "unit": case.unit_id,
        }
        event = move("merge", case, by=by, at=at, seen=None, changes=changes, **facts)
        remark(event, case, RemarkKind.MERGE, why)
        for below in case.merged.all():  # one level only: nobody follows a chain of parents
            Case.objects.filter(pk=below.pk).update(parent=parent, version=below.version + 1)
    return list(cases)


@action
def split(*, by: Person, case: Case, at: datetime, seen: int | None = None) -> Case:
    """Undo a merge: the case goes back to its desk and is handled by itself."""
    require(by, ability("split", case), within=case.area)
    parent = case.parent_id
    move("split", case, by=by, at=at, seen=seen, changes={"parent": None}, parent=parent)
    return case


def settle_merged(verb: str, parent: Case, *, by: Person | None, at: datetime) -> None:
    """End the cases merged into one that just ended, so that every claimant is answered."""
    for case in parent.merged.select_related("area"):
        move(verb, case, by=by, at=at, seen=None, parent=parent.pk)
