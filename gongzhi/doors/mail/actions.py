"""Taking in letters: new matters, words for old ones, and what no person wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import rules as case_rules
from gongzhi.cases.actions import NewReport, supplement
from gongzhi.cases.actions.moves import REMARK_MOST
from gongzhi.cases.files import StoredFile, take_photo
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source
from gongzhi.doors import ending, turned_away
from gongzhi.doors.actions import give_up
from gongzhi.doors.mail.agreed import Mailbox, terms
from gongzhi.doors.mail.letters import Letter
from gongzhi.doors.mail.models import Regret, Taken
from gongzhi.doors.mail.rules import bare_subject
from gongzhi.doors.mail.threads import case_of, ours, ref_of
from gongzhi.doors.mail.words import Verdict
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.reports import Arrival, enter_many, key_of
from gongzhi.doors.whereabouts import Gazetteer, Whereabouts
from gongzhi.doors.words import Delivery, Door
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Refusal
from gongzhi.kernel.sealed import blind_index
from gongzhi.places import reads as places
from gongzhi.places.models import Area

PHOTOS_MOST = 6
DAY = timedelta(days=1)


@dataclass
class Draft:
    """A letter on its way: what becomes of it, and the files it brought."""

    letter: Letter
    verdict: Verdict = Verdict.CASE
    case: Case | None = None
    entry: Entry | None = None
    files: list[StoredFile] = field(default_factory=list)
    sentence: str = ""
    left_out: list[str] = field(default_factory=list)


@action
def take_letters(
    *, by: Person | None, letters: Sequence[Letter], mailbox: Mailbox, at: datetime
) -> dict[str, Verdict]:
    """Take in letters in one transaction, and say by digest what became of each.

    A letter that was taken before is known by its digest and changes nothing. Refusal when one of
    several cannot be taken: then nothing is, and the caller tries each by itself.
    """
    for _attempt in range(3):
        known = _known(letters)
        fresh = {letter.digest: letter for letter in letters if letter.digest not in known}
        try:
            with transaction.atomic():
                taken = _take([Draft(letter) for letter in fresh.values()], mailbox, by, at)
        except IntegrityError:  # the same letters are being taken elsewhere this very moment
            continue
        return {**known, **taken}
    raise IntegrityError("the same letters kept arriving elsewhere")


@action
def refuse_letter(
    *, by: Person | None, letter: Letter, mailbox: Mailbox, refusal: Refusal, at: datetime
) -> Verdict:
    """Note a letter that cannot become a case, and owe its writer the reason."""
    draft = Draft(letter, Verdict.REFUSED, sentence=refusal.sentence)
    _keep([draft], mailbox, at)
    turned_away.note(Door.MAILBOX, refusal, external_id=letter.number, at=at)
    return draft.verdict


@action
def set_aside(*, by: Person | None, digest: str, mailbox: Mailbox, at: datetime) -> Verdict:
    """Note something that is no letter at all; the original waits in its folder for a person."""
    Taken.objects.get_or_create(
        digest=digest,
        defaults={"mailbox": mailbox.code, "verdict": Verdict.UNREADABLE, "at": at},
    )
    refusal = NotUnderstood(_("这封邮件读不了，已放入单独的文件夹，请人工查看。"))
    turned_away.note(Door.MAILBOX, refusal, external_id=digest[:12], at=at)
    return Verdict.UNREADABLE


def _known(letters: Sequence[Letter]) -> dict[str, Verdict]:
    digests = [letter.digest for letter in letters]
    rows = Taken.objects.filter(digest__in=digests).values_list("digest", "verdict")
    return {digest: Verdict(verdict) for digest, verdict in rows}


def _take(
    drafts: Sequence[Draft], mailbox: Mailbox, by: Person | None, at: datetime
) -> dict[str, Verdict]:
    for draft in drafts:
        _judge(draft)
    new = [draft for draft in drafts if draft.verdict == Verdict.CASE]
    names, area = Gazetteer(), _area_of(mailbox)
    arrivals = [_arrival(draft, mailbox, names, area) for draft in new]
    for draft, entered in zip(new, enter_many(by=by, arrivals=arrivals, at=at), strict=True):
        draft.entry = entered.entry
    for draft in drafts:
        if draft.verdict == Verdict.SUPPLEMENT and draft.case:
            _add(draft, draft.case, by, at)
        for message_id in draft.letter.bounced:
            _note_bounce(message_id, at)
    _keep(drafts, mailbox, at)
    return {draft.letter.digest: draft.verdict for draft in drafts}


def _judge(draft: Draft) -> None:
    """What becomes of it; pictures are stored only for what will be kept."""
    letter = draft.letter
    if letter.automatic:
        draft.verdict = Verdict.AUTOMATIC
        return
    for n, picture in enumerate(letter.pictures):
        try:
            if n >= PHOTOS_MOST:
                raise NotUnderstood("")
            draft.files.append(take_photo(ContentFile(picture, name="mail")))
        except Refusal:
            draft.left_out.append(_("图片%(n)s") % {"n": n + 1})
    draft.left_out += letter.others
    draft.case = case_of(letter)
    words = letter.text or (bare_subject(letter.subject) if draft.case is None else "")
    if not case_rules.says_something(words) and not draft.files:
        draft.verdict = Verdict.EMPTY
        draft.sentence = _("来信没有文字和照片，请写明发生了什么、在什么地方，直接回复本邮件。")
    elif draft.case is not None:
        draft.verdict = Verdict.SUPPLEMENT


def _add(draft: Draft, case: Case, by: Person | None, at: datetime) -> None:
    text = _bounded(draft.letter.text or _("（见照片）"), draft, REMARK_MOST)
    supplement(
        by=by, case=case, reporter_ref=case.reporter_ref, text=text, at=at, files=draft.files
    )
    draft.entry = Entry.objects.filter(case=case, door=Door.MAILBOX).first()


def _arrival(draft: Draft, mailbox: Mailbox, names: Gazetteer, area: Area) -> Arrival:
    letter = draft.letter
    subject = bare_subject(letter.subject)
    lines = (
        [letter.text] if not subject or letter.text.startswith(subject) else [subject, letter.text]
    )
    text = _bounded("\n".join(line for line in lines if line), draft)
    where = names.find(f"{subject}\n{letter.text}"[:4000])
    place = where if where.area else Whereabouts(area=area)
    return Arrival(
        door=Door.MAILBOX,
        issuer=mailbox.code,
        external_id=letter.number,
        new=NewReport(
            key=key_of(Door.MAILBOX, mailbox.code, letter.digest),
            reporter_ref=ref_of(letter.sender),
            text=text,
            lng=place.lng,
            lat=place.lat,
            area=place.area,
            source=Source.MAIL,
            contact_name=letter.name,
            files=tuple(draft.files),
        ),
        address=letter.sender,
        thread={
            "mailbox": mailbox.code,
            "message_id": letter.message_id,
            "references": list(letter.threads[-10:]),
            "subject": subject,
        },
        sent_at=letter.sent_at,
    )


def _bounded(text: str, draft: Draft, most: int = case_rules.TEXT_MOST) -> str:
    """As much as a case can hold, and what the original in the mailbox has beyond that."""
    notes = []
    if draft.left_out:
        names = "、".join(draft.left_out[:10])
        notes.append(_("（附件没有收入：%(names)s，见信箱原件）") % {"names": names})
    if not draft.letter.whole:
        notes.append(_("（来信太大，附件没有收入，见信箱原件）"))
    tail = "".join(f"\n{note}" for note in notes)
    if len(text) + len(tail) > most:
        tail = "\n" + _("（来信较长，其余见信箱原件）") + tail
        text = text[: most - len(tail)]
    return text + tail


def _area_of(mailbox: Mailbox) -> Area:
    named = Area.objects.filter(code=mailbox.area).first() if mailbox.area else None
    return named or places.district()


def _keep(drafts: Sequence[Draft], mailbox: Mailbox, at: datetime) -> None:
    rows = Taken.objects.bulk_create(
        Taken(
            digest=draft.letter.digest,
            mailbox=mailbox.code,
            message_id=draft.letter.message_id,
            sender=blind_index(draft.letter.sender),
            verdict=draft.verdict,
            entry=draft.entry,
            at=at,
        )
        for draft in drafts
    )
    for row, draft in zip(rows, drafts, strict=True):
        if draft.sentence and draft.letter.sender and may_write_to(row.sender, at):
            Regret.objects.create(
                taken=row,
                address=draft.letter.sender,
                subject=bare_subject(draft.letter.subject),
                sentence=draft.sentence,
                area=_area_of(mailbox),
                not_before=at,
            )


def may_write_to(sender: str, at: datetime) -> bool:
    """Whether another letter by machine is decent: who writes all day may be a machine as well."""
    lately = Taken.objects.filter(sender=sender, at__gt=at - DAY)
    return lately.exclude(verdict=Verdict.SUPPLEMENT).count() <= terms().acknowledged_a_day


def _note_bounce(message_id: str, at: datetime) -> None:
    """A letter of ours that came back was not received: a person must look."""
    named = ours(message_id)
    if named is None:
        return
    pk, entry = named
    error = _("对方邮箱退信")
    if not entry:
        for regret in Regret.objects.filter(pk=pk, state=Delivery.SENT):
            give_up_regret(by=None, regret=regret, error=error, at=at)
        return
    found = Answer.objects.filter(pk=pk, entry__door=Door.MAILBOX, state=Delivery.SENT)
    for answer in found.select_related("entry__case__area"):
        give_up(by=None, answer=answer, error=error, at=at)


@action
def give_up_regret(*, by: Person | None, regret: Regret, error: str, at: datetime) -> bool:
    """Stop trying to say why there is no case, or learn that it came back; False if noted before.

    From now on it waits for a person: the dispatchers of the mailbox's area hear of it.
    """
    if not ending.given_up(regret, error):
        return False
    _record_regret("mail.regret_given_up", regret, by, at)
    return True


@action
def resend_regret(*, by: Person, regret: Regret, at: datetime) -> Regret:
    """Owe a letter again that was given up; once, however many press the button."""
    _for_dispatchers(by, regret)
    if not ending.owed_again(regret, at):
        raise NotPossible(_("这封回信已经在发送或已送达，请刷新后再看。"))
    _record_regret("mail.regret_resent", regret, by, at)
    regret.refresh_from_db()
    return regret


@action
def tell_writer_otherwise(*, by: Person, regret: Regret, how: str, at: datetime) -> Regret:
    """Note that a person told the writer why there is no case; once."""
    _for_dispatchers(by, regret)
    if not ending.ended_by_hand(regret, how, at):
        raise NotPossible(_("这封回信已经有人处理过了，请刷新后再看。"))
    _record_regret("mail.regret_told_otherwise", regret, by, at, how=how)
    regret.refresh_from_db()
    return regret


def _for_dispatchers(by: Person, regret: Regret) -> None:
    if not ending.may_end(by, regret.area or places.district()):
        raise NotAllowed(_("您的岗位不能处理这封回信，请联系所在街道的调度员。"))


def _record_regret(
    name: str, regret: Regret, by: Person | None, at: datetime, **facts: object
) -> None:
    area = regret.area or places.district()
    record(name, about=regret, by=by, at=at, area_path=area.path, **facts)
