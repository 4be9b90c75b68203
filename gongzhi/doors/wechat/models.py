"""Followers, what they are telling just now, what was answered, and what we may send them."""

from django.conf import settings
from django.db import models

from gongzhi.doors.wechat.rules import Talk
from gongzhi.kernel.sealed import SealedTextField


class Follower(models.Model):
    """Somebody who writes to the account; known to pages as a device, by the same token."""

    index = models.CharField(max_length=32, unique=True, help_text="blind index of the openid")
    openid = SealedTextField()
    token = SealedTextField(help_text="of the device that this follower is to the pages")
    ref = models.CharField(max_length=70, help_text="reporter_ref of that device")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    follows = models.BooleanField(default=True)
    spoke_at = models.DateTimeField(null=True, help_text="opens a window for free messages")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"follower {self.pk}"


class Draft(models.Model):
    """What a follower told since the last case; submitted, it waits for its pictures only."""

    follower = models.ForeignKey(Follower, models.CASCADE, related_name="drafts")
    text = models.TextField(blank=True, default="")
    lng = models.FloatField(null=True, help_text="GCJ-02, as WeChat gives it")
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True, default="")
    phone = SealedTextField(blank=True, default="")
    asked = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=80, blank=True, default="", help_text="MsgId of the order")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "follower",
                condition=models.Q(submitted_at__isnull=True),
                name="one_talk_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.follower_id}"

    def talk(self, pictures: tuple[str, ...]) -> Talk:
        """As the rules see it."""
        where = (self.lng, self.lat) if self.lng is not None and self.lat is not None else None
        return Talk(self.text, pictures, where, self.address, self.phone, self.asked)

    def keep(self, talk: Talk) -> None:
        """Take over what the rules made of it; not yet saved."""
        self.text, self.address, self.phone = talk.text, talk.address, talk.phone
        self.lng, self.lat = talk.where or (None, None)
        self.asked = talk.asked


class Picture(models.Model):
    """A picture that WeChat holds for three days; fetched at once, kept with the case."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="pictures")
    media = models.CharField(max_length=128)
    stored = models.JSONField(null=True, help_text="the fields of a StoredFile")
    failed = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="picture_due",
                condition=models.Q(stored__isnull=True, failed=False),
            )
        ]

    def __str__(self) -> str:
        return self.media


class Heard(models.Model):
    """A message that was taken and what was answered, because WeChat sends it up to three times."""

    key = models.CharField(max_length=140, unique=True)
    reply = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Quota(models.Model):
    """How many subscribed notices of a template a follower still allows."""

    follower = models.ForeignKey(Follower, models.CASCADE, related_name="quotas")
    template = models.CharField(max_length=80)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("follower", "template", name="one_quota_of_a_template")
        ]

    def __str__(self) -> str:
        return f"{self.template} × {self.left}"


class Token(models.Model):
    """What we call WeChat with; shared by all processes, since a new one ends the old."""

    name = models.CharField(max_length=80, unique=True)
    value = SealedTextField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
