"""Rounds and their stops, one per home; who lives there is asked of the register when shown."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area, Dwelling
from gongzhi.residents.models import within_reach
from gongzhi.visits.words import Outcome


class RoundQuerySet(models.QuerySet["Round"]):
    """What a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Rounds with a home in the grids where the person arranges or makes visits."""
        return self.filter(pk__in=Stop.objects.visible_to(person).values("round"))

    def running(self) -> Self:
        """Neither finished nor withdrawn."""
        return self.filter(finished_at=None, withdrawn_at=None)


class Round(models.Model):
    """Homes to be visited for one purpose until a day."""

    key = models.UUIDField(help_text="made with the form; makes sending it twice safe")
    title = models.CharField(_("任务"), max_length=60)
    note = models.CharField(_("走访要求"), max_length=300, blank=True, default="")
    tags = models.CharField(
        max_length=300, blank=True, default="", help_text="codes of the people to see; empty: all"
    )
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", help_text="the lowest that holds all of its homes"
    )
    due_on = models.DateField(_("完成期限"))
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    begun_at = models.DateTimeField(_("布置时间"))
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("走访任务")
        constraints = [models.UniqueConstraint("begun_by", "key", name="one_round_per_form")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Whether homes are still to be visited."""
        return self.finished_at is None and self.withdrawn_at is None

    @property
    def tag_codes(self) -> tuple[str, ...]:
        """The tags of the people to see."""
        return tuple(self.tags.split(",")) if self.tags else ()


class StopQuerySet(models.QuerySet["Stop"]):
    """What a person may see, and what is still to be done."""

    def visible_to(self, person: Person) -> Self:
        """Homes in the grids where the person arranges or makes visits."""
        return self.filter(
            within_reach(person, Can.ARRANGE_VISITS) | within_reach(person, Can.VISIT_HOMES)
        )

    def open(self) -> Self:
        """Not visited yet, in a round that is running."""
        return self.filter(done_at=None, round__finished_at=None, round__withdrawn_at=None)


class Stop(models.Model):
    """One home of a round; whoever works in its grid may tick it off."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="stops", db_index=False)
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="visits")
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="+", db_index=False
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often nobody was home")
    tried_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome.choices, blank=True, default=""
    )
    note = SealedTextField(_("走访记录"), blank=True, default="")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    done_at = models.DateTimeField(_("走访时间"), null=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        verbose_name = _("走访户")
        constraints = [models.UniqueConstraint("round", "dwelling", name="a_home_once_per_round")]
        indexes = [models.Index(fields=["grid", "done_at"], name="stop_to_do")]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.dwelling_id}"
