"""Things cameras see again and again: one sighting, one case."""

from django.db import models

from gongzhi.doors.models import Entry, Partner


class Sighting(models.Model):
    """An object that a camera reports, from the first event to the last; one case for all."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="sightings")
    camera = models.CharField(max_length=80)
    object = models.CharField(max_length=80, help_text="what it is, and which one if it is told")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="sightings")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True, help_text="the latest of its camera and object")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "camera", "object"],
                condition=models.Q(current=True),
                name="one_current_sighting",
            )
        ]
        indexes = [
            models.Index(fields=["partner", "camera", "object", "-last_at"], name="sighting_of")
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.object} × {self.times}"


class Heard(models.Model):
    """An event of a camera that was taken, so that the same one again counts once."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=120)
    sighting = models.ForeignKey(Sighting, models.CASCADE, related_name="heard")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("partner", "external_id", name="one_event_of_a_camera_once")
        ]

    def __str__(self) -> str:
        return self.external_id
