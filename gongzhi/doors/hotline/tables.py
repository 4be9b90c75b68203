"""Orders of the hotline and their weekly table; never the caller's number."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.tables.columns import named, of_case
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.hotline.reads import monday_of, orders, state_in, weekly
from gongzhi.doors.hotline.words import Plea, State
from gongzhi.sheets.columns import Record, Told, counted, listed, running_number, told
from gongzhi.sheets.words import Sort

PLEAS = {value: label if value != Plea.NONE else "" for value, label in Plea.choices}


def _receipt(record: Record) -> str:
    if record["received_at"]:
        return _("已签收")
    return _("超时未签收") if record["receive_by"] < now() else _("待签收")


def _again(record: Record) -> str:
    return _("重办件") if record["redo_of"] else ""


COLUMNS = (
    running_number(),
    told("order", gettext_lazy("工单编号"), "entry__external_id"),
    told("arrived_at", gettext_lazy("收到时间"), "entry__at"),
    told("kind", gettext_lazy("诉求类型")),
    Told("again", gettext_lazy("重办"), ("redo_of",), _again, usual=False),
    *named(
        of_case("entry__case__"),
        "number", "title", "text", "status", "item", "area", "address", "unit", "handler",
    ),
    Told("receipt", gettext_lazy("签收"), ("received_at", "receive_by"), _receipt),
    told("received_at", gettext_lazy("签收时间"), usual=False),
    told("order_due", gettext_lazy("市热线办结期限"), "due_at"),
    told("ended_at", gettext_lazy("办结时间"), "entry__case__ended_at", usual=False),
    told("return_plea", gettext_lazy("退回"), words=PLEAS),
    told("extension_plea", gettext_lazy("延期"), words=PLEAS),
    told("opinion", gettext_lazy("市热线意见"), usual=False),
)  # fmt: skip

WEEK = (
    told("unit", gettext_lazy("单位"), sort=Sort.LONG),
    told("arrived", gettext_lazy("收到"), sort=Sort.NUMBER),
    told("handled", gettext_lazy("办结"), sort=Sort.NUMBER),
    told("unanswered", gettext_lazy("超期未答复"), sort=Sort.NUMBER),
    told("received_late", gettext_lazy("签收超时"), sort=Sort.NUMBER),
    told("redone", gettext_lazy("重办"), sort=Sort.NUMBER),
)


def _week(person: Person, query: Mapping[str, str], at: datetime) -> Sequence[Record]:
    return [vars(row) for row in weekly(person, monday_of(query), at=at)]


def _week_words(query: Mapping[str, str]) -> str:
    monday = monday_of(query)
    return f"{monday} – {monday + timedelta(days=6)}"


def _found(person: Person, query: Mapping[str, str], at: datetime) -> QuerySet[Order]:
    return orders(person, state_in(query), at=at)


ORDER_LIST = listed(
    "hotline.orders",
    gettext_lazy("12345 工单清单"),
    can=Can.SEE_CASES,
    columns=COLUMNS,
    found=_found,
    words=lambda query: str(State(state_in(query)).label),
    back="hotline_desk:orders",
)
WEEK_LIST = counted(
    "hotline.week",
    gettext_lazy("12345 周报表"),
    can=Can.SEE_CASES,
    columns=WEEK,
    lines=_week,
    words=_week_words,
    back="hotline_desk:weekly",
)
