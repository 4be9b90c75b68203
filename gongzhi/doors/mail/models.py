"""Letters that were taken, so that none is taken twice, and refusals that are owed to writers."""

from django.db import models

from gongzhi.doors.mail.words import Verdict
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Delivery
from gongzhi.kernel.sealed import SealedTextField


class Taken(models.Model):
    """A letter and what became of it; its words are in the case, the original in the mailbox."""

    digest = models.CharField(max_length=64, unique=True)
    mailbox = models.CharField(max_length=40)
    message_id = models.CharField(max_length=180, blank=True, default="")
    sender = models.CharField(max_length=32, blank=True, default="", help_text="blind index")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, related_name="letters")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["sender", "at"], name="letter_of_sender"),
            models.Index(fields=["message_id"], name="letter_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.message_id}"


class Regret(models.Model):
    """What a writer must be told whose letter made no case; kept until the server took it."""

    taken = models.OneToOneField(Taken, models.CASCADE, related_name="regret")
    address = SealedTextField()
    subject = SealedTextField(blank=True, default="")
    sentence = models.CharField(max_length=400)
    state = models.CharField(max_length=6, choices=Delivery.choices, default=Delivery.OWED)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="regret_due", condition=models.Q(state="owed"))
        ]

    def __str__(self) -> str:
        return self.sentence
