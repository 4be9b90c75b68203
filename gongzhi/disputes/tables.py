"""Disputes and their mediators as tables, as their pages list them; what people said is sealed."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.disputes.models import Dispute, DisputeQuerySet, Mediator
from gongzhi.disputes.words import Kind, Risk, Status
from gongzhi.sheets.columns import Record, Told, listed, running_number, told
from gongzhi.sheets.words import Sort


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


DISPUTE_LIST = listed(
    "disputes.disputes",
    gettext_lazy("矛盾纠纷台账"),
    can=Can.DISPATCH_CASES,
    columns=COLUMNS,
    found=lambda person, query, _at: at_step(person, query.get("step", "")),
    words=words,
    back="disputes:list",
)


def _skills(record: Record) -> str:
    kinds = dict(Kind.choices)
    return "、".join(str(kinds[kind]) for kind in record["kinds"] if kind in kinds) or _("各类")


MEDIATORS = (
    running_number(),
    told("name", gettext_lazy("姓名"), "person__name"),
    told("title", gettext_lazy("身份")),
    told("area", gettext_lazy("负责的地方"), "area__name"),
    Told("kinds", gettext_lazy("擅长"), ("kinds",), _skills),
    told("highest", gettext_lazy("最高风险"), words=dict(Risk.choices)),
    told("most", gettext_lazy("同时最多"), sort=Sort.NUMBER),
    Told(
        "is_active",
        gettext_lazy("状态"),
        ("is_active",),
        lambda record: _("在册") if record["is_active"] else _("停用"),
    ),
)
MEDIATOR_LIST = listed(
    "disputes.mediators",
    gettext_lazy("调解员名册"),
    can=Can.DISPATCH_CASES,
    columns=MEDIATORS,
    found=lambda person, _query, _at: Mediator.objects.visible_to(person),
    back="disputes:mediators",
)
