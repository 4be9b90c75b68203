"""A list as CSV that opens well in a spreadsheet and can do nothing there."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.cases.models import Case
from gongzhi.sheets.writing import csv_lines


def as_csv(cases: QuerySet[Case]) -> Iterator[str]:
    """Head line and one line per case, one at a time; without the reporter's name and number."""
    return csv_lines(_heads(), (_values(case) for case in cases.iterator(chunk_size=500)))


def _heads() -> list[str]:
    return [
        _("编号"), _("标题"), _("内容"), _("状态"), _("级别"), _("事项"), _("网格"), _("地点"),
        _("来源"), _("承办单位"), _("承办人"), _("上报时间"), _("办结时限"), _("派遣时间"),
        _("处置时间"), _("办结时间"), _("评分"), _("同样反映人数"), _("经度"), _("纬度"),
    ]  # fmt: skip


def _values(case: Case) -> list[str]:
    area = case.area
    return [
        case.number,
        case.title,
        case.text,
        case.get_status_display(),
        case.get_grade_display(),
        case.item.name if case.item else "",
        f"{area.parent.name}{area.name}" if area.parent else area.name,
        case.address,
        case.get_source_display(),
        case.unit.name if case.unit else "",
        case.handler.name if case.handler else "",
        *(
            _clock(at)
            for at in (
                case.reported_at, case.due_at, case.dispatched_at, case.handled_at, case.ended_at,
            )
        ),
        str(case.stars or ""),
        str(case.joined),
        "" if case.lng is None else f"{case.lng:.6f}",
        "" if case.lat is None else f"{case.lat:.6f}",
    ]  # fmt: skip


def _clock(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""
