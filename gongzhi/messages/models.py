"""What people were told, and when they read it."""

from django.conf import settings
from django.db import models

from gongzhi.kernel.sealed import SealedTextField


class Message(models.Model):
    """One thing told to one person, built from an event and worded when it is shown."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="told")
    template = models.CharField(max_length=60, help_text="messages/<template>.txt says it")
    facts = models.JSONField(default=dict)
    once = models.CharField(max_length=80, help_text="the same key tells the same person once")
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("to", "once", name="told_once")]
        indexes = [models.Index(fields=["to", "-told_at"], name="message_of_person")]

    def __str__(self) -> str:
        return f"{self.template} to {self.to_id}"


class Text(models.Model):
    """A short message owed to a telephone; sealed, delivered by the worker, kept for the record."""

    phone = SealedTextField()
    words = SealedTextField()
    about = models.CharField(max_length=60, help_text="what it belongs to: alert:17")
    once = models.CharField(max_length=80, unique=True, help_text="the same key is sent once")
    owed_at = models.DateTimeField()
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"], name="text_owed", condition=models.Q(sent_at__isnull=True)
            ),
            models.Index(fields=["about", "owed_at"], name="text_about"),
        ]

    def __str__(self) -> str:
        return f"text about {self.about}"
