"""Calling back: whoever was missed or was promised it, once, by one person, until it is done."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules as case_rules
from gongzhi.doors.phone.actions.whose import require_call
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.models import Call, Callback
from gongzhi.doors.phone.words import Outcome, Result, Why
from gongzhi.journal.record import Happening, record, record_many
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken

LATEST = timedelta(days=7)  # nobody remembers a promise for longer
TRIES_MOST = 3


def note_missed(calls: Iterable[Call], at: datetime) -> None:
    """Owe a call to each missed caller who left a number, in the caller's transaction.

    Whoever was talked to meanwhile needs none: an answered call ends what is owed to its number.
    """
    calls = [call for call in calls if call.caller_index]
    _end_for({c.caller_index: c.answered_at for c in calls if c.answered_at}, at)
    missed = [call for call in calls if call.answered_at is None and call.ended_at is not None]
    known = set(
        Callback.objects.filter(
            caller_index__in={c.caller_index for c in missed}, done_at=None
        ).values_list("caller_index", flat=True)
    ) | set(Callback.objects.filter(call__in=[c.pk for c in missed]).values_list("call", flat=True))
    new: dict[str, Callback] = {}
    for call in missed:
        if call.caller_index not in known and call.pk not in known:
            new.setdefault(call.caller_index, _owed(call, Why.MISSED, _soon(call), at))
    _keep(list(new.values()), None, at)


@action
def promise(*, by: Person, call: Call, due_at: datetime, about: str, at: datetime) -> Callback:
    """Promise the caller to call back by then; it is the promiser's own until handed on. Once."""
    require_call(by, call)
    about = case_rules.clean(about)
    if not call.caller_index:
        raise NotPossible(_("这通电话没有显示号码，请先问清号码再约回电。"))
    if not at < due_at <= at + LATEST:
        raise NotUnderstood(_("回电时间应在现在之后、七天之内。"), field="due_at")
    if not case_rules.says_something(about) or len(about) > 200:
        raise NotUnderstood(_("请写明回电要说什么，2 到 200 个字。"), field="about")
    if Callback.objects.filter(call=call).exists():
        raise NotPossible(_("这通电话已经在回电单上。"))
    changes = {"result": Result.CALLBACK, "agent": by}
    if not Call.objects.filter(pk=call.pk, result="").update(**changes):
        raise NotPossible(_("这通电话已经登记过结果，请刷新后再看。"))
    owed = _owed(call, Why.PROMISED, due_at, at)
    owed.about, owed.owner = about, by
    return _keep([owed], by, at)[0]


@action
def take_on(*, by: Person, callback: Callback, at: datetime) -> Callback:
    """Take a call on; of two who press at once the second is told who was faster."""
    require(by, Can.DISPATCH_CASES, within=callback.area)
    free = Callback.objects.filter(pk=callback.pk, owner=None, done_at=None)
    if not free.update(owner=by):
        raise Overtaken(_("这个回电刚刚已经有人认领或办完，请刷新后再看。"))
    return _moved(callback, "phone.callback_taken", by, at)


@action
def tell_outcome(
    *, by: Person, callback: Callback, outcome: str, note: str, at: datetime
) -> Callback:
    """Say how calling back went. Nobody there: it is owed again a little later."""
    own = callback.owner_id == by.pk
    require(by, Can.DISPATCH_CASES, within=None if own else callback.area)
    note = case_rules.clean(note)[:400]
    if outcome not in {Outcome.NOBODY, Outcome.TALKED, Outcome.GIVEN_UP}:
        raise NotUnderstood(_("请选择回电的结果。"), field="outcome")
    if outcome == Outcome.GIVEN_UP and callback.tries < TRIES_MOST:
        raise NotPossible(_("至少打过%(most)s次没人接，才能不再打。") % {"most": TRIES_MOST})
    if outcome == Outcome.TALKED and not case_rules.says_something(note):
        raise NotUnderstood(_("请记下说了什么。"), field="note")
    still = Callback.objects.filter(pk=callback.pk, done_at=None, tries=callback.tries)
    if outcome == Outcome.NOBODY:
        again = at + timedelta(minutes=terms().call_back_minutes)
        done = still.update(tries=F("tries") + 1, owner=by, due_at=again, note=note)
    else:
        done = still.update(outcome=outcome, note=note, done_at=at, done_by=by)
    if not done:
        raise Overtaken(_("这个回电刚刚已经有人处理，请刷新后再看。"))
    return _moved(callback, "phone.called_back", by, at, outcome=outcome)


def _owed(call: Call, why: Why, due_at: datetime, at: datetime) -> Callback:
    return Callback(
        call=call,
        area=call.area,
        why=why,
        caller=call.caller,
        caller_index=call.caller_index,
        due_at=due_at,
        at=at,
    )


def _soon(call: Call) -> datetime:
    return (call.ended_at or call.rang_at) + timedelta(minutes=terms().call_back_minutes)


def _keep(new: list[Callback], by: Person | None, at: datetime) -> list[Callback]:
    kept = Callback.objects.bulk_create(new)
    record_many(
        Happening("phone.callback_owed", one, by, at, one.area.path, {"why": str(one.why)})
        for one in kept
    )
    return kept


def _end_for(answered: Mapping[str, datetime], at: datetime) -> None:
    """Whoever called again and was answered is not called back for what was missed before that."""
    if not answered:
        return
    owed = Callback.objects.filter(caller_index__in=answered, done_at=None, why=Why.MISSED)
    for one in owed.select_related("area", "call"):
        if one.call.rang_at <= answered[one.caller_index]:
            _end(one, Outcome.CALLED_AGAIN, None, at)


def end_with(call: Call, by: Person, at: datetime) -> None:
    """Whoever is written down as talked to needs no call any more; in the caller's transaction."""
    for one in Callback.objects.filter(call=call, done_at=None).select_related("area"):
        _end(one, Outcome.TALKED, by, at)


def _end(one: Callback, outcome: Outcome, by: Person | None, at: datetime) -> None:
    still = Callback.objects.filter(pk=one.pk, done_at=None)
    if still.update(outcome=outcome, done_at=at, done_by=by):
        record(
            "phone.called_back", about=one, by=by, at=at, area_path=one.area.path,
            outcome=outcome.value,
        )  # fmt: skip


def _moved(callback: Callback, name: str, by: Person, at: datetime, **facts: str) -> Callback:
    callback.refresh_from_db()
    record(name, about=callback, by=by, at=at, area_path=callback.area.path, **facts)
    return callback
