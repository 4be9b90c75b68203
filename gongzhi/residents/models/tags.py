"""Tags: what somebody is known for, why and since when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.residents.models.people import Resident
from gongzhi.residents.words import TagOrigin


class Tag(models.Model):
    """A tag on somebody; `basis` is what it rests on, `reads.tags.reason_of` says it in words."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="tags", db_index=False)
    code = models.CharField(_("标签"), max_length=24, help_text="see config/tags.yaml")
    origin = models.CharField(max_length=8, choices=TagOrigin.choices)
    basis = models.CharField(
        max_length=80, blank=True, default="", help_text="born;count;fact;grade, see rules.tags"
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("到期"), null=True, blank=True, help_text="of a manual tag")
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    place = models.BigIntegerField(help_text="the resident's grid, so that one index serves a list")

    class Meta:
        verbose_name = _("标签")
        constraints = [models.UniqueConstraint("resident", "code", name="one_tag_per_code")]
        indexes = [models.Index(fields=["code", "place", "resident"], name="tag_in_area")]

    def __str__(self) -> str:
        return f"{self.code} {self.resident_id}"


class TagException(models.Model):
    """A person decided that the rule is wrong about somebody: the rule stays off for them."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="tag_exceptions")
    code = models.CharField(_("标签"), max_length=24)
    ground = models.CharField(_("理由"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("标签例外")
        constraints = [models.UniqueConstraint("resident", "code", name="one_exception_per_tag")]

    def __str__(self) -> str:
        return f"not {self.code} {self.resident_id}"
