"""The words of calling units together."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Turnout(TextChoices):
    """How a called unit answered the whistle."""

    CALLED = "called", _("未回应")
    COMING = "coming", _("已响应")
    ON_SITE = "on_site", _("已到场")
    LATE = "late", _("迟到")
    ABSENT = "absent", _("未到场")


class SignedBy(TextChoices):
    """How it is known that somebody of the unit was there."""

    POSITION = "position", _("定位核验")
    VOUCHED = "vouched", _("召集人确认")


class TaskKind(TextChoices):
    """What a task agreed on site becomes."""

    ASSIST = "assist", _("本案协办")
    CASE = "case", _("另立新案")
