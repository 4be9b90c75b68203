"""Partners, entries by which cases came in, answers that are owed, and what was turned away."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.cases.models import Case
from gongzhi.doors.words import Delivery, Door, Told, Trouble
from gongzhi.journal.models import Event
from gongzhi.kernel.sealed import SealedTextField


class Partner(models.Model):
    """A program that may write; only the fingerprint of its key is kept, unless it signs."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices, default=Door.OPEN311)
    key_digest = models.CharField(max_length=64, unique=True)
    secret = SealedTextField(
        blank=True, default="", help_text="the key itself, where both sides sign with it"
    )
    url = models.URLField(_("对方地址"), blank=True, default="", help_text="where answers go")
    wants = models.JSONField(_("订阅"), default=list, help_text="which news a web hook is sent")
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
    """How a case came in by a door: the number it has there and where its answers go.

    A case that several channels report has an entry for each, and each is answered.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices)
    issuer = models.CharField(
        max_length=40, blank=True, default="", help_text="who numbers, where a door has several"
    )
    external_id = models.CharField(_("对方编号"), max_length=120)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="entries")
    address = SealedTextField(blank=True, default="", help_text="where answers go, e.g. an e-mail")
    thread = models.JSONField(default=dict, help_text="what the door needs to answer in place")
    sent_at = models.DateTimeField(null=True, help_text="made, by the other side's clock")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "door", "issuer", "external_id", name="one_entry_per_number_of_a_door"
            )
        ]
        indexes = [models.Index(fields=["door", "at"], name="entry_of_door")]

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
            models.Index(
                fields=["not_before"], name="answer_due", condition=models.Q(state="owed")
            ),
            models.Index(fields=["entry"], name="answer_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{Told(self.told).label} → {self.entry}"


class Nonce(models.Model):
    """A signed call that was taken: its nonce is spent, so that nobody can play it again."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("partner", "nonce", name="spent_once")]

    def __str__(self) -> str:
        return self.nonce


class TurnedAway(models.Model):
    """Something a door could not take, with what its sender was told; for the channel board."""

    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    external_id = models.CharField(_("对方编号"), max_length=120, blank=True, default="")
    code = models.CharField(max_length=40)
    sentence = models.CharField(_("原因"), max_length=300)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["door", "at"], name="turned_away_of_door")]

    def __str__(self) -> str:
        return f"{Door(self.door).label} {self.code}"


class Fetch(models.Model):
    """How far a door that asks for its matters has come, and since when asking fails."""

    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices)
    issuer = models.CharField(
        max_length=40, blank=True, default="", help_text="which of a door's several sources"
    )
    cursor = models.CharField(max_length=200, blank=True, default="")
    not_before = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint("door", "issuer", name="one_fetch_per_source")]

    def __str__(self) -> str:
        return f"{Door(self.door).label} {self.issuer or self.cursor}"


class Stoppage(models.Model):
    """A time in which a door seemed to stand still; open until something came through again."""

    door = models.CharField(_("渠道"), max_length=10, choices=Door.choices)
    trouble = models.CharField(_("情况"), max_length=10, choices=Trouble.choices)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["door", "trouble"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_stoppage_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{Door(self.door).label} {Trouble(self.trouble).label}"
