"""Areas from province to grid, the homes that stand in them, and the city's components."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gongzhi.places.rules import codes_on, path_under, place_number, span
from gongzhi.places.words import (
    ComponentClass,
    ComponentState,
    DwellingUse,
    EstateKind,
    Level,
    Purpose,
    Source,
)

IN_RANGE_LNG = [MinValueValidator(-180), MaxValueValidator(180)]
IN_RANGE_LAT = [MinValueValidator(-90), MaxValueValidator(90)]


class AreaQuerySet(models.QuerySet["Area"]):
    """Areas, narrowed by where they hang in the tree."""

    def under(self, top: "Area | str") -> Self:
        """The area `top` (or the area at that path) and everything below it."""
        return self.filter(path__startswith=top if isinstance(top, str) else top.path)

    def above(self, low: "Area | str") -> Self:
        """The areas that hold `low` (or the path), highest first, itself last."""
        path = low if isinstance(low, str) else low.path
        return self.filter(code__in=codes_on(path)).order_by("path")

    def grids(self) -> Self:
        """Only grids, in the order of their codes."""
        return self.filter(level=Level.GRID).order_by("code")


class Area(models.Model):
    """One piece of the administrative tree: a district, a sub-district, a community, a grid."""

    code = models.CharField(
        _("区划代码"), max_length=20, unique=True, help_text="12 digits, for a grid 12 digits-NN"
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(
        max_length=140, unique=True, help_text="/349901000000/349901001000/…/, kept by save()"
    )
    place = models.BigIntegerField(
        unique=True, null=True, editable=False, help_text="the code as a number, kept by save()"
    )
    polygon = models.JSONField(
        null=True, blank=True, help_text="GeoJSON Polygon or MultiPolygon, WGS-84, lng before lat"
    )
    lng = models.FloatField(null=True, blank=True, validators=IN_RANGE_LNG)
    lat = models.FloatField(null=True, blank=True, validators=IN_RANGE_LAT)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__startswith="/", path__endswith="/"),
                name="area_path_has_both_slashes",
            ),
        ]
        indexes = [
            models.Index(fields=["level", "code"], name="area_by_level"),
            models.Index(fields=["name"], name="area_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep path and number in step with code and parent; whoever moves it moves children."""
        self.place = place_number(self.code)
        self.path = path_under(self.parent.path if self.parent else "", self.code)
        super().save(*args, **kwargs)

    def holds(self, other: "Area | str") -> bool:
        """Whether `other` (an area or a path) is this area or lies below it."""
        return (other if isinstance(other, str) else other.path).startswith(self.path)

    @property
    def span(self) -> tuple[int, int]:
        """The place numbers of this area and everything below, first and last.

        ValueError for an area without a code of twelve digits.
        """
        if self.place is None:
            raise ValueError(f"{self.code} is no division code")
        return span(self.place)

    @cached_property
    def chain(self) -> list["Area"]:
        """The areas from the root down to this one, itself last; read once per object."""
        return [*Area.objects.above(self).exclude(pk=self.pk), self]

    def ancestors(self) -> list["Area"]:
        """The areas above this one, highest first, without itself."""
        return self.chain[:-1]

    def at_level(self, level: Level) -> "Area | None":
        """This area or the one above it that is of `level`; None when there is none."""
        if self.level == level:
            return self
        return next((area for area in self.chain if area.level == level), None)

    @property
    def community(self) -> "Area | None":
        """The community this area is or belongs to; None above communities."""
        return self.at_level(Level.COMMUNITY)

    @property
    def township(self) -> "Area | None":
        """The sub-district or town this area is or belongs to."""
        return self.at_level(Level.TOWNSHIP)

    @property
    def district(self) -> "Area | None":
        """The district or county this area is or belongs to."""
        return self.at_level(Level.DISTRICT)

    @property
    def full_name(self) -> str:
        """The name with the names above it: 望湖区滨河街道望湖社区第03网格."""
        return "".join(area.name for area in self.chain)


class Estate(models.Model):
    """A residential estate (小区): what residents name when asked where they live."""

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="estates", help_text="the community it lies in"
    )
    name = models.CharField(_("小区"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=EstateKind.choices)
    lng = models.FloatField(validators=IN_RANGE_LNG)
    lat = models.FloatField(validators=IN_RANGE_LAT)

    class Meta:
        constraints = [models.UniqueConstraint("area", "name", name="one_estate_per_name")]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """A building of an estate, under the number painted on it: 3栋."""

    estate = models.ForeignKey(Estate, models.CASCADE, related_name="buildings")
    name = models.CharField(_("楼栋"), max_length=30)
    floors = models.PositiveSmallIntegerField(_("层数"))
    lng = models.FloatField(validators=IN_RANGE_LNG)
    lat = models.FloatField(validators=IN_RANGE_LAT)

    class Meta:
        constraints = [models.UniqueConstraint("estate", "name", name="one_building_per_name")]
        indexes = [models.Index(fields=["lat", "lng"], name="building_by_position")]

    def __str__(self) -> str:
        return f"{self.estate.name}{self.name}"


class Stairwell(models.Model):
    """A unit (单元) of a building: one door, one staircase, one lift."""

    building = models.ForeignKey(Building, models.CASCADE, related_name="stairwells")
    name = models.CharField(_("单元"), max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint("building", "name", name="one_stairwell_per_name")]

    def __str__(self) -> str:
        return f"{self.building}{self.name}"


class Collection(models.Model):
    """One act of collecting: who brought rows into the register, when, from where and what for."""

    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    source_ref = models.CharField(
        _("来源凭据"),
        max_length=200,
        blank=True,
        default="",
        help_text="file name, document number",
    )
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose.choices)
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    collected_at = models.DateTimeField(_("采集时间"))

    class Meta:
        verbose_name = _("采集")

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.collected_at:%Y-%m-%d}"


class Dwelling(models.Model):
    """One home behind one door (户室): 望湖花园3栋2单元501."""

    code = models.CharField(_("标准地址编码"), max_length=40, unique=True)
    stairwell = models.ForeignKey(
        Stairwell, models.PROTECT, related_name="dwellings", verbose_name=_("单元")
    )
    name = models.CharField(_("户室"), max_length=20, help_text="what is painted on the door: 501")
    address = models.CharField(_("地址"), max_length=160, help_text="estate to door, in one line")
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="dwellings",
        verbose_name=_("网格"),
    )  # fmt: skip
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True)
    square_metres = models.DecimalField(
        _("建筑面积"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    use = models.CharField(_("用途"), max_length=8, choices=DwellingUse.choices, blank=True)
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0, help_text="grows with every change")

    class Meta:
        verbose_name = _("房屋")
        constraints = [models.UniqueConstraint("stairwell", "name", name="one_dwelling_per_name")]
        indexes = [models.Index(fields=["address"], name="dwelling_by_address")]

    def __str__(self) -> str:
        return self.address


class Component(models.Model):
    """A city component (部件) of GB/T 30428: a lamp post, a manhole cover, a bench."""

    code = models.CharField(_("部件标识码"), max_length=16, unique=True)
    kind = models.CharField(_("部件大类"), max_length=2, choices=ComponentClass.choices)
    name = models.CharField(_("部件名称"), max_length=60)
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="components",
        verbose_name=_("网格"),
    )  # fmt: skip
    lng = models.FloatField(_("经度"), validators=IN_RANGE_LNG)
    lat = models.FloatField(_("纬度"), validators=IN_RANGE_LAT)
    address = models.CharField(_("位置描述"), max_length=160, blank=True, default="")
    owner = models.CharField(_("权属单位"), max_length=80, blank=True, default="")
    keeper = models.CharField(_("养护单位"), max_length=80, blank=True, default="")
    state = models.CharField(
        _("状态"), max_length=8, choices=ComponentState.choices, default=ComponentState.INTACT
    )
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0, help_text="grows with every change")

    class Meta:
        verbose_name = _("部件")
        indexes = [models.Index(fields=["lat", "lng"], name="component_by_position")]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    @property
    def spaced_code(self) -> str:
        """Its code in fours, as people read it aloud and compare it."""
        return " ".join(self.code[n : n + 4] for n in range(0, len(self.code), 4))
