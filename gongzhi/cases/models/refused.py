"""What was refused at the first word: answered and counted, without ever becoming a case."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models.case import Case
from gongzhi.cases.words import DeclineGround, Source
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area


class TurnedAwayQuerySet(models.QuerySet["TurnedAway"]):
    """What a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Those of the areas where they may see cases."""
        return self.filter(inside(person, Can.SEE_CASES))


class TurnedAway(models.Model):
    """One refusal at the door: ground and answer; in an emergency nobody's words are kept."""

    ground = models.CharField(_("情形"), max_length=20, choices=DeclineGround.choices)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    what = SealedTextField(_("事项"), blank=True, default="")
    answer = models.CharField(_("答复"), max_length=1000)
    call = models.CharField(max_length=10, blank=True, default="", help_text="the number told")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="+", help_text="answered before under this"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = TurnedAwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("当场不予受理")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="turned_away_by_time")]

    def __str__(self) -> str:
        return f"{DeclineGround(self.ground).label} {self.at:%Y-%m-%d}"
