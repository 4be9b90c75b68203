"""What reporters and other claimants do after the report: join, add, rate."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.actions.afterwards import answered_by_rating
from gongzhi.cases.actions.moves import remark, require_words, write
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case, Claimant
from gongzhi.cases.words import FileMoment, RemarkKind, Source, Status
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood


@action
def join(
    *,
    by: Person | None,
    case: Case,
    reporter_ref: str,
    at: datetime,
    source: Source = Source.POCKET,
) -> Case:
    """Say “me too”: one more claimant who hears what happens; saying it twice counts once."""
    if case.reporter_ref == reporter_ref:
        return case
    if not case.is_open:
        raise NotPossible(_("这件事已经办结。如果又出现了，请重新反映。"))
    _claim, is_new = Claimant.objects.get_or_create(
        case=case,
        reporter_ref=reporter_ref,
        defaults={"person": by, "source": source, "at": at},
    )
    if is_new:
        Case.objects.filter(pk=case.pk).update(joined=F("joined") + 1)
        case.refresh_from_db()
        record("cases.joined", about=case, by=by, at=at, area_path=case.area.path)
    return case


@action
def supplement(
    *,
    by: Person | None,
    case: Case,
    reporter_ref: str,
    text: str,
    at: datetime,
    files: Sequence[StoredFile] = (),
) -> Case:
    """Add something the reporter forgot, while the case is open; files lie in the store already."""
    _require_own(case, reporter_ref)
    require_words(text, _("请写下要补充的情况。"), least=1)
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不能再补充。如果问题还在，请重新反映。"))
    event = record("cases.supplemented", about=case, by=by, at=at, area_path=case.area.path)
    remark(event, case, RemarkKind.SUPPLEMENT, text)
    Attachment.objects.bulk_create(
        Attachment(case=case, moment=FileMoment.REPORT, by=by, at=at, **stored.as_fields())
        for stored in files
    )
    return case


@action
def rate(
    *,
    by: Person | None,
    case: Case,
    reporter_ref: str,
    stars: int,
    text: str,
    at: datetime,
    solved: bool | None = None,
) -> Case:
    """Rate a closed case once, from 1 (bad) to 5 (good), and say whether it is solved.

    A return visit that is still owed is answered by it.
    """
    _require_own(case, reporter_ref)
    if not 1 <= stars <= 5:
        raise NotUnderstood(_("请选择一到五颗星。"), field="stars")
    if case.status != Status.CLOSED:
        raise NotPossible(_("案件办结以后才能评价。"))
    if case.stars is not None:
        if case.stars == stars:
            return case
        raise NotPossible(_("您已经评价过了，谢谢。"))
    write(case, stars=stars)
    said = {"stars": stars} if solved is None else {"stars": stars, "solved": solved}
    event = record("cases.rated", about=case, by=by, at=at, area_path=case.area.path, **said)
    remark(event, case, RemarkKind.RATING, text)
    answered_by_rating(case, stars=stars, solved=solved, at=at)
    return case


def _require_own(case: Case, reporter_ref: str) -> None:
    if case.reporter_ref != reporter_ref:
        raise NotPossible(_("只有反映人本人可以这样做。"))
