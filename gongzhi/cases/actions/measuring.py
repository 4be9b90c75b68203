"""Leaving a case out of the rates, with evidence and two signatures; and freezing a month."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.actions.moves import overtaken, require_words
from gongzhi.cases.files import StoredFile
from gongzhi.cases.models import Attachment, Case, Exclusion, FollowUp, FrozenMonth, MeasuredLine
from gongzhi.cases.reads.rates import Month, excluded_cases, is_frozen
from gongzhi.cases.words import ExclusionGround, FileMoment, Part
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood

FREEZE_AFTER = timedelta(days=10)  # behind the end of the month: time to object and to sign
CHUNK = 2000
NAMES = ("unit__name", "item__name", "area__parent__name", "area", "nature", "status")
SAID = ("reached", "contacted", "solved", "satisfied")


@action
def ask_exclusion(
    *,
    by: Person,
    case: Case,
    ground: ExclusionGround,
    reason: str,
    evidence: Sequence[StoredFile],
    at: datetime,
) -> Exclusion:
    """Ask to leave the case out of the rates, with a photo of the paper that proves it.

    Nothing changes before somebody else has signed.
    """
    require(by, Can.CHECK_CASES, within=case.area)
    require_words(reason, _("请写明为什么不应计入三率，签字人要据此判断。"))
    if not evidence:
        raise NotUnderstood(_("剔除要有证据，请上传证明材料的照片。"), field="photos")
    if is_frozen(Month.of(case.reported_at)):
        raise NotPossible(_("这个月的三率已经封存，不能再剔除。"))
    try:
        with transaction.atomic():
            asked = Exclusion.objects.create(
                case=case, ground=ground, reason=reason, asked_by=by, asked_at=at
            )
    except IntegrityError as error:
        raise NotPossible(_("这个案件已经申请过剔除，不能再申请。")) from error
    Attachment.objects.bulk_create(
        Attachment(case=case, moment=FileMoment.PAPER, by=by, at=at, **one.as_fields())
        for one in evidence
    )
    record(
        "cases.exclusion_asked",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        ground=ground.value,
    )
    return asked


@action
def decide_exclusion(*, by: Person, exclusion: Exclusion, granted: bool, at: datetime) -> Exclusion:
    """Sign, or refuse to: somebody who supervises, and neither asked nor handled the case."""
    case = exclusion.case
    require(by, Can.SUPERVISE, within=case.area)
    if by.pk in {exclusion.asked_by_id, case.handler_id}:
        raise NotPossible(_("剔除要由另一个人签字，申请人和承办人不能签。"))
    if is_frozen(Month.of(case.reported_at)):
        raise NotPossible(_("这个月的三率已经封存，不能再剔除。"))
    signed = Exclusion.objects.filter(pk=exclusion.pk, decided_at=None).update(
        granted=granted, decided_by=by, decided_at=at
    )
    if not signed:
        raise overtaken()
    exclusion.refresh_from_db()
    record(
        "cases.exclusion_decided",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        granted=granted,
    )
    return exclusion


@action
def freeze_month(*, by: Person | None, month: Month, at: datetime) -> FrozenMonth:
    """Write down every case and answer of a month as they stand; its rates never change again.

    NotPossible before its time; frozen twice, the first stays.
    """
    if at < month.ends + FREEZE_AFTER:
        raise NotPossible(_("月末十天以后才能封存，之前还可以申诉和剔除。"))
    frozen, new = FrozenMonth.objects.get_or_create(
        month=month.name, defaults={"frozen_at": at, "lines_count": 0, "digest": ""}
    )
    if not new:
        return frozen
    digest, count = hashlib.sha256(), 0
    lines = _lines(frozen, month)
    while some := list(islice(lines, CHUNK)):
        MeasuredLine.objects.bulk_create(some)
        count += len(some)
        for line in some:
            digest.update(as_text(line).encode())
    frozen.lines_count, frozen.digest = count, digest.hexdigest()
    frozen.save(update_fields=["lines_count", "digest"])
    record("cases.month_frozen", about=frozen, by=by, at=at, month=month.name, lines=count)
    return frozen


def month_to_freeze(at: datetime) -> Month | None:
    """The month behind the last frozen one, else the one before this; None while it is too soon."""
    last = FrozenMonth.objects.order_by("-month").first()
    month = Month.read(last.month, at) if last else Month.read(Month.of(at).before, at)
    month = Month.read(month.after, at) if last else month
    return month if at >= month.ends + FREEZE_AFTER else None


def as_text(line: MeasuredLine) -> str:
    """A line as its month's digest is taken of it."""
    said = (line.reached, line.contacted, line.solved, line.satisfied)
    names = (line.unit_name, line.item_name, line.area_name, line.nature, line.status)
    return f"{line.part}|{line.case_id}|{line.area_id}|{names}|{line.excluded}|{said}\n"


def is_untouched(frozen: FrozenMonth) -> bool:
    """Whether the lines of a frozen month are still those that were frozen."""
    digest = hashlib.sha256()
    for line in frozen.lines.order_by("pk").iterator(chunk_size=CHUNK):
        digest.update(as_text(line).encode())
    return digest.hexdigest() == frozen.digest


def _lines(frozen: FrozenMonth, month: Month) -> Iterator[MeasuredLine]:
    """Cases first, then answers, each in the order of their numbers."""
    left_out = set(excluded_cases().values_list("case", flat=True))
    cases = Case.objects.filter(reported_at__gte=month.begins, reported_at__lt=month.ends)
    for row in cases.order_by("pk").values("pk", *NAMES).iterator(chunk_size=CHUNK):
        yield _line(frozen, Part.REPORTED, row, "", left_out)
    answers = FollowUp.objects.filter(done_at__gte=month.begins, done_at__lt=month.ends)
    fields = ("case__pk", *(f"case__{name}" for name in NAMES), *SAID)
    for row in answers.order_by("pk").values(*fields).iterator(chunk_size=CHUNK):
        yield _line(frozen, Part.ANSWER, row, "case__", left_out)


def _line(
    frozen: FrozenMonth, part: Part, row: dict[str, Any], way: str, left_out: set[int]
) -> MeasuredLine:
    return MeasuredLine(
        frozen=frozen,
        part=part,
        case_id=row[f"{way}pk"],
        area_id=row[f"{way}area"],
        unit_name=row[f"{way}unit__name"] or "",
        item_name=row[f"{way}item__name"] or "",
        area_name=row[f"{way}area__parent__name"] or "",
        nature=row[f"{way}nature"],
        status=row[f"{way}status"],
        excluded=row[f"{way}pk"] in left_out,
        **{name: row.get(name) for name in SAID},
    )
