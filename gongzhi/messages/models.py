"""What people were told, and when they read it."""

from django.conf import settings
from django.db import models


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
