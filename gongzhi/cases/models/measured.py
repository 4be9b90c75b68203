"""By what units are measured: what is left out of the rates on evidence, and frozen months."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models.case import Case
from gongzhi.cases.words import ExclusionGround, Nature, Part, Status
from gongzhi.places.models import Area


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    """What was asked to be left out of the rates."""

    def visible_to(self, person: Person) -> Self:
        """Those of cases that the person may see."""
        return self.filter(Case.objects.visible_to(person).named_by("case"))

    def owed(self) -> Self:
        """Those that wait for the second signature."""
        return self.filter(decided_at=None)


class Exclusion(models.Model):
    """A case to be left out of the rates: one person asks with evidence, another signs or not."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="exclusion")
    ground = models.CharField(_("剔除情形"), max_length=16, choices=ExclusionGround.choices)
    reason = models.CharField(_("说明"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = _("剔除申请")
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{ExclusionGround(self.ground).label} {self.case_id}"


class FrozenMonth(models.Model):
    """A month whose rates do not change any more, whatever becomes of its cases."""

    month = models.CharField(max_length=7, unique=True, help_text="2026-03")
    frozen_at = models.DateTimeField()
    lines_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the lines")

    def __str__(self) -> str:
        return self.month


class MeasuredLineQuerySet(models.QuerySet["MeasuredLine"]):
    """Lines of frozen months."""

    def visible_to(self, person: Person) -> Self:
        """Those of the areas where the person may see cases, as the areas were then."""
        return self.filter(inside(person, Can.SEE_CASES))


class MeasuredLine(models.Model):
    """A case reported in a frozen month, or an answer given in it, as both stood when it froze."""

    frozen = models.ForeignKey(FrozenMonth, models.CASCADE, related_name="lines")
    part = models.CharField(max_length=8, choices=Part.choices)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    unit_name = models.CharField(max_length=80, blank=True)
    item_name = models.CharField(max_length=80, blank=True)
    area_name = models.CharField(max_length=80, blank=True)
    nature = models.CharField(max_length=10, choices=Nature.choices)
    status = models.CharField(max_length=12, choices=Status.choices)
    excluded = models.BooleanField(default=False)
    reached = models.BooleanField(null=True)
    contacted = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)

    objects = MeasuredLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["frozen", "part"], name="measured_of_month")]

    def __str__(self) -> str:
        return f"{self.frozen_id} {self.case_id}"
