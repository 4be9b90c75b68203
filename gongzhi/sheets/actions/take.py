"""Taking a list out: asked for with a reason, written, downloaded; each on record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, TooLarge
from gongzhi.sheets import paper
from gongzhi.sheets.kinds import LISTINGS, Listing
from gongzhi.sheets.models import Outgoing
from gongzhi.sheets.words import Progress, Shape
from gongzhi.sheets.writing import Sheet

KEPT = timedelta(days=3)
REASON = range(2, 201)  # characters
PRINT_MOST = 3000  # rows of a page that a browser can still print
MOST = {Shape.PDF: paper.ROWS_MOST, Shape.PRINT: PRINT_MOST}


@dataclass(frozen=True)
class NewList:
    """What somebody wants to take out: the list as filtered, as what, and why."""

    listing: Listing
    query: Mapping[str, str]
    shape: Shape
    sheet: Sheet
    reason: str


def listing_of(person: Person, name: str) -> Listing:
    """The list of that name. NotUnderstood when there is none, NotAllowed when not for them."""
    listing = LISTINGS.get(name)
    if listing is None:
        raise NotUnderstood(_("没有这一份名单。"))
    require(person, listing.can, within=None)
    return listing


@action
def ask_for(*, by: Person, new: NewList, at: datetime) -> Outgoing:
    """Have a list written in the asker's layout; who, when and how many is on record.

    Why stands with the list itself, in the ledger of lists that left the house. The filters' words
    are sealed there and left out of the record, since people search for names.
    """
    listing = listing_of(by, new.listing.name)
    reason = " ".join(new.reason.split())
    if len(reason) not in REASON:
        raise NotUnderstood(
            _("请写明用途（2到200字），例如：第一季度高龄津贴核对。"), field="reason"
        )
    rows = listing.count(by, new.query, at)
    most = MOST.get(new.shape)
    if most and rows > most:
        raise TooLarge(
            _("这份名单有%(rows)s行，%(shape)s最多%(most)s行，请缩小范围或改用 Excel、CSV。")
            % {"rows": f"{rows:,}", "shape": new.shape.label, "most": f"{most:,}"}
        )
    outgoing = Outgoing.objects.create(
        person=by,
        kind=listing.name,
        shape=new.shape,
        progress=Progress.WAITING,
        rows=rows,
        query=json.dumps(dict(new.query), ensure_ascii=False),
        sheet=_stored(new.sheet),
        reason=reason,
        begun_at=at,
        expires_at=at + KEPT,
    )
    outgoing.sheet["mark"] = _mark(by, outgoing, at)
    outgoing.save(update_fields=["sheet"])
    record(
        "sheets.list_asked",
        about=outgoing,
        by=by,
        at=at,
        area_path=by.held[0].area.path if by.held else "",
        kind=listing.name,
        shape=new.shape.value,
        rows=rows,
        columns=[column.key for column in new.sheet.columns],
    )
    return outgoing


def _stored(sheet: Sheet) -> dict[str, object]:
    columns: Sequence[list[str]] = [[c.key, c.title, c.sort] for c in sheet.columns]
    texts = {name: getattr(sheet, name) for name in ("title", "header", "footer", "signature")}
    return {"columns": columns, "landscape": sheet.landscape, **texts}


def _mark(by: Person, outgoing: Outgoing, at: datetime) -> str:
    return _("%(name)s %(at)s 导出 · 编号%(number)s · 内部资料") % {
        "name": by.name,
        "at": f"{localtime(at):%Y-%m-%d %H:%M}",
        "number": outgoing.pk,
    }


@action
def take(*, by: Person, outgoing: Outgoing, at: datetime) -> Outgoing:
    """Let the person who asked have the file, and keep on record that it left the house.

    NotPossible when it is not written yet, failed, or has expired.
    """
    listing_of(by, outgoing.kind)
    if outgoing.progress != Progress.DONE:
        raise NotPossible(_("文件还没有准备好，请稍等。"))
    if at >= outgoing.expires_at:
        raise NotPossible(_("文件已过保存期并删除，请重新导出。"))
    Outgoing.objects.filter(pk=outgoing.pk).update(taken=F("taken") + 1)
    record(
        "sheets.list_taken", about=outgoing, by=by, at=at, kind=outgoing.kind, rows=outgoing.rows
    )
    return outgoing
