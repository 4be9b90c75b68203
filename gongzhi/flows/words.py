"""The words flows are written in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Turn(TextChoices):
    """Whose turn it is in a state."""

    DESK = "desk", _("调度台")
    HANDLER = "handler", _("承办人")
    CHECKER = "checker", _("核查人")
    ARBITER = "arbiter", _("上级调度台")
    PARENT = "parent", _("主案")
    NOBODY = "nobody", _("已结束")


class Need(TextChoices):
    """What a step asks for before it can be taken."""

    REASON = "reason", _("说明理由")
    NOTE = "note", _("处置说明")
    GROUND = "ground", _("选择情形")
    HANDLER = "handler", _("选定承办人")
    EVIDENCE = "evidence", _("佐证材料（照片或录音）")
    PHOTO_AFTER = "photo_after", _("处置后照片")
    AGREEMENT = "agreement", _("协议书")
    SIGNATURE = "signature", _("签字")
    RISK = "risk", _("风险等级")
    FOLLOW_UP_DATE = "follow_up_date", _("回访日期")
