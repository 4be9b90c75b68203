"""What an item asks to be shown before its cases are done: photos, and photos of papers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case
from gongzhi.cases.words import FileKind, FileMoment
from gongzhi.catalogue.words import Evidence
from gongzhi.journal.models import Event
from gongzhi.kernel.refusals import NotPossible, NotUnderstood

Papers = Mapping[str, Sequence[StoredFile]]  # what they show → photos of it

# What is on file in packages above, such as an agreement that both sides signed.
ON_FILE: list[Callable[[Case], Iterable[str]]] = []


def missing_evidence(case: Case, *, given: Iterable[str] = ()) -> list[Evidence]:
    """What the item asks for and nothing on file shows; `given` comes with the step itself.

    Words are asked of every handling anyway. What was shown before a redo shows nothing now.
    """
    asked = [Evidence(code) for code in (case.item.evidence if case.item else [])]
    there = {Evidence.TEXT.value, *given}
    if {one.value for one in asked} <= there:
        return []
    since = case.reopened_at or case.reported_at
    for moment, shows, at in _photos(case):
        if moment in {FileMoment.REPORT, FileMoment.BEFORE}:
            there.add(Evidence.PHOTO_BEFORE.value)
        elif at >= since:
            there.add(shows or Evidence.PHOTO_AFTER.value)
    for look in ON_FILE:
        there.update(look(case))
    return [one for one in asked if one.value not in there]


def _photos(case: Case) -> list[tuple[str, str, datetime]]:
    """Photos of the case; what those merged into it showed at first counts for it too."""
    photos = Attachment.objects.filter(kind=FileKind.PHOTO)
    own = photos.filter(case=case).values_list("moment", "shows", "at")
    theirs = photos.filter(case__parent=case, moment=FileMoment.REPORT)
    return [*own, *theirs.values_list("moment", "shows", "at")]


def require_evidence(case: Case, *, given: Iterable[str]) -> None:
    """NotUnderstood names everything that is missing, at the field of the first."""
    missing = missing_evidence(case, given=given)
    if not missing:
        return
    if missing == [Evidence.PHOTO_AFTER]:
        raise NotUnderstood(_("这类事项要有处置后的照片才能提交，请补拍一张。"), field="photos")
    names = "、".join(str(one.label) for one in missing)
    field = "photos" if missing[0] == Evidence.PHOTO_AFTER else missing[0].value
    raise NotUnderstood(
        _("这类事项结案还缺：%(names)s。请补齐后再提交，纸质材料拍照即可。") % {"names": names},
        field=field,
    )


def require_evidence_still(case: Case) -> None:
    """Another item, decided after the handling, may ask for more; the handler must show it then."""
    if case.handled_at is None:
        return
    changed = Event.objects.filter(
        name="cases.classified", kind="case", subject_id=case.pk, at__gte=case.handled_at
    )
    if changed.exists() and (missing := missing_evidence(case)):
        names = "、".join(str(one.label) for one in missing)
        raise NotPossible(
            _("改了事项后，结案还缺：%(names)s。请退回承办人补齐。") % {"names": names}
        )


def keep_shown(
    case: Case,
    *,
    by: Person,
    at: datetime,
    after: Sequence[StoredFile],
    before: Sequence[StoredFile],
    papers: Papers,
) -> None:
    """Put on file what was shown with the handling."""
    rows = [(FileMoment.BEFORE, "", one) for one in before]
    rows += [(FileMoment.AFTER, "", one) for one in after]
    rows += [(FileMoment.PAPER, code, one) for code, some in papers.items() for one in some]
    Attachment.objects.bulk_create(
        Attachment(case=case, moment=moment, shows=code, by=by, at=at, **stored.as_fields())
        for moment, code, stored in rows
    )
