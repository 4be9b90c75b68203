"""The words of the WeChat door: what a follower's message can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What kind of message it is, as far as we listen."""

    TEXT = "text", _("文字")
    IMAGE = "image", _("照片")
    LOCATION = "location", _("位置")
    CLICK = "click", _("点菜单")
    SUBSCRIBE = "subscribe", _("关注")
    UNSUBSCRIBE = "unsubscribe", _("取消关注")
    QUOTA = "quota", _("订阅通知变化")
    OTHER = "other", _("其他")
