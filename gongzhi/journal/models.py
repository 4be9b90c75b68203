"""Events: what happened, kept for good. Errands: what is owed because of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _


class CurrentTransaction(Func):
    """The number of the writing transaction on PostgreSQL, 0 on SQLite, which has one writer."""

    output_field = models.BigIntegerField()

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[str | int, ...]]:
        """SQLite commits in order of ids, so every row may carry the same number."""
        return "0", ()

    def as_postgresql(self, *_: Any, **__: Any) -> tuple[str, tuple[str | int, ...]]:
        """Ids may commit out of order; with this number the stream knows what can still come."""
        return "(pg_current_xact_id()::text::bigint)", ()


class Event(models.Model):
    """Something that happened. Facts hold references and codes, never personal data."""

    name = models.CharField(max_length=60, help_text="package.verb_in_the_past")
    kind = models.CharField(max_length=40, help_text="what the event is about, e.g. case")
    subject_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    at = models.DateTimeField()
    area_path = models.CharField(max_length=120, blank=True, default="")
    facts = models.JSONField(default=dict)
    xact = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = _("日志")
        indexes = [
            models.Index(fields=["kind", "subject_id", "id"], name="event_of_subject"),
            models.Index(fields=["xact", "id"], name="event_stream"),
            models.Index(fields=["name", "at"], name="event_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}:{self.subject_id}"


class Errand(models.Model):
    """Something owed because of an event; done at least once, by whichever worker claims it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="errands")
    reaction = models.CharField(max_length=80, help_text="a stable written name, not a dotted path")
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"], name="errand_due", condition=models.Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.reaction} for {self.event_id}"
