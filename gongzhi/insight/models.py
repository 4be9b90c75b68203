"""Rows that insight keeps for itself: daily cells, what is to be counted again, written months."""

from django.db import models

from gongzhi.places.models import Area


class DayCell(models.Model):
    """Counts of one day in one community, class and unit; recounted whole days at a time.

    Everything but `ended` belongs to the day on which the case was reported.
    """

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    item_class = models.CharField(max_length=4, blank=True, default="", help_text="code or nothing")
    unit = models.BigIntegerField(default=0, help_text="number of the unit, 0 for none")
    reported = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    minutes = models.BigIntegerField(default=0, help_text="report to handling, of the handled")
    rated = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0, help_text="closed on this day")

    class Meta:
        constraints = [
            models.UniqueConstraint("day", "area", "item_class", "unit", name="one_cell_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.item_class} {self.unit}: {self.reported}"


class TouchedDay(models.Model):
    """A day that something happened to since it was counted."""

    day = models.DateField(primary_key=True)
    touch = models.BigIntegerField(default=1, help_text="raised by everything that happens to it")
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.day} ({self.touch})"


class Follower(models.Model):
    """How far in the journal the counting has come."""

    name = models.CharField(max_length=20, primary_key=True)
    xact = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.xact}-{self.event}"


class Month(models.Model):
    """A month written to the lake as one file, with what proves the file."""

    month = models.DateField(primary_key=True)
    rows = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0, help_text="bytes")
    digest = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256")
    written_at = models.DateTimeField(null=True)
    touch = models.BigIntegerField(default=1, help_text="raised when something changed in it")
    written_touch = models.BigIntegerField(default=0, help_text="the touch that the file shows")
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
