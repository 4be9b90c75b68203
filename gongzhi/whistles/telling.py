"""What a case's record says of a whistle about it: who was called where, who came when."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.cases.reads.details import named
from gongzhi.journal.models import Event
from gongzhi.whistles.models import Task, Whistle
from gongzhi.whistles.words import SignedBy, TaskKind, Turnout

ABOUT_A_UNIT = ("whistles.acknowledged", "whistles.signed_in")


def told(events: Sequence[Event]) -> dict[int, str]:
    """Event → its detail; three queries for a case that was whistled about, none for others."""
    own = [event for event in events if event.name.startswith("whistles.")]
    if not own:
        return {}
    keys = {event.facts.get("whistle") for event in own}
    rows = Whistle.objects.filter(pk__in=keys).prefetch_related("called__unit")
    whistles = {whistle.pk: whistle for whistle in rows}
    found = {}
    for event in own:
        if whistle := whistles.get(event.facts.get("whistle")):
            found[event.pk] = _of(event, whistle)
    return found | _tasks(named(own, "whistles.task_given"))


def _of(event: Event, whistle: Whistle) -> str:
    called = {one.unit_id: one for one in whistle.called.all()}
    match event.name:
        case "whistles.blown":
            units = "、".join(one.unit.name for one in called.values())
            said = {"units": units, "at": _moment(whistle.starts_at), "place": whistle.place}
            return _("请%(units)s于%(at)s到%(place)s。") % said + whistle.reason
        case "whistles.minuted":
            return whistle.minutes
        case "whistles.called_off":
            return whistle.called_off_why
        case "whistles.ended":
            absent = [called[u].unit.name for u in event.facts.get("absent", ()) if u in called]
            if not absent:
                return _("召集的单位都到了场。")
            return _("没有到场：%(units)s。") % {"units": "、".join(absent)}
    one = called.get(event.facts.get("unit"))
    if one is None or event.name not in ABOUT_A_UNIT:
        return ""
    if event.name == "whistles.acknowledged":
        return _("收到，会到场。")
    late = one.turnout == Turnout.LATE
    when = _("迟到 %(n)s 分钟。") % {"n": one.late_by} if late else _("按时到场。")
    if one.how == SignedBy.VOUCHED:
        return _("召集人确认%(unit)s已到场，") % {"unit": one.unit.name} + when
    return when


def _tasks(events: Sequence[Event]) -> dict[int, str]:
    keys = {event.facts.get("task") for event in events}
    tasks = Task.objects.select_related("unit").in_bulk(keys) if keys else {}
    found = {}
    for event in events:
        if task := tasks.get(event.facts.get("task")):
            said = {"unit": task.unit.name, "text": task.text}
            if task.kind == TaskKind.ASSIST:  # what it is stands in the line before
                found[event.pk] = _("交给%(unit)s，列为协办。") % said
            else:
                found[event.pk] = _("%(unit)s：%(text)s") % said
    return found


def _moment(at: datetime) -> str:
    local = localtime(at)
    return _("%(month)s月%(day)s日 %(time)s ") % {
        "month": local.month,
        "day": local.day,
        "time": f"{local:%H:%M}",
    }
