"""The catalogue as loaded: editions that are never changed, with their classes and items."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.catalogue.words import Grade, Tier


class Edition(models.Model):
    """One version of the catalogue; cases keep the edition they were classed by."""

    number = models.PositiveIntegerField(_("版本"), unique=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the content")
    loaded_at = models.DateTimeField(_("载入时间"))
    active = models.BooleanField(_("现行"), default=False)
    grading = models.JSONField(default=dict, help_text="signs that decide the grade first")
    units = models.JSONField(default=list, help_text='kinds of unit: [{"code", "name", "tier"}]')

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "active", condition=models.Q(active=True), name="one_active_edition"
            )
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class ItemClass(models.Model):
    """A class of matters, e.g. 市容环境."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="classes")
    code = models.CharField(_("代码"), max_length=4)
    name = models.CharField(_("大类"), max_length=30)
    icon = models.CharField(max_length=40, help_text="a lucide icon name")
    description = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint("edition", "code", name="one_class_per_code")]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One matter of the catalogue: who answers for it, within what limits, shown by what."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="items")
    item_class = models.ForeignKey(ItemClass, models.CASCADE, related_name="items")
    code = models.CharField(_("代码"), max_length=8, help_text="2 digits class + 3 digits item")
    name = models.CharField(_("事项"), max_length=60)
    synonyms = models.JSONField(default=list, help_text="what people say for it")
    hints = models.JSONField(default=list, help_text="words that point to it, for the scorer only")
    grade = models.CharField(_("级别"), max_length=10, choices=Grade.choices)
    tier = models.CharField(_("处置层级"), max_length=10, choices=Tier.choices)
    lead = models.CharField(_("主办"), max_length=40, help_text="kind of unit, config/units.yaml")
    assists = models.JSONField(default=list, help_text="kinds of unit that assist")
    stages = models.JSONField(default=list, help_text='[{"name", "limit", "unit"}], last = handled')
    evidence = models.JSONField(default=list, help_text='e.g. ["photo_before", "photo_after"]')
    closing = models.CharField(_("结案标准"), max_length=200)
    check_by_other = models.BooleanField(_("须他人核查"), default=True)
    radius = models.PositiveSmallIntegerField(
        _("同一事项的距离（米）"),
        default=300,
        help_text="how far apart the same matter is reported",
    )
    ask_again = models.PositiveSmallIntegerField(
        _("办结后再问（天）"), default=0, help_text="days after the end; 0 = not asked again"
    )
    flow = models.CharField(
        _("流程"), max_length=30, blank=True, default="", help_text="empty: the standard one"
    )
    skips_levels = models.BooleanField(_("可越级"), default=False)
    emergency = models.JSONField(null=True, help_text='null or {"call": "119", "notice": "…"}')

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint("edition", "code", name="one_item_per_code")]

    def __str__(self) -> str:
        return self.name
