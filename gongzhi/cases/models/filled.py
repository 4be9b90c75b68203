"""What the form of a step asked for beside the words, as its flow says."""

from django.db import models

from gongzhi.cases.models.case import Case
from gongzhi.journal.models import Event


class Filled(models.Model):
    """The answers given in taking one step; apart from the record so that they can be erased."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="filled")
    event = models.OneToOneField(Event, models.CASCADE, related_name="filled")
    verb = models.CharField(max_length=20, help_text="the step whose form it was")
    answers = models.JSONField(help_text="key of the field in the case's flow → the answer")

    def __str__(self) -> str:
        return f"{self.verb} {self.case_id}"
