"""The district's working calendar, as data that people can edit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.calendars.words import DayKind


class WorkSpan(models.Model):
    """A span of each working day in which work is done, e.g. 08:30–12:00."""

    begins = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))

    class Meta:
        ordering = ["begins"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__lt=models.F("ends")), name="span_runs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


class SpecialDay(models.Model):
    """A holiday on a weekday, or a make-up workday on a weekend."""

    day = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class PublishedYear(models.Model):
    """A year whose official holiday table is known; others are shown as provisional."""

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    source = models.CharField(_("依据"), max_length=200)

    def __str__(self) -> str:
        return str(self.year)
