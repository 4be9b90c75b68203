"""The words of places: levels of the area tree, kinds of estates, coordinate systems."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """The storeys of the area tree, highest first; the first five follow from the area's code."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    DISTRICT = "district", _("区县")
    TOWNSHIP = "township", _("街镇")
    COMMUNITY = "community", _("社区")
    GRID = "grid", _("网格")


class EstateKind(TextChoices):
    """What sort of housing an estate is; it decides who answers for common parts."""

    COMMERCIAL = "commercial", _("商品房小区")
    OLD = "old", _("老旧小区")
    RESETTLEMENT = "resettlement", _("安置小区")
    DORMITORY = "dormitory", _("单位宿舍")
    VILLA = "villa", _("低层住宅")


class Datum(TextChoices):
    """Systems in which a position may arrive; only WGS-84 is ever stored."""

    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"
