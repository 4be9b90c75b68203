"""Letters to those who wrote: in their thread, marked as written by a machine."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.doors.answers import answers
from gongzhi.doors.mail.actions import may_write_to
from gongzhi.doors.mail.agreed import Mailbox, terms
from gongzhi.doors.mail.threads import our_id
from gongzhi.doors.models import Answer, Entry
from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.sentences import news
from gongzhi.doors.words import Door, Told
from gongzhi.kernel.sealed import blind_index

WANTS = frozenset({Told.RECEIVED, Told.ACCEPTED, Told.CLOSED, Told.DECLINED})
SECONDS = 20.0


class NotNow(Exception):  # noqa: N818 - the server is there, and wants this letter later
    """The server put off this letter alone; others may pass."""


def wanted(entry: Entry) -> frozenset[Told]:
    """Nothing for a mailbox that is gone; no receipts for whoever writes all day."""
    if entry.thread.get("mailbox") not in terms().mailboxes or not entry.address:
        return frozenset()
    if not may_write_to(blind_index(entry.address), entry.at):
        return WANTS - {Told.RECEIVED}
    return WANTS


@answers(Door.MAILBOX, wants=wanted)
def send(answer: Answer) -> None:
    """Send one piece of news; its Message-ID is the same whenever it is sent."""
    entry = answer.entry
    box = terms().mailboxes.get(entry.thread.get("mailbox", ""))
    if box is None:
        raise Refused("the mailbox is not configured any more")
    number = entry.case.number
    subject = entry.thread.get("subject") or entry.case.title
    letter = written(box, to=entry.address, subject=f"Re: {subject} [{number}]", text=_text(answer))
    letter["Message-ID"] = f"<{our_id(answer)}@{domain(box)}>"
    if asked := entry.thread.get("message_id"):
        before = [*entry.thread.get("references", []), f"<{asked}>"]
        letter["In-Reply-To"] = f"<{asked}>"
        letter["References"] = " ".join(dict.fromkeys(before))
    deliver(box, letter)


def written(box: Mailbox, *, to: str, subject: str, text: str) -> EmailMessage:
    """A letter by machine, as it must say (RFC 3834), so that other machines keep quiet."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = formataddr((box.name, box.address))
    letter["To"] = to
    letter["Subject"] = " ".join(subject.split())[:200]
    letter["Date"] = formatdate(now().timestamp(), localtime=True)
    letter["Auto-Submitted"] = "auto-replied"
    letter["X-Auto-Response-Suppress"] = "All"
    letter["X-Loop"] = box.address
    letter.set_content(text, cte="base64")
    return letter


def deliver(box: Mailbox, letter: EmailMessage) -> None:
    """Hand the letter to the server. Unreachable, NotNow, or Refused for good."""
    try:
        with _server(box) as server:
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refusal(code, said) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(repr(error)[:300]) from error
    except ValueError as error:  # an address that cannot be written into a letter
        raise Refused(repr(error)[:300]) from error


def _refusal(code: int, said: bytes | str) -> Exception:
    words = f"{code} {said!r}"[:300]
    return Refused(words) if code >= 500 else NotNow(words)


@contextmanager
def _server(box: Mailbox) -> Iterator[smtplib.SMTP]:
    kind = smtplib.SMTP_SSL if box.smtp.tls == "yes" else smtplib.SMTP
    server = kind(box.smtp.host, box.smtp.port, timeout=SECONDS)
    try:
        if box.smtp.tls == "start":
            server.starttls()
        if box.smtp.user:
            server.login(box.smtp.user, box.password)
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _text(answer: Answer) -> str:
    lines = [_("您好："), "", news(answer)]
    case = answer.entry.case
    if answer.told == Told.RECEIVED and case.lng is None:
        lines.append(_("来信没有写明具体地点，请直接回复本邮件补充小区、楼栋或路名。"))
    if answer.told in {Told.RECEIVED, Told.ACCEPTED}:
        lines.append(_("要补充情况，直接回复本邮件即可，请不要改动标题里的编号。"))
        if settings.PUBLIC_URL:
            lines.append(
                _("也可以在 %(url)s 用编号和查询码 %(secret)s 查看进度。")
                % {"url": f"{settings.PUBLIC_URL}/track/", "secret": case.secret}
            )
    lines += ["", _("这封信由系统发出。紧急情况请直接拨打 110、119、120。")]
    return "\n".join(lines)


def domain(box: Mailbox) -> str:
    return box.address.rpartition("@")[2] or "localhost"
