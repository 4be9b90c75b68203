"""Versions of flows as loaded; never changed, because running cases stay on theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlowVersion(models.Model):
    """One version of one flow; its content is what config/flows said when it was loaded."""

    code = models.CharField(_("流程"), max_length=30)
    number = models.PositiveIntegerField(_("版本"))
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    content = models.JSONField()
    active = models.BooleanField(_("现行"), default=False)
    loaded_at = models.DateTimeField(_("载入时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint("code", "number", name="one_version_per_number"),
            models.UniqueConstraint("code", "digest", name="one_version_per_content"),
            models.UniqueConstraint(
                "code", condition=models.Q(active=True), name="one_active_version_of_a_flow"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"
