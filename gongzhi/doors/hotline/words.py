"""The words of the hotline: what may be asked of the city, and why."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Plea(TextChoices):
    """How something asked of the city stands."""

    NONE = "none", _("未申请")
    ASKED = "asked", _("已申请，待市热线答复")
    GRANTED = "granted", _("已同意")
    REFUSED = "refused", _("未同意")


class About(TextChoices):
    """What the city decides on."""

    RETURN = "return", _("退回")
    EXTENSION = "extension", _("延期")


class ReturnGround(TextChoices):
    """Why an order is given back to the city."""

    NOT_OUR_DUTY = "not_our_duty", _("不属于本区职责")
    NOT_OUR_AREA = "not_our_area", _("不在本区范围")
    UNCLEAR = "unclear", _("诉求或地点不清，联系不上来电人")
    IN_PROCEEDINGS = "in_proceedings", _("已进入诉讼、仲裁、复议或信访程序")
    REPEATED = "repeated", _("与在办工单重复")


class State(TextChoices):
    """How the desk cuts the list of orders."""

    OPEN = "open", _("在办")
    NEW = "new", _("待签收")
    LATE = "late", _("超期")
    ASKED = "asked", _("申请中")
    ENDED = "ended", _("已办结")
    ALL = "all", _("全部")


# How the steps of an order read on its case: the title, and who took it when nobody of ours did.
STEPS = {
    "hotline.received": (_("签收 12345 工单"), _("系统")),
    "hotline.return_asked": (_("申请退回市热线"), _("系统")),
    "hotline.return_granted": (_("市热线同意退回"), _("市热线")),
    "hotline.return_refused": (_("市热线不同意退回"), _("市热线")),
    "hotline.extension_asked": (_("向市热线申请延期"), _("系统")),
    "hotline.extension_granted": (_("市热线同意延期"), _("市热线")),
    "hotline.extension_refused": (_("市热线不同意延期"), _("市热线")),
}
