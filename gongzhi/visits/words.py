"""The words of visit rounds: what came of knocking at a door."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    """What came of a visit; all but `away` end it."""

    MET = "met", _("见到本人")
    AWAY = "away", _("家里没人")
    MOVED = "moved", _("已搬走或空置")
    UNWILLING = "unwilling", _("不愿接待")
