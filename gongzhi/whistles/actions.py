"""Blowing a whistle, answering it, signing in on site, minutes, tasks, ending it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.access.checks import may, require
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.cases import actions as cases
from gongzhi.cases import rules as case_rules
from gongzhi.cases.actions.dispatch import require_fit
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotAllowed, NotPossible, NotUnderstood, Overtaken
from gongzhi.places.coordinates import Position, metres_between, to_wgs84
from gongzhi.whistles import rules
from gongzhi.whistles.models import Called, Task, Whistle
from gongzhi.whistles.words import SignedBy, TaskKind


@dataclass(frozen=True)
class Meeting:
    """Where and when to come. `lng`, `lat` are WGS-84; without them the case's own position."""

    starts_at: datetime
    place: str
    lng: float | None = None
    lat: float | None = None
    radius: int = rules.NEAR


@action
def blow(
    *,
    by: Person,
    case: Case,
    units: Sequence[Unit],
    meeting: Meeting,
    reason: str,
    at: datetime,
) -> Whistle:
    """Call units to a place and a time; the desk that has the case may, one call at a time."""
    require(by, Can.DISPATCH_CASES, within=case.desk)
    reason = _words(reason, _("请写明为什么召集、要解决什么。"), rules.WORDS_MOST)
    if not case.is_open:
        raise NotPossible(_("案件已经结束，不用再召集。"))
    if not units:
        raise NotUnderstood(_("请至少选择一个要召集的单位。"), field="units")
    for unit in units:
        require_fit(unit, case)
    lng, lat = _position_of(meeting, case)
    try:
        with transaction.atomic():
            whistle = Whistle.objects.create(
                case=case,
                area=case.desk,
                reason=reason,
                place=_words(meeting.place, _("请写明在哪里集合。"), 200, field="place"),
                lng=lng,
                lat=lat,
                radius=_radius(meeting.radius),
                starts_at=_time(meeting.starts_at, at),
                by=by,
                at=at,
            )
    except IntegrityError as error:
        raise NotPossible(_("这个案件已有一次召集还没有结束，请先结束或取消它。")) from error
    Called.objects.bulk_create(Called(whistle=whistle, unit=unit) for unit in dict.fromkeys(units))
    _record("whistles.blown", whistle, by, at, units=sorted({unit.pk for unit in units}))
    return whistle


@action
def acknowledge(*, by: Person, called: Called, at: datetime) -> Called:
    """Say that the unit has heard and is coming; said twice it counts once."""
    _require_of_unit(by, called)
    _require_standing(called.whistle)
    first = Called.objects.filter(pk=called.pk, acknowledged_at=None)
    if first.update(acknowledged_by=by, acknowledged_at=at):
        _record("whistles.acknowledged", called.whistle, by, at, unit=called.unit_id)
    called.refresh_from_db()
    return called


@action
def sign_in(
    *,
    by: Person,
    called: Called,
    position: Position | None,
    at: datetime,
    accuracy: float = 0,
    datum: str = "wgs84",
) -> Called:
    """Sign in on site for the unit: near the place, around the time; the first of it counts.

    `position` is (longitude, latitude) in `datum`, `accuracy` its uncertainty in metres. Kept is
    only that it was near enough and the distance to ten metres. Whoever has no position asks the
    caller to vouch for them.
    """
    _require_of_unit(by, called)
    whistle = called.whistle
    _require_open_list(whistle, at)
    if position is None:
        raise NotUnderstood(
            _("没有拿到您的位置。请允许定位后再签到；实在不行，请召集人在现场为您确认。"),
            field="position",
        )
    metres = metres_between(_checked(position, datum), (whistle.lng, whistle.lat))
    if not rules.is_on_site(metres, whistle.radius, accuracy if math.isfinite(accuracy) else 0):
        raise NotPossible(
            _("您离集合地点还有约 %(metres)s 米，请到现场再签到。") % {"metres": round(metres, -1)}
        )
    return _sign(called, by, at, SignedBy.POSITION, metres=int(round(metres, -1)))


@action
def vouch(*, by: Person, called: Called, at: datetime) -> Called:
    """The caller confirms that somebody of the unit is there, whose phone has no position."""
    whistle = called.whistle
    require(by, Can.DISPATCH_CASES, within=whistle.area)
    if by.pk in set(called.unit.posts.values_list("person_id", flat=True)):
        raise NotAllowed(_("不能为自己的单位确认到场。"))
    _require_open_list(whistle, at)
    return _sign(called, by, at, SignedBy.VOUCHED, metres=None)


@action
def keep_minutes(*, by: Person, whistle: Whistle, text: str, at: datetime, seen: int) -> Whistle:
    """Write down what was agreed; whoever calls keeps the minutes, until the meeting is over."""
    require(by, Can.DISPATCH_CASES, within=whistle.area)
    _require_standing(whistle)
    text = _words(text, _("请写下会商的意见和分工。"), rules.MINUTES_MOST)
    _write(whistle, seen, minutes=text, minutes_by=by, minutes_at=at)
    _record("whistles.minuted", whistle, by, at)
    return whistle


@action
def give_task(
    *, by: Person, whistle: Whistle, unit: Unit, kind: TaskKind, text: str, at: datetime
) -> Task:
    """Turn what was agreed into an assist of the case, or into a case of its own for the unit."""
    require(by, Can.DISPATCH_CASES, within=whistle.area)
    _require_standing(whistle)
    text = _words(text, _("请写明由这个单位做什么。"), rules.WORDS_MOST)
    if not whistle.called.filter(unit=unit).exists():
        raise NotPossible(_("这个单位没有被召集，请从召集的单位里选。"))
    task = Task(whistle=whistle, unit=unit, kind=kind, text=text, by=by, at=at)
    if kind == TaskKind.ASSIST:
        if whistle.case.assists.filter(unit=unit, withdrawn_at=None).exists():
            raise NotPossible(_("这个单位已经在协办本案，请另立新案，或先撤回原来的协办。"))
        task.assist = cases.ask_assist(by=by, case=whistle.case, units=[unit], asked=text, at=at)[0]
    else:
        task.case = _new_case(task, at)
    task.save()
    _record("whistles.task_given", whistle, by, at, unit=unit.pk, task=task.pk)
    return task


@action
def end(*, by: Person, whistle: Whistle, at: datetime, seen: int) -> Whistle:
    """The meeting is over: minutes are there, and who did not come is absent from now on."""
    require(by, Can.DISPATCH_CASES, within=whistle.area)
    _require_standing(whistle)
    if at < whistle.starts_at:
        raise NotPossible(_("还没有到集合时间，不能结束；不开了请取消召集。"))
    if not whistle.minutes:
        raise NotPossible(_("请先写下会商纪要，再结束。"))
    _write(whistle, seen, ended_at=at)
    absent = whistle.called.filter(signed_at=None).values_list("unit_id", flat=True)
    _record("whistles.ended", whistle, by, at, absent=sorted(absent))
    return whistle


@action
def call_off(*, by: Person, whistle: Whistle, reason: str, at: datetime, seen: int) -> Whistle:
    """Not held after all; everyone called is told why."""
    require(by, Can.DISPATCH_CASES, within=whistle.area)
    _require_standing(whistle)
    reason = _words(reason, _("请写明为什么取消，被召集的单位会看到。"), rules.WORDS_MOST)
    _write(whistle, seen, called_off_at=at, called_off_why=reason)
    _record("whistles.called_off", whistle, by, at)
    return whistle


def _sign(called: Called, by: Person, at: datetime, how: SignedBy, *, metres: int | None) -> Called:
    signed = Called.objects.filter(pk=called.pk, signed_at=None).update(
        signed_by=by, signed_at=at, how=how, metres=metres
    )
    if signed:
        late = rules.is_late(at, called.whistle.starts_at)
        facts: dict[str, object] = {"unit": called.unit_id, "how": how.value, "late": late}
        _record("whistles.signed_in", called.whistle, by, at, **facts)
    called.refresh_from_db()
    return called


def _new_case(task: Task, at: datetime) -> Case:
    """A case of its own at the place of the meeting, given to the unit by whoever may do so."""
    whistle, origin = task.whistle, task.whistle.case
    said = _("吹哨会商任务：%(text)s（源自 %(number)s）")
    text = said % {"text": task.text, "number": origin.number}
    key = uuid5(NAMESPACE_URL, f"gongzhi:whistle:{whistle.pk}:{task.unit_id}:{task.text}")
    new = cases.NewReport(
        key=key,
        reporter_ref=f"w:{whistle.pk}",
        text=text,
        person=None,
        area=origin.area,
        address=whistle.place,
        source=Source.VISIT,
    )
    case = cases.report(by=task.by, new=new, at=at)
    if case.status == "reported" and may(task.by, Can.DISPATCH_CASES, within=case.desk):
        cases.dispatch(by=task.by, case=case, to=task.unit, opinion=task.text, at=at)
    return case


def _position_of(meeting: Meeting, case: Case) -> Position:
    lng, lat = meeting.lng, meeting.lat
    if lng is None or lat is None:
        lng, lat = case.lng, case.lat
    if lng is None or lat is None:
        raise NotUnderstood(_("案件没有位置，请在地图上定好集合地点。"), field="place")
    return _checked((lng, lat), "wgs84")


def _checked(position: Position, datum: str) -> Position:
    try:
        return to_wgs84(*position, datum)
    except ValueError as error:
        raise NotUnderstood(_("位置没有看懂，请重新定位。"), field="position") from error


def _time(starts_at: datetime, at: datetime) -> datetime:
    if starts_at < at - rules.SOONEST:
        raise NotUnderstood(_("集合时间已经过了，请改一个时间。"), field="starts_at")
    if starts_at > at + rules.LONGEST_AHEAD:
        raise NotUnderstood(_("集合时间最多提前三十天约定。"), field="starts_at")
    return starts_at


def _radius(metres: int) -> int:
    if not rules.NEAREST <= metres <= rules.FARTHEST:
        raise NotUnderstood(
            _("签到范围应在 %(least)s 到 %(most)s 米之间。")
            % {"least": rules.NEAREST, "most": rules.FARTHEST},
            field="radius",
        )
    return metres


def _words(text: str, sentence: str, most: int, *, field: str = "text") -> str:
    text = case_rules.clean(text)
    if not case_rules.says_something(text):
        raise NotUnderstood(sentence, field=field)
    if len(text) > most:
        raise NotUnderstood(_("最多 %(most)s 字，请删减。") % {"most": most}, field=field)
    return text


def _require_of_unit(person: Person, called: Called) -> None:
    if not person.is_active or called.unit_id not in {post.unit_id for post in person.held}:
        raise NotAllowed(_("只有被召集单位的人员可以这样做。"))


def _require_standing(whistle: Whistle) -> None:
    if whistle.called_off_at is not None:
        raise NotPossible(_("这次召集已经取消了。"))
    if whistle.ended_at is not None:
        raise NotPossible(_("这次召集已经结束了。"))


def _require_open_list(whistle: Whistle, at: datetime) -> None:
    _require_standing(whistle)
    if not rules.may_sign_in(at, whistle.starts_at):
        raise NotPossible(_("签到从集合前一小时开始，到集合后六小时为止。"))


def _write(whistle: Whistle, seen: int, **changes: object) -> None:
    rows = Whistle.objects.standing().filter(pk=whistle.pk, version=seen)
    if not rows.update(version=F("version") + 1, **changes):
        raise Overtaken(_("刚刚有人更新了这次召集，请刷新后再操作。"))
    whistle.refresh_from_db()


def _record(name: str, whistle: Whistle, by: Person, at: datetime, **facts: object) -> None:
    case = whistle.case
    record(name, about=case, by=by, at=at, area_path=case.area.path, whistle=whistle.pk, **facts)
