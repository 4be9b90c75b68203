"""The words the catalogue is spoken in: how grave, and whose tier."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Grade(TextChoices):
    """How grave a matter is; decided before its class."""

    URGENT = "urgent", _("紧急")
    SERIOUS = "serious", _("较急")
    ORDINARY = "ordinary", _("一般")


class Tier(TextChoices):
    """The level that should handle a matter."""

    GRID = "grid", _("网格")
    COMMUNITY = "community", _("社区")
    TOWNSHIP = "township", _("街道")
    DISTRICT = "district", _("区级")
