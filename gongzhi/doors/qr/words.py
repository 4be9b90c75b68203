"""The words of the printed codes: what they hang on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a code hangs on."""

    ESTATE = "estate", _("小区")
    BUILDING = "building", _("楼栋")
    LIFT = "lift", _("电梯")
    LAMP_POST = "lamp_post", _("路灯杆")
    COMPONENT = "component", _("城市部件")
    SPOT = "spot", _("其他点位")


# The kind of a code on a registered component, by a piece of the component's name.
KIND_OF_COMPONENT = {"路灯": Kind.LAMP_POST, "电梯": Kind.LIFT}
