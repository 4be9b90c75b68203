"""Call-backs, service orders and providers as tables; people's numbers and names masked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.phone import reads
from gongzhi.doors.phone.agreed import terms
from gongzhi.doors.phone.models import Callback, ServiceOrder
from gongzhi.doors.phone.words import OrderState, Outcome, Satisfaction, Why
from gongzhi.kernel.sealed import masked_name, masked_phone
from gongzhi.sheets.columns import Record, Told, counted, listed, running_number, told
from gongzhi.sheets.words import Sort

MASKED = gettext_lazy("电话（掩码）")


def _service(record: Record) -> str:
    return terms().services.get(record["kind"], record["kind"])


def _phone(field: str) -> Told:
    return Told("phone_masked", MASKED, (field,), lambda record: masked_phone(record[field]))


CALLBACKS = (
    running_number(),
    _phone("caller"),
    told("why", gettext_lazy("原因"), words=dict(Why.choices)),
    told("about", gettext_lazy("要说什么"), sort=Sort.LONG),
    told("rang_at", gettext_lazy("来电时间"), "call__rang_at", usual=False),
    told("due_at", gettext_lazy("最晚")),
    told("owner", gettext_lazy("谁来打"), "owner__name"),
    told("tries", gettext_lazy("打过几次"), sort=Sort.NUMBER),
    told("outcome", gettext_lazy("结果"), words=dict(Outcome.choices)),
    told("note", gettext_lazy("备注"), sort=Sort.LONG),
    told("done_by", gettext_lazy("办完人"), "done_by__name", usual=False),
    told("done_at", gettext_lazy("办完时间"), usual=False),
)
SERVICES = (
    running_number(),
    Told("service", gettext_lazy("服务"), ("kind",), _service),
    told("text", gettext_lazy("要求"), sort=Sort.LONG),
    told("address", gettext_lazy("上门地址"), sort=Sort.LONG),
    Told(
        "name_masked",
        gettext_lazy("联系人（掩码）"),
        ("contact_name",),
        lambda record: masked_name(record["contact_name"]),
    ),
    _phone("contact_phone"),
    told("provider", gettext_lazy("服务商"), "provider__name"),
    told("placed_at", gettext_lazy("派单时间")),
    told("state", gettext_lazy("状态"), words=dict(OrderState.choices)),
    told("done_at", gettext_lazy("完成时间"), usual=False),
    told("satisfaction", gettext_lazy("满意度"), words=dict(Satisfaction.choices)),
    told("note", gettext_lazy("备注"), sort=Sort.LONG, usual=False),
)
PROVIDERS = (
    running_number(),
    told("name", gettext_lazy("名称")),
    told("phone", gettext_lazy("电话")),
    told("kinds", gettext_lazy("服务"), sort=Sort.LONG),
    told("placed", gettext_lazy("接单"), sort=Sort.NUMBER),
    told("rated", gettext_lazy("已回访"), sort=Sort.NUMBER),
    told("satisfied", gettext_lazy("满意"), sort=Sort.NUMBER),
    told("vetted_at", gettext_lazy("审核时间")),
    Told(
        "active",
        gettext_lazy("状态"),
        ("active",),
        lambda record: _("启用") if record["active"] else _("已停用"),
    ),
)


def _callbacks(person: Person, query: Mapping[str, str], _at: datetime) -> QuerySet[Callback]:
    return reads.callbacks(person, done=query.get("state") == "done")


def _services(person: Person, query: Mapping[str, str], _at: datetime) -> QuerySet[ServiceOrder]:
    return reads.service_orders(person, reads.state_in(query))


def _providers(_person: Person, _query: Mapping[str, str], _at: datetime) -> Sequence[Record]:
    names = terms().services
    return [
        {**vars(one), "kinds": "、".join(names.get(kind, kind) for kind in one.kinds)}
        for one in reads.providers()
    ]


CALLBACK_LIST = listed(
    "phone.callbacks",
    gettext_lazy("回电单"),
    can=Can.DISPATCH_CASES,
    columns=CALLBACKS,
    found=_callbacks,
    words=lambda query: _("已回电") if query.get("state") == "done" else _("待回电"),
    back="phone_desk:callbacks",
)
SERVICE_LIST = listed(
    "phone.services",
    gettext_lazy("便民服务单"),
    can=Can.DISPATCH_CASES,
    columns=SERVICES,
    found=_services,
    words=lambda query: str(OrderState(reads.state_in(query)).label),
    back="phone_desk:orders",
)
PROVIDER_LIST = counted(
    "phone.providers",
    gettext_lazy("服务商名录"),
    can=Can.DISPATCH_CASES,
    columns=PROVIDERS,
    lines=_providers,
    back="phone_desk:providers",
)
