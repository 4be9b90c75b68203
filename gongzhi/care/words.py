"""The words of the guard; the same codes as in the rules."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Ground(TextChoices):
    """Why there is an alert."""

    SILENCE = "silence", _("长时间无活动")
    ELECTRICITY = "electricity", _("用电异常")
    OUT_TOO_LONG = "out_too_long", _("外出过久")
    UNOPENED = "unopened", _("入户门长时间未开")
    NIGHT_DOOR = "night_door", _("夜间出门")
    INTRUSION = "intrusion", _("离家期间门被打开")
    BLIND = "blind", _("设备全部失联")
    SOS = "sos", _("一键求助")
    SMOKE = "smoke", _("烟雾告警")
    GAS = "gas", _("燃气告警")
    WATER = "water", _("水浸告警")


class CloseCode(TextChoices):
    """What an alert turned out to be."""

    TRUE_HELP = "true_help", _("确需帮助")
    TRUE_ABSENCE = "true_absence", _("确实外出")
    FALSE_NORMAL = "false_normal", _("误报，一切正常")
    DEVICE = "device", _("设备原因")
    DUPLICATE = "duplicate", _("重复")
    TEST = "test", _("测试")
    LATE_DATA = "late_data", _("数据迟到")
    WITHDRAWN = "withdrawn", _("同意已撤回")
    CASE_ENDED = "case_ended", _("随事件结束")


# What a person may say it was; the others are found by the product itself.
FOUND = frozenset({CloseCode.LATE_DATA, CloseCode.WITHDRAWN, CloseCode.CASE_ENDED})
SAID = [code for code in CloseCode if code not in FOUND]


class Sensitivity(TextChoices):
    """How soon a home's alarm is raised: the target of alarms a month."""

    HIGH = "high", _("高（每月约2次）")
    MEDIUM = "medium", _("中（每月约1次）")
    LOW = "low", _("低（每月约半次）")


TARGETS = {Sensitivity.HIGH: 2.0, Sensitivity.MEDIUM: 1.0, Sensitivity.LOW: 0.5}


class Call(TextChoices):
    """What a step of the ladder does."""

    ELDER = "elder", _("致电老人")
    CONTACT = "contact", _("致电联系人")
    ALL_CONTACTS = "all_contacts", _("同时致电全部联系人")
    GRID_WORKER = "grid_worker", _("派网格员上门")
    NEXT_WORKER = "next_worker", _("改派并告知值班")
    NEIGHBOUR = "neighbour", _("联系邻居或物业")
    OWNER = "owner", _("通知设备维护单位")
    POLICE = "110", _("提请110协助入户")
    FIRE = "119", _("提请119")
    AMBULANCE = "120", _("提请120")


class Outcome(TextChoices):
    """What became of a step."""

    WAITING = "waiting", _("未到时间")
    CALLING = "calling", _("已呼叫")
    SAFE = "safe", _("报平安")
    HELP = "help", _("需要帮助")
    COMING = "coming", _("答应前往")
    NO_ANSWER = "no_answer", _("无人接听")
    ASKED = "asked", _("已提请")
    SKIPPED = "skipped", _("不再需要")


class Tie(TextChoices):
    """What a contact is to the elder."""

    CHILD = "child", _("子女")
    RELATIVE = "relative", _("亲属")
    FRIEND = "friend", _("朋友")
    NEIGHBOUR = "neighbour", _("邻居")


class Party(TextChoices):
    """Who was rung."""

    ELDER = "elder", _("老人")
    CONTACT = "contact", _("联系人")


class View(TextChoices):
    """What somebody looked at; every look is kept."""

    ELDER = "elder", _("查看老人详情与作息图")
    ALERT = "alert", _("查看告警经过")
    ADDRESS = "address", _("查看详细地址")
    PHONE = "phone", _("查看电话")
    FAMILY = "family", _("家属查看状态")


class RevealGround(TextChoices):
    """Why somebody needs a full number or address."""

    CALL = "call", _("需要致电核实")
    VISIT = "visit", _("需要上门")
    UPDATE = "update", _("更新档案")


class Mood(TextChoices):
    """How a home stands on the board, the most worrying first."""

    ALARM = "alarm", _("告警处置中")
    NOTICE = "notice", _("需要留意")
    BLIND = "blind", _("设备失联")
    QUIET = "quiet", _("比平时安静")
    FINE = "fine", _("一切如常")
    NEW = "new", _("还在学习作息")
    AWAY = "away", _("登记外出")
