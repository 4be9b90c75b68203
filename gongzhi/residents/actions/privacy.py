"""What the law gives to people, and what staff owe for looking: reveal, requests, erasure."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.actions import action
from gongzhi.kernel.limits import within_limit
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken
from gongzhi.residents.actions.editing import tell
from gongzhi.residents.actions.indexing import index
from gongzhi.residents.actions.tagging import retag
from gongzhi.residents.models import (
    AccountLink,
    Change,
    Relation,
    Request,
    Resident,
    TagException,
)
from gongzhi.residents.reads.own import Numbers, numbers_of, own_record
from gongzhi.residents.words import (
    ABOUT_A_PERSON,
    EraseGround,
    LifeState,
    RequestKind,
    RequestState,
    RevealGround,
)

MOST_AN_HOUR = 60
LONGEST_TEXT = 1000
ERASED_NAME = "—"


@action
def reveal(*, by: Person, resident: Resident, ground: RevealGround, at: datetime) -> Numbers:
    """The whole ID number and phones, for a reason; who looked, and why, stays on record."""
    require(by, Can.REVEAL_NUMBERS, within=resident.grid)
    within_limit("reveal", str(by.pk), most=MOST_AN_HOUR, seconds=3600, at=at)
    numbers = numbers_of(resident)
    if not numbers.id_number and not numbers.phones:
        raise NotPossible(_("没有登记证件号码和电话。"))
    tell("numbers_revealed", resident, by=by, at=at, ground=ground.value)
    return numbers


@action
def link_account(*, by: Person, resident: Resident, account: Person, at: datetime) -> AccountLink:
    """The account is this person's: said by staff who saw the ID card. Again changes nothing."""
    require(by, Can.ANSWER_REQUESTS, within=resident.grid)
    link = AccountLink.objects.filter(account=account).first()
    if link is not None and link.resident_id == resident.pk:
        return link
    if link is not None or AccountLink.objects.filter(resident=resident).exists():
        raise NotPossible(_("这个账号或这个人已经与别的登记关联，请先核对。"))
    link = AccountLink.objects.create(
        account=account, resident=resident, linked_by=by, linked_at=at
    )
    tell("account_linked", resident, by=by, at=at, account=account.pk)
    return link


@action
def ask(
    *,
    by: Person,
    resident: Resident,
    kind: RequestKind,
    at: datetime,
    tag: str = "",
    text: str = "",
) -> Request:
    """Somebody asks about themselves, or staff write down what they asked at the counter.

    One open request of a kind; asking again gives the one that waits.
    """
    own = AccountLink.objects.filter(account=by, resident=resident).exists()
    if not own:
        require(by, Can.KEEP_REGISTER, within=resident.grid)
    if len(text) > LONGEST_TEXT:
        raise NotUnderstood(_("最多%(n)d个字。") % {"n": LONGEST_TEXT}, field="text")
    if kind == RequestKind.REVIEW and not resident.tags.filter(code=tag).exists():
        raise NotUnderstood(_("请选择要复核的标签。"), field="tag")
    if kind == RequestKind.CORRECT and not text.strip():
        raise NotUnderstood(_("请写明要更正什么。"), field="text")
    request, made = Request.objects.get_or_create(
        resident=resident,
        kind=kind,
        tag=tag if kind == RequestKind.REVIEW else "",
        state=RequestState.OPEN,
        defaults={"text": text.strip(), "asked_by": by, "asked_at": at},
    )
    if made:
        tell("asked", resident, by=by, at=at, kind=kind.value, request=request.pk)
    return request


@action
def answer(
    *,
    by: Person,
    request: Request,
    granted: bool,
    text: str,
    at: datetime,
) -> Request:
    """Answer a person's request; the first answer counts, the second gets Overtaken.

    A review that is granted takes the tag away and keeps its rule off this person. Corrections
    are made with `correct`, erasure with `erase`; granting them here says that it was done.
    """
    resident = request.resident
    require(by, Can.ANSWER_REQUESTS, within=resident.grid)
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise NotUnderstood(_("请写明答复，最多%(n)d个字。") % {"n": LONGEST_TEXT}, field="text")
    state = RequestState.GRANTED if granted else RequestState.DECLINED
    request_now = Request.objects.filter(pk=request.pk, state=RequestState.OPEN)
    # update() passes the sealed column through the field, so the answer is sealed as well.
    written = request_now.update(state=state, answer=text.strip(), answered_by=by, answered_at=at)
    if not written:
        raise Overtaken(_("这个请求已经有人答复了，请看看他们的答复。"))
    if granted and request.kind == RequestKind.REVIEW:
        TagException.objects.get_or_create(
            resident=resident,
            code=request.tag,
            defaults={"ground": text.strip()[:200], "by": by, "at": at},
        )
        resident.tags.filter(code=request.tag).delete()
    tell("answered", resident, by=by, at=at, request=request.pk, granted=granted)
    request.refresh_from_db()
    return request


@action
def export_own(*, by: Person, resident: Resident, at: datetime) -> dict[str, Any]:
    """All that is kept about somebody, for themselves: to their own account or at the counter.

    Gives plain values that become JSON; the export is on record.
    """
    own = AccountLink.objects.filter(account=by, resident=resident).exists()
    if not own:
        require(by, Can.ANSWER_REQUESTS, within=resident.grid)
    tell("own_exported", resident, by=by, at=at)
    return own_record(resident)


@action
def erase(*, by: Person, resident: Resident, ground: EraseGround, at: datetime) -> Resident:
    """Take the person out of the register for good; a row without anything personal stays.

    Cases, visits and the journal point to the row and keep their own story. Again: NotPossible.
    """
    require(by, Can.ANSWER_REQUESTS, within=resident.grid)
    written = (
        Resident.objects.filter(pk=resident.pk)
        .exclude(state=LifeState.ERASED)
        .update(
            name=ERASED_NAME,
            id_number="",
            id_index=None,
            gender="",
            born=None,
            ethnicity="",
            home=None,
            address="",
            registered_address="",
            residence="",
            household=None,
            role="",
            note="",
            state=LifeState.ERASED,
            state_since=at.date(),
        )
    )
    if not written:
        raise NotPossible(_("这个人的信息已经删除了。"))
    home, account = resident.home_id, AccountLink.objects.filter(resident=resident).first()
    _wipe(resident)
    index([resident.pk])
    retag([], at=at, homes=[home] if home else [])
    tell(
        "erased", resident, by=by, at=at, ground=ground.value,
        account=account.account_id if account else None,
    )  # fmt: skip
    resident.refresh_from_db()
    return resident


def _wipe(resident: Resident) -> None:
    """Everything that hangs on the person, and their past."""
    for rows in (
        resident.phones, resident.facts, resident.relations, resident.tags,
        resident.tag_exceptions, resident.ownerships,
    ):  # fmt: skip
        rows.all().delete()
    Relation.objects.filter(other=resident).delete()
    AccountLink.objects.filter(resident=resident).delete()
    past = Change.objects.filter(subject__in=ABOUT_A_PERSON, subject_id=resident.pk)
    past.update(before="", after="")
    Request.objects.filter(resident=resident).update(text="", answer="")
