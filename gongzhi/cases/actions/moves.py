"""Changing a case's status once, however many people press the button together."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import rules
from gongzhi.cases.models import Case, Remark
from gongzhi.cases.words import RemarkKind, Status
from gongzhi.journal.models import Event
from gongzhi.journal.record import record
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

REMARK_MOST = 1000
REASON_LEAST = 4


def move(
    verb: str,
    case: Case,
    *,
    by: Person | None,
    at: datetime,
    seen: int | None,
    changes: dict[str, object] | None = None,
    **facts: object,
) -> Event:
    """Take the case through `verb` and record it.

    `seen` is the version the person had before their eyes: whoever acts on an older one is told
    instead of overwriting what somebody else did. NotPossible when the status does not allow it.
    """
    rule = rules.MOVES[verb]
    before = Status(case.status)
    if seen is not None and seen != case.version:
        raise overtaken()
    if before not in rule.before:
        raise NotPossible(
            _("案件现在是“%(now)s”，不能再变为“%(after)s”。请刷新页面查看最新进展。")
            % {"now": before.label, "after": Status(rule.after).label}
        )
    write(case, status=rule.after, **(changes or {}))
    return record(
        f"cases.{past(verb)}",
        about=case,
        by=by,
        at=at,
        area_path=case.area.path,
        before=before.value,
        **facts,
    )


def write(case: Case, **changes: object) -> None:
    """Write the changes if nobody has written since `case` was read; Overtaken otherwise."""
    written = Case.objects.filter(pk=case.pk, status=case.status, version=case.version).update(
        version=F("version") + 1, **changes
    )
    if not written:
        raise overtaken()
    case.refresh_from_db()


def overtaken() -> Overtaken:
    """What the slower of two people is told."""
    return Overtaken(_("刚刚有人先一步处理了这个案件，您的操作没有执行。请刷新后查看最新进展。"))


def require_words(text: str, sentence: str, *, least: int = REASON_LEAST) -> None:
    """NotUnderstood with the sentence when the text says less than so many visible characters."""
    if not rules.says_something(rules.clean(text), least):
        raise NotUnderstood(sentence, field="text")


def remark(event: Event, case: Case, kind: RemarkKind, text: str, *, ground: str = "") -> None:
    """Keep what the person wrote in taking this step; nothing when they wrote nothing."""
    text = rules.clean(text)
    if len(text) > REMARK_MOST:
        raise NotUnderstood(
            _("说明最多 %(most)s 字，请删减。") % {"most": REMARK_MOST}, field="text"
        )
    if text or ground:
        Remark.objects.create(case=case, event=event, kind=kind, text=text, ground=ground)


_PAST = {
    "dispatch": "dispatched",
    "decline": "declined",
    "accept": "accepted",
    "return_to_sender": "returned",
    "handle": "handled",
    "approve": "checked",
    "rework": "reworked",
    "close": "closed",
    "send_up": "sent_up",
    "send_down": "sent_down",
    "call_arbitration": "arbitration_called",
    "arbitrate": "arbitrated",
    "merge": "merged",
    "split": "split",
    "close_merged": "closed",
    "decline_merged": "declined",
}


def past(verb: str) -> str:
    """The event that a verb leaves in the record."""
    return _PAST[verb]
