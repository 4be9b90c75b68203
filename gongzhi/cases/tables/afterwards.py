"""Return visits, appeals and refusals as tables, as their pages show them."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import TurnedAway
from gongzhi.cases.reads.afterwards import appeals_owed, visits_owed
from gongzhi.cases.reads.refused import days_of, span_of, turned_away
from gongzhi.cases.tables.columns import named, of_case
from gongzhi.cases.words import DeclineGround, FollowUpKind, Source
from gongzhi.sheets.columns import Told, listed, running_number, told
from gongzhi.sheets.words import Sort

OF_THE_CASE = named(
    of_case("case__"),
    "number", "title", "item", "area", "address", "unit", "handler", "ended_at",
)  # fmt: skip
VISITS = (
    running_number(),
    told("kind", gettext_lazy("回访方式"), words=dict(FollowUpKind.choices)),
    *OF_THE_CASE,
    told("begins_at", gettext_lazy("可以回访的时间"), usual=False),
    told("followup_due", gettext_lazy("回访时限"), "due_at"),
    told("round", gettext_lazy("第几次重办"), sort=Sort.NUMBER, usual=False),
    Told("said", gettext_lazy("回访结果（手填）"), (), lambda _row: "", Sort.LONG, usual=False),
)
APPEALS = (
    running_number(),
    *OF_THE_CASE,
    told("appeal", gettext_lazy("申诉理由"), "text", sort=Sort.LONG),
    told("appealed_at", gettext_lazy("申诉时间"), "at"),
    told("appeal_due", gettext_lazy("答复时限"), "due_at"),
    told("desk", gettext_lazy("由谁答复"), "desk__name"),
)
REFUSED = (
    running_number(),
    told("at", gettext_lazy("时间")),
    told("ground", gettext_lazy("情形"), words=dict(DeclineGround.choices)),
    told("source", gettext_lazy("来源"), words=dict(Source.choices)),
    told("area", gettext_lazy("区域"), "area__name"),
    told("what", gettext_lazy("事项"), sort=Sort.LONG),
    told("answer", gettext_lazy("答复"), sort=Sort.LONG),
    Told(
        "by",
        gettext_lazy("办理人"),
        ("by__name",),
        lambda record: record["by__name"] or _("群众自助"),
    ),
    *named(of_case("case__"), "number"),
)


def _turned_away(person: Person, query: Mapping[str, str], at: datetime) -> QuerySet[TurnedAway]:
    _days, since, until = span_of(query.get("days", ""), at)
    return turned_away(person, since=since, until=until)


VISIT_LIST = listed(
    "cases.followups",
    gettext_lazy("待回访清单"),
    can=Can.SEE_CASES,
    columns=VISITS,
    found=lambda person, _query, at: visits_owed(person, at=at),
    back="staff:followups",
)
APPEAL_LIST = listed(
    "cases.appeals",
    gettext_lazy("待答复申诉清单"),
    can=Can.SEE_CASES,
    columns=APPEALS,
    found=lambda person, _query, _at: appeals_owed(person),
    back="staff:followups",
)
REFUSED_LIST = listed(
    "cases.refusals",
    gettext_lazy("当场不予受理清单"),
    can=Can.SEE_CASES,
    columns=REFUSED,
    found=_turned_away,
    words=lambda query: _("近 %(n)s 天") % {"n": days_of(query.get("days", ""))},
    back="staff:refusals",
)
