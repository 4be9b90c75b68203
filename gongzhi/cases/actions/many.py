"""Many cases at once: each in its own transaction, a sentence for each, shown before it is done."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases import actions
from gongzhi.cases.actions.moves import overtaken
from gongzhi.cases.models import Case
from gongzhi.cases.reads import handlers
from gongzhi.cases.reads.replies import text_for
from gongzhi.cases.words import Act, SupervisionKind
from gongzhi.kernel.refusals import NotPossible, Refusal

MOST = 100  # cases at once
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Doing:
    """One thing to do with each case; `text` may have fields, `days` is for putting off."""

    act: str  # one of Act, or "merge", "split"
    text: str = ""
    days: int = 1
    parent: int = 0  # the case to merge into

    @classmethod
    def read(cls, said: Mapping[str, object]) -> "Doing":
        """As a macro keeps it."""
        days = int(str(said.get("days") or 1))
        return cls(str(said["act"]), str(said.get("text", "")), days)


@dataclass(frozen=True)
class Outcome:
    """What became of one case, or would: done or refused, and the sentence for it."""

    case: Case
    seen: int  # the version that was on screen
    done: bool  # or, in a preview, whether it could be done
    sentence: str


def do_to_each(
    *,
    by: Person,
    cases: Sequence[tuple[Case, int]],
    doings: Sequence[Doing],
    at: datetime,
    for_real: bool,
) -> list[Outcome]:
    """Do the same to each case, given with the version that was on screen.

    One that is refused changes nothing of its own and stops nobody else. Not `for_real` runs the
    very same verbs and takes everything back: what the preview says is what the verbs say.
    """
    if [doing.act for doing in doings] == ["merge"]:
        return _merge_all(by, cases, doings[0], at, for_real=for_real)
    return [_one(by, case, seen, doings, at, for_real=for_real) for case, seen in cases]


def _one(
    by: Person, case: Case, seen: int, doings: Sequence[Doing], at: datetime, *, for_real: bool
) -> Outcome:
    try:
        with transaction.atomic():
            if seen != case.version:
                raise overtaken()
            said = [_DOES[doing.act](by, case, doing, at) for doing in doings]
            if not for_real:
                transaction.set_rollback(True)
    except Refusal as refusal:
        return Outcome(case, seen, done=False, sentence=refusal.sentence)
    except DatabaseError:  # one row that breaks must not take the others with it
        log.exception("one of many failed: case %s", case.pk)
        return Outcome(case, seen, done=False, sentence=_("系统没有办成这一件，请单独打开再试。"))
    return Outcome(case, seen, done=True, sentence="".join(said))


def _dispatch(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    if case.item is None:
        raise NotPossible(_("还没有归类，请单独打开派遣。"))
    to = handlers.obvious(handlers.groups_for(case, at=at, item=case.item), case.item)
    if to is None:
        raise NotPossible(_("没有找到合适的承办人，请单独打开派遣。"))
    whom = handlers.chosen(to.value)
    if whom is None:
        raise NotPossible(_("没有找到合适的承办人，请单独打开派遣。"))
    actions.dispatch(by=by, case=case, to=whom, opinion=text_for(case, doing.text), at=at)
    return _("派给%(name)s。") % {"name": to.name}


def _finish(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    if case.status == "handled":
        case = actions.approve(by=by, case=case, opinion=text_for(case, doing.text), at=at)
    if case.status != "closed":  # there are flows in which the check itself closes
        actions.close(by=by, case=case, at=at)
    return _("核查通过并结案。")


def _remind(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    text = text_for(case, doing.text) or _("请尽快办理并说明情况。")
    actions.supervise(by=by, case=case, kind=SupervisionKind.REMINDER, text=text, at=at)
    return _("发出催办。")


def _snooze(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    until = at + timedelta(days=doing.days)
    actions.snooze(by=by, case=case, until=until, at=at, reason=text_for(case, doing.text))
    return _("推后 %(days)s 天再看。") % {"days": doing.days}


def _note(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    told = actions.note(by=by, case=case, text=text_for(case, doing.text), at=at)
    names = "、".join(p.name for p in told)
    return _("写下备注，通知%(names)s。") % {"names": names} if names else _("写下备注。")


def _watch(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    actions.watch(by=by, case=case, at=at)
    return _("开始关注。")


def _merge_all(
    by: Person,
    cases: Sequence[tuple[Case, int]],
    doing: Doing,
    at: datetime,
    *,
    for_real: bool,
) -> list[Outcome]:
    """All in one go; one after the other when the database refuses one of them."""
    fresh = [case for case, seen in cases if seen == case.version]
    became: dict[int, str | Refusal] = dict.fromkeys((c.pk for c, _seen in cases), overtaken())
    try:
        with transaction.atomic():
            became |= _merged(by, fresh, doing, at)
            if not for_real:
                transaction.set_rollback(True)
    except DatabaseError:
        log.exception("merging %s at once failed", len(cases))
        again = [_reread(case) for case, _seen in cases]
        pairs = zip(again, (seen for _case, seen in cases), strict=True)
        return [_one(by, case, seen, [doing], at, for_real=for_real) for case, seen in pairs]
    return [_outcome(case, seen, became[case.pk]) for case, seen in cases]


def _outcome(case: Case, seen: int, became: str | Refusal) -> Outcome:
    if isinstance(became, Refusal):
        return Outcome(case, seen, done=False, sentence=became.sentence)
    return Outcome(case, seen, done=True, sentence=became)


def _reread(case: Case) -> Case:
    case.refresh_from_db()
    return case


def _merged(
    by: Person, cases: Sequence[Case], doing: Doing, at: datetime
) -> dict[int, str | Refusal]:
    """Case → the sentence for it, or why not."""
    parent = Case.objects.visible_to(by).select_related("area").filter(pk=doing.parent).first()
    if parent is None:
        return dict.fromkeys((c.pk for c in cases), NotPossible(_("找不到主案，请重新选择。")))
    there, number = _("早已并入%(number)s。"), {"number": parent.number}
    said: dict[int, str | Refusal] = {
        case.pk: there % number for case in cases if case.parent_id == parent.pk
    }
    fresh = [case for case in cases if case.pk not in said]
    try:
        rows = actions.merge_many(by=by, parent=parent, cases=fresh, why=doing.text, at=at)
    except Refusal as refusal:  # of the parent: for whichever case
        return said | dict.fromkeys((case.pk for case in fresh), refusal)
    return said | {r.case.pk: r.refusal or _("并入%(number)s。") % number for r in rows}


def _merge(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    became = _merged(by, [case], doing, at)[case.pk]
    if isinstance(became, Refusal):
        raise became
    return became


def _split(by: Person, case: Case, doing: Doing, at: datetime) -> str:
    actions.split(by=by, case=case, at=at)
    return _("取消并案，单独办理。")


_DOES: Mapping[str, Callable[[Person, Case, Doing, datetime], str]] = {
    Act.DISPATCH: _dispatch,
    Act.FINISH: _finish,
    Act.REMIND: _remind,
    Act.SNOOZE: _snooze,
    Act.NOTE: _note,
    Act.WATCH: _watch,
    "merge": _merge,
    "split": _split,
}
