"""The units in which the trade measures limits, and the kinds of special day."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LimitUnit(TextChoices):
    """What a limit of "4" means."""

    CLOCK_HOURS = "h", _("小时")
    WORKING_HOURS = "wh", _("工作时")
    WORKING_DAYS = "wd", _("工作日")
    CALENDAR_DAYS = "d", _("天")


class DayKind(TextChoices):
    """A day that is not what its weekday says."""

    HOLIDAY = "holiday", _("放假")
    WORKDAY = "workday", _("调休上班")
