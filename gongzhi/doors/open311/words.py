"""The words GeoReport v2 uses for a case."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """A request is open until the closing standard of its item is met, or it was refused."""

    OPEN = "open", _("办理中")
    CLOSED = "closed", _("已结束")
