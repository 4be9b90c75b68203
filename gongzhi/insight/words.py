"""The words that numbers are asked in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class By(TextChoices):
    """What the table has a line for."""

    AREA = "area", _("区域")
    ITEM_CLASS = "class", _("大类")
    ITEM = "item", _("事项")
    UNIT = "unit", _("承办单位")
    MONTH = "month", _("月份")


class Span(TextChoices):
    """Spans that are asked for again and again."""

    MONTH = "30d", _("近30天")
    QUARTER = "90d", _("近90天")
    YEAR = "year", _("今年")
    FIVE_YEARS = "5y", _("近五年")
