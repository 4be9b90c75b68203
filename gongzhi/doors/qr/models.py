"""Printed codes; a code keeps its place and what it hangs on for good, or is revoked."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.qr.words import Kind
from gongzhi.places.models import IN_RANGE_LAT, IN_RANGE_LNG, Area, Component, Estate
from gongzhi.places.words import ComponentState


class CodeQuerySet(models.QuerySet["Code"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """The codes of the areas for which they dispatch."""
        return self.filter(inside(person, Can.DISPATCH_CASES))


class Code(models.Model):
    """One printed code: a token nobody can guess, and the place it stands for."""

    token = models.CharField(max_length=16, unique=True, help_text="96 random bits")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    label = models.CharField(_("地点"), max_length=80)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    estate = models.ForeignKey(Estate, models.PROTECT, null=True, related_name="+")
    component = models.ForeignKey(
        Component, models.PROTECT, null=True, related_name="+", help_text="the one it hangs on"
    )
    lng = models.FloatField(help_text="WGS-84", validators=IN_RANGE_LNG)
    lat = models.FloatField(help_text="WGS-84", validators=IN_RANGE_LAT)
    item_code = models.CharField(_("事项"), max_length=20, blank=True, default="")
    scans = models.PositiveIntegerField(_("扫码次数"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "kind", "label", "item_code"],
                condition=models.Q(revoked_at__isnull=True, component__isnull=True),
                name="one_live_code_of_a_place",
            ),
            models.UniqueConstraint(
                fields=["component", "item_code"],
                condition=models.Q(revoked_at__isnull=True, component__isnull=False),
                name="one_live_code_of_a_component",
            ),
        ]
        indexes = [models.Index(fields=["area", "kind", "label"], name="code_of_area")]

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.label}"

    @property
    def is_without_its_component(self) -> bool:
        """Whether what it hangs on was taken out of use."""
        return self.component is not None and self.component.state == ComponentState.RETIRED
