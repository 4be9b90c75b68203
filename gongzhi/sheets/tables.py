"""The ledger of lists that left the house, as a table itself."""

from django.utils.translation import gettext_lazy as _

from gongzhi.access.roles import Can
from gongzhi.sheets.columns import Record, Told, listed, running_number, told
from gongzhi.sheets.kinds import LISTINGS
from gongzhi.sheets.models import Outgoing
from gongzhi.sheets.words import Progress, Shape, Sort


def _list(record: Record) -> str:
    known = LISTINGS.get(record["kind"])
    return str(known.label) if known else record["kind"]


def _columns(record: Record) -> str:
    return "、".join(title for _key, title, _sort in record["sheet"]["columns"])


LEDGER = (
    running_number(),
    told("number", _("编号"), "pk", sort=Sort.NUMBER),
    told("begun_at", _("时间")),
    told("person", _("何人"), "person__name"),
    Told("list", _("名单"), ("kind",), _list),
    told("shape", _("格式"), words=dict(Shape.choices)),
    told("progress", _("进度"), words=dict(Progress.choices), usual=False),
    told("rows", _("行数"), sort=Sort.NUMBER),
    told("reason", _("用途"), sort=Sort.LONG),
    Told("columns", _("列"), ("sheet",), _columns, Sort.LONG),
    told("taken", _("下载次数"), sort=Sort.NUMBER),
)
LEDGER_LIST = listed(
    "sheets.ledger",
    _("导出台账"),
    can=Can.READ_RECORD,
    columns=LEDGER,
    found=lambda _person, _query, _at: Outgoing.objects.order_by("-pk"),
    back="tables:ledger",
)
