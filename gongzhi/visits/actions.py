"""Beginning a round, ticking homes off, taking a round back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood, Overtaken, TooLarge
from gongzhi.places.models import Area
from gongzhi.residents.reads.search import Sought
from gongzhi.visits import reads, rules
from gongzhi.visits.models import Round, Stop
from gongzhi.visits.words import Outcome


@dataclass(frozen=True)
class NewRound:
    """What somebody wants visited: the people sought in the register, what for, until when."""

    key: UUID
    title: str
    due_on: date
    sought: Sought
    note: str = ""


@action
def begin(*, by: Person, new: NewRound, at: datetime) -> Round:
    """Have the homes of the people sought visited, each by the workers of its grid.

    The form sent twice is one round. Only homes where `by` arranges visits are taken.
    """
    require(by, Can.ARRANGE_VISITS, within=None)
    if known := Round.objects.filter(begun_by=by, key=new.key).first():
        return known
    title, note = _checked(new, at)
    plan = reads.planned(by, new.sought)
    if not plan.homes:
        raise NotPossible(_("所选的人里没有登记到户室的，排不出走访户。请先在人房库补上住址。"))
    if len(plan.homes) > rules.HOMES_MOST:
        raise TooLarge(
            _("所选有 %(n)s 户，一次最多布置 %(most)s 户。请缩小范围或分几次布置。")
            % {"n": len(plan.homes), "most": rules.HOMES_MOST}
        )
    path = rules.common_path([share.grid.path for share in plan.shares])
    try:
        with transaction.atomic():
            made = Round.objects.create(
                key=new.key,
                title=title,
                note=note,
                tags=",".join(new.sought.tags),
                area=Area.objects.get(path=path),
                due_on=new.due_on,
                begun_by=by,
                begun_at=at,
            )
    except IntegrityError:  # the same form, a moment before us
        return Round.objects.get(begun_by=by, key=new.key)
    Stop.objects.bulk_create(
        [Stop(round=made, dwelling=home, grid_id=home.grid_id) for home in plan.homes],
        batch_size=500,
    )
    grids = [share.grid.code for share in plan.shares]
    _record("visits.begun", made, by, at, homes=len(plan.homes), grids=grids)
    return made


def _checked(new: NewRound, at: datetime) -> tuple[str, str]:
    title, note = " ".join(new.title.split()), " ".join(new.note.split())
    if len(title) not in rules.TITLE:
        raise NotUnderstood(_("请给任务起个名字，2 到 60 个字。"), field="title")
    if len(note) > rules.NOTE_MOST:
        raise NotUnderstood(
            _("走访要求最多 %(most)s 字。") % {"most": rules.NOTE_MOST}, field="note"
        )
    if not rules.due_is_possible(new.due_on, localdate(at)):
        raise NotUnderstood(_("完成期限要在今天到半年之内。"), field="due_on")
    return title, note


@action
def visit(*, by: Person, stop: Stop, outcome: Outcome, note: str, at: datetime) -> Stop:
    """Say what came of knocking. Nobody home leaves the home on the list; the last home ends it.

    Pressed twice it counts once; of two people the second is told who was there.
    """
    require(by, Can.VISIT_HOMES, within=stop.grid)
    note = " ".join(note.split())
    if len(note) > rules.NOTE_MOST:
        raise NotUnderstood(
            _("走访记录最多 %(most)s 字。") % {"most": rules.NOTE_MOST}, field="note"
        )
    if stop.round.withdrawn_at:
        raise NotPossible(_("这项走访任务已经撤回，不用再去了。"))
    # No join: PostgreSQL asks the conditions of the row itself again after it waited for another.
    running = Round.objects.filter(pk=OuterRef("round_id"), withdrawn_at=None)
    todo = Stop.objects.filter(Exists(running), pk=stop.pk, done_at=None, tries=stop.tries)
    if outcome == Outcome.AWAY:
        done = todo.update(tries=F("tries") + 1, tried_at=at, outcome=outcome, note=note)
    else:
        done = todo.update(outcome=outcome, note=note, done_by=by, done_at=at)
    now = Stop.objects.select_related("done_by", "grid", "round").get(pk=stop.pk)
    if not done:
        return _second(now, by, outcome)
    name = "visits.nobody_home" if outcome == Outcome.AWAY else "visits.home_visited"
    _record(name, now.round, by, at, stop=now.pk, outcome=outcome.value)
    if now.done_at:
        _end_if_last(now.round, by, at)
    return now


def _second(now: Stop, by: Person, outcome: Outcome) -> Stop:
    if now.done_by_id == by.pk and now.outcome == outcome:
        return now
    if now.done_by:
        raise Overtaken(
            _("这一户刚刚由%(who)s登记为“%(what)s”。")
            % {"who": now.done_by.name, "what": now.get_outcome_display()}
        )
    raise Overtaken(_("这一户刚刚有人登记过，请刷新后再看。"))


def _end_if_last(one: Round, by: Person, at: datetime) -> None:
    if Stop.objects.filter(round=one, done_at=None).exists():
        return
    if Round.objects.filter(pk=one.pk, finished_at=None, withdrawn_at=None).update(finished_at=at):
        _record("visits.finished", one, by, at)


@action
def take_back(*, by: Person, stop: Stop, at: datetime) -> Stop:
    """Undo one's own tick of today, pressed by mistake; the home is on the list again."""
    require(by, Can.VISIT_HOMES, within=stop.grid)
    if stop.done_at is None or localdate(stop.done_at) != localdate(at) or stop.done_by_id != by.pk:
        raise NotPossible(_("只能撤销自己今天登记的走访。"))
    mine = Stop.objects.filter(pk=stop.pk, done_by=by, done_at=stop.done_at)
    if not mine.update(outcome="", note="", done_by=None, done_at=None):
        raise Overtaken(_("这一户刚刚有人登记过，请刷新后再看。"))
    Round.objects.filter(pk=stop.round_id).update(finished_at=None)
    _record("visits.taken_back", stop.round, by, at, stop=stop.pk)
    return Stop.objects.get(pk=stop.pk)


@action
def withdraw(*, by: Person, round_: Round, at: datetime) -> Round:
    """Take a round back: homes not visited leave everybody's list, visits made stay on record."""
    require(by, Can.ARRANGE_VISITS, within=round_.area)
    running = Round.objects.filter(pk=round_.pk, finished_at=None, withdrawn_at=None)
    if not running.update(withdrawn_at=at):
        raise NotPossible(_("这项走访任务已经结束，不能撤回。"))
    _record("visits.withdrawn", round_, by, at)
    return Round.objects.get(pk=round_.pk)


def _record(name: str, one: Round, by: Person, at: datetime, **facts: object) -> None:
    record(name, about=one, by=by, at=at, area_path=one.area.path, round=one.pk, **facts)
