"""Changing the catalogue: only ever by a whole new edition."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.catalogue import reads
from gongzhi.catalogue.models import Edition, Item, ItemClass
from gongzhi.catalogue.rules import content
from gongzhi.catalogue.rules.nodes import Fault
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotUnderstood


class BrokenCatalogue(NotUnderstood):
    """The files cannot be taken; `faults` tells each file, line and reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(_("事件目录有 %(n)s 处错误，未做任何更改。") % {"n": len(faults)})
        self.faults = faults


@dataclass(frozen=True)
class Loaded:
    """The edition in force after loading, and whether anything was changed for it."""

    edition: Edition
    is_new: bool
    changed: bool


@action
def load(*, by: Person | None, files: Mapping[str, str], at: datetime) -> Loaded:
    """Put the content of the files (name → text) in force, as a new edition if it is new.

    The content in force already changes nothing; that of an earlier edition brings that edition
    back. BrokenCatalogue (422) names every fault, and then nothing has changed.
    """
    if by is not None:
        require(by, Can.MANAGE_CONTENT, within=None)
    new, faults = content.read(files, reads.icons())
    if new is None:
        raise BrokenCatalogue(faults)
    edition = Edition.objects.filter(digest=new.digest).first()
    if edition is not None and edition.active:
        return Loaded(edition, is_new=False, changed=False)
    Edition.objects.filter(active=True).update(active=False)
    is_new = edition is None
    if edition is None:
        edition = _written(new, at)
    else:
        Edition.objects.filter(pk=edition.pk).update(active=True)
        edition.active = True
    record("catalogue.loaded", about=edition, by=by, at=at, number=edition.number, is_new=is_new)
    transaction.on_commit(reads.forget)
    return Loaded(edition, is_new=is_new, changed=True)


def _written(new: content.Content, at: datetime) -> Edition:
    last = Edition.objects.aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(
        number=last + 1,
        digest=new.digest,
        loaded_at=at,
        active=True,
        grading=asdict(new.signs),
        units=[asdict(unit) for unit in new.units],
    )
    classes = ItemClass.objects.bulk_create(
        ItemClass(edition=edition, code=c.code, name=c.name, icon=c.icon, description=c.about)
        for c in new.classes
    )
    Item.objects.bulk_create(
        Item(
            edition=edition,
            item_class=item_class,
            code=item.code,
            name=item.name,
            synonyms=list(item.synonyms),
            hints=list(item.hints),
            grade=item.grade,
            tier=item.tier,
            lead=item.lead,
            assists=list(item.assists),
            stages=[asdict(stage) for stage in item.stages],
            evidence=list(item.evidence),
            closing=item.closing,
            check_by_other=item.check,
            radius=item.radius,
            ask_again=item.ask_again,
            flow=item.flow,
            skips_levels=item.skips_levels,
            emergency=asdict(item.emergency) if item.emergency else None,
        )
        for item_class, written in zip(classes, new.classes, strict=True)
        for item in written.items
    )
    return edition
