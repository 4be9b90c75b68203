"""Whistles, whom they call, and what was agreed there; where people are is not kept."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person, Unit
from gongzhi.cases.models import Assist, Case
from gongzhi.places.models import Area
from gongzhi.whistles import rules
from gongzhi.whistles.words import SignedBy, TaskKind, Turnout


class WhistleQuerySet(models.QuerySet["Whistle"]):
    """What a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Those about cases the person may see, and those that call the person's unit."""
        units = [post.unit_id for post in person.held if post.unit_id]
        mine = models.Q(Case.objects.visible_to(person).named_by("case"))
        if units:
            called = Called.objects.filter(unit__in=units).values("whistle")
            mine |= models.Q(pk__in=called) & ~models.Q(case__complained_of__in=units)
        return self.filter(mine)

    def standing(self) -> Self:
        """Neither over nor called off."""
        return self.filter(ended_at=None, called_off_at=None)


class Whistle(models.Model):
    """A call to units to come to a place at a time about a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="whistles")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", help_text="whose desk calls")
    reason = models.CharField(_("召集事由"), max_length=rules.WORDS_MOST)
    place = models.CharField(_("集合地点"), max_length=200)
    lng = models.FloatField(help_text="WGS-84")
    lat = models.FloatField(help_text="WGS-84")
    radius = models.PositiveSmallIntegerField(_("签到范围（米）"), default=rules.NEAR)
    starts_at = models.DateTimeField(_("集合时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("吹哨时间"))
    minutes = models.TextField(_("会商纪要"), blank=True, default="")
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    minutes_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    called_off_at = models.DateTimeField(null=True)
    called_off_why = models.CharField(max_length=rules.WORDS_MOST, blank=True, default="")
    version = models.PositiveIntegerField(default=1, help_text="raised by every change")

    objects = WhistleQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "case",
                condition=models.Q(ended_at=None, called_off_at=None),
                name="one_whistle_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["-starts_at"], name="whistle_by_time")]

    def __str__(self) -> str:
        return f"{self.place} {self.starts_at:%m-%d %H:%M}"

    @property
    def is_standing(self) -> bool:
        """Whether it still calls."""
        return self.ended_at is None and self.called_off_at is None


class Called(models.Model):
    """A unit called by a whistle, and whether somebody of it came. No track, no position."""

    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="called")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="whistled")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, blank=True, default="", choices=SignedBy.choices)
    metres = models.PositiveIntegerField(
        null=True, help_text="distance from the place, to the ten metres; the position is not kept"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("whistle", "unit", name="a_unit_is_called_once")]

    def __str__(self) -> str:
        return f"{self.unit} → {self.whistle_id}"

    @property
    def turnout(self) -> Turnout:
        """How the unit answered."""
        whistle = self.whistle
        return Turnout(
            rules.turnout(
                acknowledged=self.acknowledged_at is not None,
                signed_at=self.signed_at,
                starts_at=whistle.starts_at,
                over=whistle.ended_at is not None,
            )
        )

    @property
    def late_by(self) -> int:
        """Minutes after the time at which somebody came."""
        signed: datetime | None = self.signed_at
        return rules.minutes_late(signed, self.whistle.starts_at) if signed else 0


class Task(models.Model):
    """What was agreed on site for a unit to do: an assist of the case, or a case of its own."""

    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="tasks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=TaskKind.choices)
    text = models.CharField(_("任务"), max_length=rules.WORDS_MOST)
    assist = models.ForeignKey(Assist, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.unit}：{self.text[:20]}"
