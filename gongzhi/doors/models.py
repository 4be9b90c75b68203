"""Partners that may write, entries by which cases came in, answers that are owed."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.cases.models import Case
from gongzhi.doors.words import Delivery, Door, Told
from gongzhi.journal.models import Event
from gongzhi.kernel.sealed import SealedTextField


class Partner(models.Model):
    """A program that may write; only the fingerprint of its key is kept."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    key_digest = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(_("启用"), default=True)
    per_minute = models.PositiveIntegerField(_("每分钟上限"), default=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


def new_key() -> str:
    """A key to hand to a partner once; 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """What is kept of a key. The key is random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class Entry(models.Model):
    """How a case came in by a door: the number it has there and where its answers go."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="entry")
    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices)
    external_id = models.CharField(_("对方编号"), max_length=120)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="entries")
    address = SealedTextField(blank=True, default="", help_text="where answers go, e.g. an e-mail")
    thread = models.JSONField(default=dict, help_text="what the door needs to answer in place")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("door", "external_id", name="one_entry_per_number_of_a_door")
        ]

    def __str__(self) -> str:
        return f"{Door(self.door).label} {self.external_id}"


class Answer(models.Model):
    """Something the other side of a door must be told; kept until it took it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="answers")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    told = models.CharField(_("内容"), max_length=10, choices=Told.choices)
    state = models.CharField(
        _("状态"), max_length=6, choices=Delivery.choices, default=Delivery.OWED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("entry", "event", name="one_answer_per_event_of_an_entry")
        ]
        indexes = [
            models.Index(fields=["not_before"], name="answer_due", condition=models.Q(state="owed"))
        ]

    def __str__(self) -> str:
        return f"{Told(self.told).label} → {self.entry}"
