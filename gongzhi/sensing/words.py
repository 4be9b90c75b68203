"""The words of devices: what kinds there are, what they say and how they are."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeviceKind(TextChoices):
    """What a device watches."""

    ENTRANCE = "entrance", _("入户门磁")
    FRIDGE = "fridge", _("冰箱门磁")
    BATHROOM = "bathroom", _("卫生间门磁")
    MOTION = "motion", _("人体红外")
    SOS = "sos", _("一键求助")
    SMOKE = "smoke", _("烟感")
    GAS = "gas", _("燃气报警")
    WATER = "water", _("水浸")
    METER = "meter", _("智能电表")


# Their silence may be taken for the silence of people.
HUMAN = frozenset({DeviceKind.ENTRANCE, DeviceKind.FRIDGE, DeviceKind.BATHROOM, DeviceKind.MOTION})
# What they say calls for help at once.
HELP = frozenset({DeviceKind.SOS, DeviceKind.SMOKE, DeviceKind.GAS, DeviceKind.WATER})


class What(TextChoices):
    """What a message of a device says."""

    OPENED = "opened", _("打开")
    CLOSED = "closed", _("关闭")
    MOVED = "moved", _("有人活动")
    ALARM = "alarm", _("告警")
    KWH = "kwh", _("用电量")
    HEARTBEAT = "heartbeat", _("心跳")


class Health(TextChoices):
    """How a device is; the same words as in rules.Health."""

    ONLINE = "online", _("在线")
    LOW_BATTERY = "low_battery", _("电量低")
    LATE = "late", _("迟报")
    OFFLINE = "offline", _("离线")
    TAMPER = "tamper", _("被拆动")


class Upkeep(TextChoices):
    """Where a device stands with those who keep it working."""

    IN_SERVICE = "in_service", _("在用")
    REPAIR = "repair", _("维修中")
    RETIRED = "retired", _("已停用")
