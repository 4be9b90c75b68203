"""The words of the doors: which ways in there are, and how an answer stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Door(TextChoices):
    """A way in from outside; each has a folder of its own."""

    OPEN311 = "open311", _("Open311 接口")
    HOTLINE = "hotline", _("12345 热线")
    MAILBOX = "mailbox", _("电子信箱")
    WECHAT = "wechat", _("微信公众号")
    WEBHOOK = "webhook", _("平台对接")
    QR = "qr", _("码上报")
    PHONE = "phone", _("电话坐席")


class Told(TextChoices):
    """What an answer tells the other side."""

    RECEIVED = "received", _("已收到")
    ACCEPTED = "accepted", _("已受理")
    REROUTED = "rerouted", _("重新安排承办")
    HANDLED = "handled", _("已处置")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("不予受理")
    RATED = "rated", _("满意度")
    RETURNED = "returned", _("申请退回")
    EXTENSION = "extension", _("申请延期")


class Delivery(TextChoices):
    """How an answer stands."""

    OWED = "owed", _("待送达")
    SENT = "sent", _("已送达")
    DEAD = "dead", _("多次失败，待人工处理")
    BY_HAND = "hand", _("已由人告知")


class Otherwise(TextChoices):
    """How a person told the other side what could not be delivered."""

    CALLED = "called", _("电话告知了")
    MET = "met", _("当面或上门告知了")
    WRITTEN = "written", _("另用书面告知了")
    NEEDLESS = "needless", _("不需要再告知")


class Trouble(TextChoices):
    """Why a door is thought to have stopped."""

    SILENT = "silent", _("平时有来件，现在没有")
    FETCHING = "fetching", _("取件一直失败")
    SENDING = "sending", _("答复一直送不出去")
