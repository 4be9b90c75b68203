"""Keeping and removing a person's own layouts."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood
from gongzhi.sheets.kinds import Listing
from gongzhi.sheets.models import Layout
from gongzhi.sheets.writing import Column, Sheet

MOST = 20  # of one list, so that the choice stays one


def checked_columns(listing: Listing, named: Sequence[tuple[str, str]]) -> list[Column]:
    """(key, title) as columns. NotUnderstood for none, unknown ones and titles used twice."""
    columns = []
    for key, title in named:
        known = listing.column(key)
        if known is None:
            raise NotUnderstood(_("选择的列不存在，请刷新页面再试。"), field="columns")
        columns.append(Column(key, " ".join(title.split())[:40] or str(known.label), known.sort))
    if not columns:
        raise NotUnderstood(_("请至少选择一列。"), field="columns")
    titles = [column.title for column in columns]
    if twice := next((title for title in titles if titles.count(title) > 1), ""):
        raise NotUnderstood(
            _("有两列都叫“%(title)s”，请改一个名称。") % {"title": twice}, field="columns"
        )
    return columns


@action
def keep_layout(*, by: Person, listing: Listing, name: str, sheet: Sheet, at: datetime) -> Layout:
    """Keep a layout under a name; one of that name is replaced."""
    name = " ".join(name.split())[:40]
    if not name:
        raise NotUnderstood(_("请给版式起个名字。"), field="layout_name")
    mine = Layout.objects.filter(person=by, kind=listing.name)
    if mine.exclude(name=name).count() >= MOST:
        raise NotPossible(_("最多保存%(most)s个版式，请先删掉不用的。") % {"most": MOST})
    layout, _new = Layout.objects.update_or_create(
        person=by,
        kind=listing.name,
        name=name,
        defaults={
            "columns": [[column.key, column.title] for column in sheet.columns],
            "title": sheet.title,
            "header": sheet.header,
            "footer": sheet.footer,
            "signature": sheet.signature,
            "landscape": sheet.landscape,
            "updated_at": at,
        },
    )
    record("sheets.layout_kept", about=layout, by=by, at=at, kind=listing.name)
    return layout


@action
def remove_layout(*, by: Person, layout: Layout, at: datetime) -> None:
    """Remove a layout of one's own."""
    record("sheets.layout_removed", about=layout, by=by, at=at, kind=layout.kind)
    layout.delete()
