"""Disputes as a table, as their page lists them; what people said stays sealed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.disputes.models import Dispute, DisputeQuerySet
from gongzhi.disputes.words import Kind, Risk, Status
from gongzhi.sheets.columns import Record, Told, read, running_number, told
from gongzhi.sheets.kinds import Listing
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Row


def _number(record: Record) -> str:
    return Dispute(pk=record["pk"], found_at=record["found_at"]).number


def _kept(record: Record) -> str:
    kept = record["kept"]
    return "" if kept is None else _("已履行") if kept else _("未履行")


COLUMNS = (
    running_number(),
    Told("number", gettext_lazy("编号"), ("pk", "found_at"), _number),
    told("title", gettext_lazy("纠纷"), sort=Sort.LONG),
    told("kind", gettext_lazy("类别"), words=dict(Kind.choices)),
    told("status", gettext_lazy("步骤"), words=dict(Status.choices)),
    told("risk", gettext_lazy("风险"), words=dict(Risk.choices)),
    told("mediator", gettext_lazy("调解员"), "mediator__name"),
    told("area", gettext_lazy("区域"), "area__name"),
    told("address", gettext_lazy("地点"), sort=Sort.LONG, usual=False),
    told("found_at", gettext_lazy("受理时间")),
    told("settled_at", gettext_lazy("达成协议时间")),
    told("follow_up_on", gettext_lazy("回访日期"), sort=Sort.DATE),
    Told("kept", gettext_lazy("履行情况"), ("kept",), _kept),
    told("score", gettext_lazy("考评"), sort=Sort.NUMBER, usual=False),
    told("ended_at", gettext_lazy("办结时间"), usual=False),
)


def at_step(person: Person, step: str) -> DisputeQuerySet:
    """Those of the person's desks at a step; those not yet ended without one."""
    seen = Dispute.objects.visible_to(person)
    return seen.filter(status=step) if step in Status.values else seen.open()


def words(query: Mapping[str, str]) -> str:
    """The step in words."""
    step = query.get("step", "")
    return str(Status(step).label) if step in Status.values else _("办理中")


def rows(
    person: Person, query: Mapping[str, str], keys: Sequence[str], _at: datetime
) -> Iterable[Row]:
    """The disputes in the order of the page."""
    return read(at_step(person, query.get("step", "")), COLUMNS, keys)


DISPUTE_LIST = Listing(
    name="disputes.disputes",
    label=gettext_lazy("矛盾纠纷台账"),
    can=Can.DISPATCH_CASES,
    columns=[one.column for one in COLUMNS],
    rows=rows,
    count=lambda person, query, _at: at_step(person, query.get("step", "")).count(),
    words=words,
    back="disputes:list",
)
