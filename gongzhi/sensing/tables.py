"""The register of devices as a table: what is installed where, how it is, who keeps it working."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from gongzhi.access.roles import Can
from gongzhi.sensing import reads
from gongzhi.sensing.words import DeviceKind, Health, Upkeep
from gongzhi.sheets.columns import listed, place, running_number, told
from gongzhi.sheets.words import Sort

COLUMNS = (
    running_number(),
    told("kind", _("设备"), words=dict(DeviceKind.choices)),
    told("gateway", _("网关"), "gateway__code"),
    told("serial", _("设备编号")),
    told("home", _("户号"), "home__code"),
    place("home__area"),
    told("health", _("健康"), words=dict(Health.choices)),
    told("health_since", _("从什么时候起"), usual=False),
    told("battery", _("电量（%）"), sort=Sort.NUMBER),
    told("seen_at", _("最后心跳")),
    told("owner", _("维护单位"), "owner__name"),
    told("upkeep", _("维护"), words=dict(Upkeep.choices)),
    told("installed_on", _("安装日期"), sort=Sort.DATE, usual=False),
)


def words(query: Mapping[str, str]) -> str:
    """The tab and the search in words."""
    show, line = query.get("show", ""), query.get("q", "").strip()[: reads.LONGEST]
    said = [str(reads.NAMES.get(show, "" if line else _("在用"))), f"“{line}”" if line else ""]
    return "、".join(filter(None, said))


DEVICE_LIST = listed(
    "sensing.devices",
    _("设备清单"),
    can=Can.GUARD_ELDERS,
    columns=COLUMNS,
    found=lambda person, query, _at: reads.asked_for(person, query),
    words=words,
    back="devices:register",
)
