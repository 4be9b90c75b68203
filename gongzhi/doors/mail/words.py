"""The words of the mail door: what became of a letter."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """What became of a letter."""

    CASE = "case", _("已立案")
    SUPPLEMENT = "supplement", _("并入原案")
    AUTOMATIC = "automatic", _("自动邮件，不处理")
    EMPTY = "empty", _("没有内容，已请对方补充")
    REFUSED = "refused", _("不能受理，已说明原因")
    UNREADABLE = "unreadable", _("读不了，请人工查看")
