"""What follows the end of a case: asking whether it is really fixed, and appeals."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.cases.models.case import Case
from gongzhi.cases.words import FollowUpKind
from gongzhi.places.models import Area


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Follow-ups, owed and done."""

    def visible_to(self, person: Person) -> Self:
        """Those of cases that the person may see."""
        return self.filter(Case.objects.visible_to(person).named_by("case"))

    def owed(self) -> Self:
        """Those nobody has answered yet and nothing has overtaken."""
        return self.filter(done_at=None, dropped_at=None)


class FollowUp(models.Model):
    """One asking after the end: a return visit by the desk, or “is it fixed?” after some days."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="followups")
    kind = models.CharField(_("回访方式"), max_length=8, choices=FollowUpKind.choices)
    round = models.PositiveSmallIntegerField(default=0, help_text="how often it had been redone")
    begins_at = models.DateTimeField(help_text="from when to ask")
    due_at = models.DateTimeField(_("回访时限"))
    told_at = models.DateTimeField(null=True, help_text="when the reporter was asked in the app")
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True, help_text="the case came back before it was asked")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        help_text="the clerk who asked; empty when the reporter answered in the app",
    )  # fmt: skip
    reached = models.BooleanField(_("联系上了"), null=True)
    contacted = models.BooleanField(_("办理时联系过"), null=True)
    solved = models.BooleanField(_("已解决"), null=True)
    satisfied = models.BooleanField(_("满意"), null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("回访")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint("case", "kind", "round", name="asked_once_a_round"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="followup_owed",
                condition=models.Q(done_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(
                fields=["begins_at"],
                name="followup_to_tell",
                condition=models.Q(
                    kind="again", told_at__isnull=True, done_at__isnull=True,
                    dropped_at__isnull=True,
                ),
            ),
            models.Index(fields=["done_at"], name="followup_done"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{FollowUpKind(self.kind).label} {self.case_id}"

    @property
    def is_owed(self) -> bool:
        """Whether somebody still has to ask or answer."""
        return self.done_at is None and self.dropped_at is None


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, waiting and decided."""

    def visible_to(self, person: Person) -> Self:
        """Those of cases that the person may see."""
        return self.filter(Case.objects.visible_to(person).named_by("case"))

    def owed(self) -> Self:
        """Those nobody has decided yet."""
        return self.filter(decided_at=None)


class Appeal(models.Model):
    """A reporter who is not content asks the level above; decided once, by somebody else."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="appeals")
    round = models.PositiveSmallIntegerField(default=0, help_text="how often it had been redone")
    desk = models.ForeignKey(
        Area, models.PROTECT, related_name="appeals", help_text="the level above, which decides"
    )
    text = models.CharField(_("申诉理由"), max_length=1000)
    at = models.DateTimeField(_("申诉时间"))
    due_at = models.DateTimeField(_("答复时限"))
    upheld = models.BooleanField(_("支持申诉"), null=True)
    answer = models.CharField(_("答复"), max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("申诉")
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint("case", "round", name="appealed_once_a_round")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="appeal_owed",
                condition=models.Q(decided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.desk}"
