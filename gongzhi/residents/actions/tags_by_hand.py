"""Tags that a person puts and takes away, beside those by rules (see `tagging`)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.residents.actions.editing import may_keep, tell
from gongzhi.residents.models import Resident, Tag
from gongzhi.residents.reads.tags import kinds
from gongzhi.residents.record import changed, collection_for, noted_of
from gongzhi.residents.rows import Collected
from gongzhi.residents.words import Subject, TagOrigin


@action
def put_tag(
    *,
    by: Person,
    resident: Resident,
    code: str,
    note: str,
    collected: Collected,
    at: datetime,
    until: date | None = None,
) -> Tag:
    """Put a tag by hand, with a reason and, best, an end; again changes reason and end.

    NotPossible where a rule has put it already.
    """
    may_keep(by, resident)
    note = note.strip()[:200]
    if code not in kinds():
        raise NotUnderstood(_("没有这个标签。"), field="code")
    if not note:
        raise NotUnderstood(_("请写明为什么加这个标签，本人可以查阅。"), field="note")
    if until is not None and until < at.date():
        raise NotUnderstood(_("到期日不能早于今天。"), field="until")
    known = resident.tags.filter(code=code).first()
    if known is not None and known.origin == TagOrigin.RULE:
        raise NotPossible(_("这个标签已由规则自动添加。"), field="code")
    if known is not None and (known.note, known.until) == (note, until):
        return known
    row, _made = Tag.objects.update_or_create(
        resident=resident,
        code=code,
        defaults={
            "origin": TagOrigin.MANUAL,
            "since": known.since if known else at.date(),
            "until": until,
            "put_by": by,
            "note": note,
            "place": resident.grid_id,
        },
    )
    past = [(resident.pk, code, noted_of(known) if known else "", noted_of(row))]
    changed(Subject.TAG, past, by=by, at=at, collection=collection_for(by, collected))
    tell("tag_put", resident, by=by, at=at, code=code)
    return row


@action
def remove_tag(
    *, by: Person, resident: Resident, tag: Tag, collected: Collected, at: datetime
) -> None:
    """Take away a tag that was put by hand; one by a rule goes by a review or a correction."""
    may_keep(by, resident)
    if tag.origin == TagOrigin.RULE:
        raise NotAllowed(_("这是自动标签：请更正登记的情况，或提出复核。"))
    gone, _rows = resident.tags.filter(pk=tag.pk, origin=TagOrigin.MANUAL).delete()
    if not gone:
        raise Overtaken(_("这个标签刚才已被删去。"))
    past = [(resident.pk, tag.code, noted_of(tag), "")]
    changed(Subject.TAG, past, by=by, at=at, collection=collection_for(by, collected))
    tell("tag_removed", resident, by=by, at=at, code=tag.code)
