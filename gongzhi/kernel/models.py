"""What every process of the product must count together."""

from django.db import models


class Tries(models.Model):
    """How often one source tried one thing in one window; no source can be read out of it."""

    what = models.CharField(max_length=30)
    source = models.CharField(max_length=40, help_text="keyed digest")
    ends = models.BigIntegerField(help_text="end of the window, in seconds since 1970")
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint("what", "source", "ends", name="one_count_a_window")]
        indexes = [models.Index(fields=["ends"], name="tries_long_past")]

    def __str__(self) -> str:
        return f"{self.what}: {self.count}"
