"""Letters that were taken, so that none is taken twice, and refusals that are owed to writers."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside, may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.doors.mail.words import Verdict
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Delivery
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area


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


class RegretQuerySet(models.QuerySet["Regret"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """Those of mailboxes of the areas for which they dispatch; administrators see all."""
        if may(person, Can.MANAGE_ACCOUNTS, within=None):
            return self
        return self.filter(inside(person, Can.DISPATCH_CASES))

    def undelivered(self) -> Self:
        """Given up, or tried in vain so far."""
        return self.filter(
            models.Q(state=Delivery.DEAD) | models.Q(state=Delivery.OWED, tries__gt=0)
        )


class Regret(models.Model):
    """What a writer must be told whose letter made no case; kept until the server took it."""

    taken = models.OneToOneField(Taken, models.CASCADE, related_name="regret")
    address = SealedTextField()
    subject = SealedTextField(blank=True, default="")
    sentence = models.CharField(max_length=400)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True)
    state = models.CharField(
        _("状态"), max_length=6, choices=Delivery.choices, default=Delivery.OWED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True, default="")

    objects = RegretQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"], name="regret_due", condition=models.Q(state="owed")
            ),
            models.Index(fields=["area"], name="regret_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def masked_address(self) -> str:
        """The writer's address as lists show it: its first letter and its server."""
        name, _at, server = self.address.rpartition("@")
        return f"{name[:1]}***@{server}"
