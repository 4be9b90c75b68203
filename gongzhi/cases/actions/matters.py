"""One matter, many claimants: cases about the same thing are handled as one, answered each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import (
    ability,
    move,
    overtaken,
    past,
    step_of,
    words_of,
    write_same,
)
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.words import RemarkKind, Status
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, Refusal


@dataclass(frozen=True)
class Merged:
    """What became of one case that was to be merged: `refusal` says why it was not."""

    case: Case
    refusal: Refusal | None = None


@action
def merge(
    *, by: Person, parent: Case, cases: Sequence[Case], at: datetime, why: str = ""
) -> list[Case]:
    """Handle the cases as one with `parent`; all or none. What hung on them hangs on the parent.

    A case merged there already stays as it is. NotPossible for a parent that is merged or ended.
    """
    for one in merge_many(by=by, parent=parent, cases=cases, at=at, why=why):
        if one.refusal is not None:
            raise one.refusal
    return list(cases)


@action
def merge_many(
    *, by: Person, parent: Case, cases: Sequence[Case], at: datetime, why: str = ""
) -> list[Merged]:
    """Handle as one with `parent` those that can be; a sentence for each that cannot.

    As many statements for fifty as for one. NotPossible when the parent will not do for any.
    """
    require(by, Can.DISPATCH_CASES, within=parent.area)
    if parent.parent_id is not None or not parent.is_open:
        raise NotPossible(_("主案要是还在办理、没有并入别案的案件。"))
    refused: dict[int, Refusal] = {}
    fit: dict[int, Case] = {}
    for case in cases:
        try:
            if _is_to_be_merged(case, parent, by, why):
                fit[case.pk] = case
        except Refusal as refusal:
            refused[case.pk] = refusal
    had = {pk: _as_it_was(case) for pk, case in fit.items()}
    written = write_same(
        list(fit.values()),
        status=Status.MERGED,
        ended_at=None,
        parent=parent,
        handler=None,
        unit=None,
    )
    refused |= {pk: overtaken() for pk in fit.keys() - {case.pk for case in written}}
    # One level only: nobody follows a chain of parents.
    below = Case.objects.filter(parent__in=written)
    below.update(parent=parent, version=F("version") + 1)
    _tell_merged(written, had, parent, by=by, at=at, why=why)
    return [Merged(case, refused.get(case.pk)) for case in cases]


def _is_to_be_merged(case: Case, parent: Case, by: Person, why: str) -> bool:
    """Whether it is not there already; a refusal when it cannot be merged there by this person."""
    require(by, ability("merge", case), within=case.area)
    if case.pk == parent.pk:
        raise NotPossible(_("案件不能并入自己。"))
    if case.parent_id == parent.pk:
        return False
    step_of("merge", case)
    words_of(why)
    return True


def _as_it_was(case: Case) -> dict[str, object]:
    return {"before": case.status, "handler": case.handler_id, "unit": case.unit_id}


def _tell_merged(
    cases: Sequence[Case],
    had: Mapping[int, dict[str, object]],
    parent: Case,
    *,
    by: Person,
    at: datetime,
    why: str,
) -> None:
    """Record each with where it was and who had it, and keep the reason given for all."""
    name = f"cases.{past('merge')}"
    events = record_many(
        Happening(name, case, by, at, case.area.path, {**had[case.pk], "parent": parent.pk})
        for case in cases
    )
    if text := words_of(why):
        Remark.objects.bulk_create(
            Remark(case=case, event=event, kind=RemarkKind.MERGE, text=text)
            for case, event in zip(cases, events, strict=True)
        )


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
