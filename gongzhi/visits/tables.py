"""Rounds and the homes of one round as tables, as their pages show them."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.numbers import whole
from gongzhi.sheets.columns import Record, Told, listed, place, running_number, told
from gongzhi.sheets.words import Sort
from gongzhi.visits.models import Round, Stop
from gongzhi.visits.reads import rounds_of, stops_of
from gongzhi.visits.words import Outcome


def _state(record: Record) -> str:
    if record["withdrawn_at"]:
        return _("已撤回")
    if record["finished_at"]:
        return _("已完成")
    return _("已超期") if record["due_on"] < localdate() else _("进行中")


def _result(record: Record) -> str:
    if record["done_at"]:
        return str(dict(Outcome.choices).get(record["outcome"], ""))
    tries = record["tries"]
    return _("%(n)s 次家里没人") % {"n": tries} if tries else _("待走访")


ROUNDS = (
    running_number(),
    told("title", gettext_lazy("任务"), sort=Sort.LONG),
    told("area", gettext_lazy("范围"), "area__name"),
    told("visited", gettext_lazy("已走访"), sort=Sort.NUMBER),
    told("homes", gettext_lazy("应走访"), sort=Sort.NUMBER),
    told("due_on", gettext_lazy("完成期限"), sort=Sort.DATE),
    told("begun_by", gettext_lazy("布置人"), "begun_by__name"),
    told("begun_at", gettext_lazy("布置时间"), usual=False),
    Told("state", gettext_lazy("状态"), ("withdrawn_at", "finished_at", "due_on"), _state),
    told("note", gettext_lazy("走访要求"), sort=Sort.LONG, usual=False),
)
STOPS = (
    running_number(),
    told("address", gettext_lazy("地址"), "dwelling__address", sort=Sort.LONG),
    place("grid"),
    Told("result", gettext_lazy("结果"), ("done_at", "outcome", "tries"), _result),
    told("note", gettext_lazy("走访记录"), sort=Sort.LONG),
    told("done_by", gettext_lazy("走访人"), "done_by__name"),
    told("done_at", gettext_lazy("走访时间")),
    told("round", gettext_lazy("任务"), "round__title", usual=False),
    told("tries", gettext_lazy("扑空次数"), sort=Sort.NUMBER, usual=False),
)


def _round(query: Mapping[str, str]) -> int:
    return whole(query.get("round", "")) or 0


def _stops(person: Person, query: Mapping[str, str], _at: datetime) -> QuerySet[Stop]:
    one = Round.objects.visible_to(person).filter(pk=_round(query)).first()
    return stops_of(person, one) if one else Stop.objects.none()


ROUND_LIST = listed(
    "visits.rounds",
    gettext_lazy("走访任务清单"),
    can=Can.ARRANGE_VISITS,
    columns=ROUNDS,
    found=lambda person, _query, _at: rounds_of(person),
    back="visits:list",
)
STOP_LIST = listed(
    "visits.stops",
    gettext_lazy("走访登记表"),
    can=Can.ARRANGE_VISITS,
    columns=STOPS,
    found=_stops,
    back="visits:show",
    back_of="round",
)
