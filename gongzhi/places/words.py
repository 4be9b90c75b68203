"""The words of places: levels, kinds of estates and dwellings, components, where data is from."""

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


class DwellingUse(TextChoices):
    """What a dwelling is used for."""

    OWN = "own", _("自住")
    LET = "let", _("出租")
    EMPTY = "empty", _("空置")
    TRADE = "trade", _("经营用房")
    GROUP = "group", _("集体宿舍")


class ComponentClass(TextChoices):
    """The five classes of city components of GB/T 30428, by their two digits."""

    UTILITIES = "01", _("公用设施")
    TRAFFIC = "02", _("道路交通")
    CLEANLINESS = "03", _("市容环境")
    GREEN = "04", _("园林绿化")
    OTHER = "05", _("其他部件")


class ComponentState(TextChoices):
    """How a component stands there."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("破损")
    LOST = "lost", _("丢失")
    RETIRED = "retired", _("停用")


class Source(TextChoices):
    """Where a piece of the register comes from."""

    VISIT = "visit", _("入户采集")
    TABLE = "table", _("表格导入")
    SELF = "self", _("本人申报")
    POLICE = "police", _("公安")
    CIVIL = "civil", _("民政")
    DISABILITY = "disability", _("残联")
    HEALTH = "health", _("卫生健康")
    VETERANS = "veterans", _("退役军人事务")
    HOUSING = "housing", _("住建与不动产")
    MARKET = "market", _("市场监管")
    OTHER = "other", _("其他部门")


class Purpose(TextChoices):
    """What a piece of the register was collected for; it is used for nothing else."""

    SERVICE = "service", _("基层公共服务")
    SAFETY = "safety", _("公共安全与应急")
    RELIEF = "relief", _("救助与帮扶")
    COUNT = "count", _("人口与房屋登记")
    UPKEEP = "upkeep", _("城市部件管养")
