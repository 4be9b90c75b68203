"""Letting partners in and out; what did not get through is given up, sent again or told by hand."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.text import slugify
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors import ending
from gongzhi.doors.models import Answer, Partner, digest_of
from gongzhi.doors.words import Door, Told
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood

SIGNING = frozenset(
    {Door.HOTLINE, Door.WEBHOOK, Door.PHONE}
)  # doors whose partners sign with their key
PER_MINUTE_MOST = 6000


@action
def admit(
    *,
    by: Person | None,
    name: str,
    key: str,
    at: datetime,
    door: str = Door.OPEN311,
    code: str = "",
    url: str = "",
) -> Partner:
    """Let the program called `name` write with `key`; a known name gets the new key instead.

    Where the door is one of SIGNING the key itself is kept, sealed, because both sides sign with
    it. `code` is what it calls itself in signed calls, `url` where its answers go. `by` is None on
    the command line, where whoever can run commands may do everything.
    """
    if by is not None:
        require(by, Can.MANAGE_ACCOUNTS, within=None)
    known = Partner.objects.filter(name=name).first()
    code = code or (known.code if known else _code_from(name, key))
    if Partner.objects.filter(code=code).exclude(name=name).exists():
        raise NotUnderstood(_("这个接入代码已经有别的系统在用，请换一个。"), field="code")
    changes = {
        "code": code,
        "door": door,
        "key_digest": digest_of(key),
        "secret": key if door in SIGNING else "",
        "url": _address(url) if url or known is None else known.url,
        "active": True,
    }
    partner, _new = Partner.objects.update_or_create(
        name=name, defaults=changes, create_defaults={**changes, "created_at": at}
    )
    record("doors.partner_admitted", about=partner, by=by, at=at, door=str(door))
    return partner


@action
def arrange(
    *,
    by: Person,
    partner: Partner,
    url: str,
    wants: Collection[str],
    per_minute: int,
    at: datetime,
) -> Partner:
    """Set where the partner's answers go, which news it is sent and how often it may call."""
    require(by, Can.MANAGE_ACCOUNTS, within=None)
    if unknown := set(wants) - set(Told.values):
        raise NotUnderstood(
            _("没有“%(what)s”这种通知。") % {"what": "、".join(sorted(unknown))[:60]}, field="wants"
        )
    if not 1 <= per_minute <= PER_MINUTE_MOST:
        raise NotUnderstood(
            _("每分钟上限应在 1 到 %(most)s 之间。") % {"most": PER_MINUTE_MOST}, field="per_minute"
        )
    Partner.objects.filter(pk=partner.pk).update(
        url=_address(url), wants=sorted(wants), per_minute=per_minute
    )
    partner.refresh_from_db()
    record("doors.partner_arranged", about=partner, by=by, at=at, wants=sorted(wants))
    return partner


@action
def shut_out(*, by: Person | None, partner: Partner, at: datetime) -> Partner:
    """Refuse the partner's key from now on; what it reported stays."""
    if by is not None:
        require(by, Can.MANAGE_ACCOUNTS, within=None)
    if Partner.objects.filter(pk=partner.pk, active=True).update(active=False):
        record("doors.partner_shut_out", about=partner, by=by, at=at)
    partner.refresh_from_db()
    return partner


@action
def resend(*, by: Person, answer: Answer, at: datetime) -> Answer:
    """Owe an answer again that was given up; once, however many press the button."""
    if not may_resend(by, answer):
        raise NotAllowed(_("您的岗位不能重发这条答复，请联系所在街道的调度员。"))
    if not ending.owed_again(answer, at):
        raise NotPossible(_("这条答复已经在发送或已送达，请刷新后再看。"))
    _record_answer("doors.answer_resent", answer, by, at)
    answer.refresh_from_db()
    return answer


@action
def give_up(*, by: Person | None, answer: Answer, error: str, at: datetime) -> bool:
    """Stop trying to deliver an answer, or learn that it came back; False when it was noted before.

    From now on it waits for a person: the dispatchers of the case hear of it.
    """
    if not ending.given_up(answer, error):
        return False
    _record_answer("doors.answer_given_up", answer, by, at)
    return True


@action
def tell_otherwise(*, by: Person, answer: Answer, how: str, at: datetime) -> Answer:
    """Note that a person told the other side what could not be delivered; once."""
    if not may_resend(by, answer):
        raise NotAllowed(_("您的岗位不能处理这条答复，请联系所在街道的调度员。"))
    if not ending.ended_by_hand(answer, how, at):
        raise NotPossible(_("这条答复已经有人处理过了，请刷新后再看。"))
    _record_answer("doors.answer_told_otherwise", answer, by, at, how=how)
    answer.refresh_from_db()
    return answer


def _record_answer(
    name: str, answer: Answer, by: Person | None, at: datetime, **facts: object
) -> None:
    path = answer.entry.case.area.path
    record(name, about=answer, by=by, at=at, area_path=path, told=answer.told, **facts)


def may_resend(person: Person, answer: Answer) -> bool:
    """Administrators may, and whoever dispatches the case."""
    return ending.may_end(person, answer.entry.case.area)


def _code_from(name: str, key: str) -> str:
    """A code for a program that was given none: its name where that is Latin, else some letters."""
    return slugify(name)[:30] or f"p-{digest_of(key)[:8]}"


def _address(url: str) -> str:
    url = url.strip()
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc):
        raise NotUnderstood(_("对方地址应以 http:// 或 https:// 开头，不带用户名。"), field="url")
    return url[:200]
