"""A changed calendar applied to open cases: how far it came and what it changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.journal.models import Event


class Recount(models.Model):
    """All open cases held against the calendar in force, once after each change of it."""

    cause = models.OneToOneField(Event, models.PROTECT, related_name="recount")
    begun_at = models.DateTimeField(_("开始"))
    upto = models.BigIntegerField(help_text="the newest case when it began; later ones are right")
    last = models.BigIntegerField(default=0, help_text="cases up to this one are done")
    total = models.PositiveIntegerField(_("在办案件"))
    looked = models.PositiveIntegerField(_("已重算"), default=0)
    moved = models.PositiveIntegerField(_("时限有变"), default=0)
    finished_at = models.DateTimeField(_("完成"), null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.looked}/{self.total}"
