"""What a list can say of a case; never the reporter's name or number."""

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import rules
from gongzhi.cases.words import Nature, Source, Status
from gongzhi.catalogue.words import Grade
from gongzhi.sheets.columns import Record, Told, place, told
from gongzhi.sheets.kinds import Words
from gongzhi.sheets.words import Sort
from gongzhi.sheets.writing import Value


def of_case(before: str = "") -> tuple[Told, ...]:
    """The columns of a case; `before` is the way to it from the row, such as "case__"."""

    def number(record: Record) -> Value:
        pk = record[f"{before}pk"]
        reported = record[f"{before}reported_at"]
        return rules.number(pk, localtime(reported)) if pk else ""

    def plain(key: str, label: Words, field: str = "", **more: object) -> Told:
        return told(key, label, f"{before}{field or key}", **more)  # type: ignore[arg-type]

    grades, states = dict(Grade.choices), dict(Status.choices)
    return (
        Told("number", _("编号"), (f"{before}pk", f"{before}reported_at"), number),
        plain("title", _("标题"), sort=Sort.LONG),
        plain("text", _("内容"), sort=Sort.LONG, usual=False),
        plain("status", _("状态"), words=states),
        plain("grade", _("级别"), words=grades),
        plain("nature", _("诉求性质"), words=dict(Nature.choices)),
        plain("item", _("事项"), "item__name"),
        place(f"{before}area"),
        plain("address", _("地点"), sort=Sort.LONG),
        plain("source", _("来源"), words=dict(Source.choices)),
        plain("unit", _("承办单位"), "unit__name"),
        plain("handler", _("承办人"), "handler__name"),
        plain("reported_at", _("上报时间")),
        plain("due_at", _("办结时限")),
        plain("dispatched_at", _("派遣时间"), usual=False),
        plain("handled_at", _("处置时间"), usual=False),
        plain("ended_at", _("办结时间"), usual=False),
        plain("stars", _("评分"), sort=Sort.NUMBER, usual=False),
        plain("joined", _("同样反映人数"), sort=Sort.NUMBER, usual=False),
        plain("reopened", _("重办次数"), sort=Sort.NUMBER, usual=False),
        plain("lng", _("经度"), sort=Sort.NUMBER, usual=False),
        plain("lat", _("纬度"), sort=Sort.NUMBER, usual=False),
    )


def named(columns: tuple[Told, ...], *keys: str) -> tuple[Told, ...]:
    """Those of the columns, in the order of `keys`."""
    by_key = {one.key: one for one in columns}
    return tuple(by_key[key] for key in keys)
