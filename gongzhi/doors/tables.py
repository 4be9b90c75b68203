"""The channel board, what did not get through and what was turned away, as tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.doors import reads
from gongzhi.doors.words import Delivery, Door
from gongzhi.doors.words import Told as News
from gongzhi.sheets.columns import Record, Told, counted, listed, running_number, told
from gongzhi.sheets.words import Sort


def _minutes(record: Record) -> float | None:
    lag = record["lag"]
    return None if lag is None else round(lag.total_seconds() / 60, 1)


def _case(record: Record) -> str:
    return rules.number(record["entry__case"], localtime(record["entry__case__reported_at"]))


def _standing(record: Record) -> str:
    if record["stoppages"]:
        return _("异常")
    if record["is_bad"]:
        return _("要留意")
    return _("正常") if record["is_used"] else _("未使用")


DOORS = (
    running_number(),
    told("label", gettext_lazy("渠道")),
    Told("standing", gettext_lazy("状态"), (), _standing),
    told("today", gettext_lazy("今天"), sort=Sort.NUMBER),
    told("week", gettext_lazy("7 天"), sort=Sort.NUMBER),
    told("seen_at", gettext_lazy("最近一件")),
    Told("lag", gettext_lazy("路上用时（分钟）"), (), _minutes, Sort.NUMBER),
    told("refused", gettext_lazy("今天拒收"), sort=Sort.NUMBER),
    told("owed", gettext_lazy("待送达"), sort=Sort.NUMBER),
    told("oldest_owed", gettext_lazy("等得最久")),
    told("dead", gettext_lazy("送不到"), sort=Sort.NUMBER),
    told("note", gettext_lazy("说明"), sort=Sort.LONG),
)
ANSWERS = (
    running_number(),
    told("told", gettext_lazy("内容"), words=dict(News.choices)),
    Told("case", gettext_lazy("案件"), ("entry__case", "entry__case__reported_at"), _case),
    told("door", gettext_lazy("渠道"), "entry__door", words=dict(Door.choices)),
    told("partner", gettext_lazy("对接系统"), "entry__partner__name"),
    told("external_id", gettext_lazy("对方编号"), "entry__external_id"),
    told("state", gettext_lazy("状态"), words=dict(Delivery.choices)),
    told("tries", gettext_lazy("试过几次"), sort=Sort.NUMBER),
    told("not_before", gettext_lazy("下次再试")),
    told("last_error", gettext_lazy("最后的错误"), sort=Sort.LONG),
)
REFUSED = (
    running_number(),
    told("at", gettext_lazy("时间")),
    told("door", gettext_lazy("渠道"), words=dict(Door.choices)),
    told("partner", gettext_lazy("对接系统"), "partner__name"),
    told("external_id", gettext_lazy("对方编号")),
    told("sentence", gettext_lazy("告诉对方的原因"), sort=Sort.LONG),
)


def _board(_person: Person, _query: Mapping[str, str], at: datetime) -> Sequence[Record]:
    return [{**vars(line), "is_used": line.is_used} for line in reads.board(at=at)]


DOOR_LIST = counted(
    "doors.board",
    gettext_lazy("渠道运行表"),
    can=Can.DISPATCH_CASES,
    columns=DOORS,
    lines=_board,
    back="doors:board",
)
ANSWER_LIST = listed(
    "doors.answers",
    gettext_lazy("没送到的答复"),
    can=Can.DISPATCH_CASES,
    columns=ANSWERS,
    found=lambda person, _query, _at: reads.unsent(person),
    back="doors:answers",
)
REFUSED_LIST = listed(
    "doors.refused",
    gettext_lazy("渠道拒收的来件"),
    can=Can.DISPATCH_CASES,
    columns=REFUSED,
    found=lambda _person, _query, _at: reads.turned_away(),
    back="doors:board",
)
