"""Tables on their way in and out, and how each person likes to have them."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.sheets.words import Progress, Shape, Stage


class Layout(models.Model):
    """How a person wants a list on paper: which columns in which order, and what stands around."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="layouts")
    kind = models.CharField(max_length=40)
    name = models.CharField(_("版式名称"), max_length=40)
    columns = models.JSONField(default=list, help_text="[[key, title], …] in their order")
    title = models.CharField(_("标题"), max_length=60, blank=True, default="")
    header = models.CharField(_("表头说明"), max_length=120, blank=True, default="")
    footer = models.CharField(_("页脚"), max_length=120, blank=True, default="")
    signature = models.CharField(_("签字栏"), max_length=120, blank=True, default="")
    landscape = models.BooleanField(_("横向"), default=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "kind", "name", name="one_layout_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Mapping(models.Model):
    """What a person's headings mean: {heading, compared plainly: key of the field or ""}."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=40)
    headings = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "kind", name="one_mapping_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class WorkQuerySet(models.QuerySet[Any]):
    """Work on tables, narrowed by whose it is and whether anybody is at it."""

    def of(self, person: Person) -> Self:
        """The person's own: nobody else takes out what somebody asked for under their own name."""
        return self.filter(person=person)

    def to_do(self, *, lost_before: datetime) -> Self:
        """Waiting, or begun by a worker that has not been heard of since `lost_before`."""
        lost = models.Q(progress=Progress.RUNNING, beat_at__lt=lost_before)
        return self.filter(models.Q(progress=Progress.WAITING) | lost).order_by("pk")


class Work(models.Model):
    """Something done with a table in the background, with how far it is."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    progress = models.CharField(max_length=10, choices=Progress.choices)
    rows = models.PositiveIntegerField(default=0, help_text="how many there are in all")
    done = models.PositiveIntegerField(default=0, help_text="how many were gone through")
    begun_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(null=True, help_text="last sign of life of the worker")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    trouble = models.CharField(max_length=300, blank=True, default="", help_text="a sentence")

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return min(100, round(100 * self.done / self.rows)) if self.rows else 0

    @property
    def under_way(self) -> bool:
        """Whether it is worth looking again in a moment."""
        return self.progress in (Progress.WAITING, Progress.RUNNING)


class Incoming(Work):
    """A file that somebody brought: checked first, then written in one go or not at all."""

    stage = models.CharField(max_length=10, choices=Stage.choices)
    file_name = models.CharField(max_length=120)
    file = models.CharField(max_length=40, help_text="sealed, in the directory of tables")
    marked = models.CharField(max_length=40, blank=True, default="", help_text="annotated copy")
    digest = models.CharField(max_length=64, help_text="of the file, to tell that it came before")
    source = models.CharField(max_length=80, help_text="where the data comes from, in words")
    columns = models.JSONField(default=dict, help_text="{number of the column: key}")
    heading_row = models.PositiveIntegerField(default=1)
    faults = SealedTextField(default="", help_text="JSON of the first of them")
    wrong = models.PositiveIntegerField(default=0, help_text="lines with a fault")
    mild = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="incoming_of_person"),
            models.Index(
                fields=["id"],
                name="incoming_to_do",
                condition=models.Q(progress__in=[Progress.WAITING, Progress.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class Outgoing(Work):
    """A list that somebody took out: what, as what, why, and the file while it is kept."""

    shape = models.CharField(max_length=6, choices=Shape.choices)
    query = SealedTextField(default="", help_text="JSON of the filters; people search for names")
    sheet = models.JSONField(help_text="columns, title, header … as they were when asked for")
    reason = models.CharField(max_length=200)
    file_name = models.CharField(max_length=120, blank=True, default="")
    file = models.CharField(max_length=40, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    taken = models.PositiveIntegerField(default=0, help_text="how often it was downloaded")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="outgoing_of_person"),
            models.Index(
                fields=["id"],
                name="outgoing_to_do",
                condition=models.Q(progress__in=[Progress.WAITING, Progress.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.shape}"
