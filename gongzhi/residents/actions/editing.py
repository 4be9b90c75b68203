"""What every change of one person has in common: may they, is it still so, what was before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.refusals import NotPossible, Overtaken
from gongzhi.places.models import Collection
from gongzhi.residents.models import Resident
from gongzhi.residents.record import changed
from gongzhi.residents.words import LifeState, Subject

Changes = dict[str, tuple[Any, Any]]  # attribute of Resident → (before, after)


def may_keep(by: Person, resident: Resident) -> None:
    """NotAllowed unless the person keeps the register where the resident lives."""
    require(by, Can.KEEP_REGISTER, within=resident.grid)
    if resident.state == LifeState.ERASED:
        raise NotPossible(_("这个人的信息已应本人要求删除。"))


def write(
    resident: Resident,
    changes: Changes,
    *,
    seen: int,
    by: Person | None,
    at: datetime,
    collection: Collection,
    derived: Mapping[str, Any] | None = None,
) -> Resident:
    """Write the changes if nobody changed the person since version `seen`, with their history.

    `derived` are columns that follow from the changes and have no history of their own. Overtaken
    when somebody was faster; NotPossible when the ID number belongs to somebody else.
    """
    values = {name: after for name, (_before, after) in changes.items()} | dict(derived or {})
    try:
        with transaction.atomic():
            written = Resident.objects.filter(pk=resident.pk, version=seen).update(
                **values, version=F("version") + 1, collection=collection
            )
    except IntegrityError as error:
        raise NotPossible(_("这个证件号码已登记给另一个人，请先核对。")) from error
    if not written:
        raise Overtaken(_("刚才有人改过这个人的信息，请刷新看看后再改。"))
    changed(
        Subject.RESIDENT,
        [(resident.pk, name, before, after) for name, (before, after) in changes.items()],
        by=by,
        at=at,
        collection=collection,
    )
    resident.refresh_from_db()
    return resident


def tell(
    name: str, resident: Resident, *, by: Person | None, at: datetime, **facts: object
) -> None:
    """Record what happened to a person, by reference."""
    record(f"residents.{name}", about=resident, by=by, at=at, area_path=resident.grid.path, **facts)
