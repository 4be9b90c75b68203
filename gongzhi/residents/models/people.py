"""People and what belongs to them: phones, facts, households, relations, homes they own."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area, Collection, Dwelling
from gongzhi.residents.models.reach import within_reach
from gongzhi.residents.words import (
    FactKind,
    Gender,
    HouseholdRole,
    IdKind,
    LifeState,
    OwnershipKind,
    RelationKind,
    Residence,
)


class Household(models.Model):
    """A family of the household registration (户), under its number, with its dwelling."""

    number = models.CharField(_("户号"), max_length=32, unique=True)
    dwelling = models.ForeignKey(
        Dwelling, models.SET_NULL, null=True, related_name="households", db_index=False
    )
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="+", db_index=False
    )
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("户")

    def __str__(self) -> str:
        return self.number


class ResidentQuerySet(models.QuerySet["Resident"]):
    """People, narrowed to what somebody may know of."""

    def visible_to(self, person: Person) -> Self:
        """Those in the areas where the person may look into the register; nobody erased."""
        return self.filter(within_reach(person, Can.SEE_REGISTER)).exclude(state=LifeState.ERASED)

    def present(self) -> Self:
        """Neither moved out nor dead nor erased."""
        return self.filter(state=LifeState.PRESENT)

    def for_lists(self) -> Self:
        """With the grid, without what a row does not show: a sealed column costs an unsealing."""
        return self.select_related("grid").defer("note", "grid__polygon")


class Resident(models.Model):
    """Somebody in the register. The name is plain, number and phones are sealed (ADR 0019)."""

    name = models.CharField(_("姓名"), max_length=60)
    id_kind = models.CharField(
        _("证件类型"), max_length=12, choices=IdKind.choices, default=IdKind.RESIDENT_ID
    )
    id_number = SealedTextField(_("证件号码"), blank=True, default="")
    # 128 bits of HMAC, kept as a UUID because PostgreSQL then needs 16 bytes and not 33.
    id_index = models.UUIDField(null=True, unique=True, editable=False)
    gender = models.CharField(_("性别"), max_length=6, choices=Gender.choices, blank=True)
    born = models.DateField(_("出生日期"), null=True, blank=True)
    ethnicity = models.CharField(_("民族"), max_length=20, blank=True, default="")
    home = models.ForeignKey(
        Dwelling, models.SET_NULL, null=True, blank=True, related_name="occupants",
        verbose_name=_("房屋"), db_index=False,
    )  # fmt: skip
    address = models.CharField(
        _("现住址"), max_length=160, blank=True, default="", help_text="the home's, or as told"
    )
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="+",
        verbose_name=_("网格"), db_index=False,
    )  # fmt: skip
    registered_address = models.CharField(_("户籍地址"), max_length=160, blank=True, default="")
    residence = models.CharField(
        _("人户关系"), max_length=10, choices=Residence.choices, blank=True, default=""
    )
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="members",
        verbose_name=_("户"),
    )  # fmt: skip
    role = models.CharField(
        _("与户主关系"), max_length=12, choices=HouseholdRole.choices, blank=True, default=""
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=LifeState.choices, default=LifeState.PRESENT
    )
    state_since = models.DateField(_("状态起始日"), null=True, blank=True)
    note = SealedTextField(_("备注"), blank=True, default="")
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0, help_text="grows with every change")

    objects: ClassVar[ResidentQuerySet] = ResidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("人员")
        indexes = [
            models.Index(fields=["grid", "id"], name="resident_by_grid"),
            # Both cover what the rules of tags read, so that five million rows stay unopened.
            models.Index(fields=["home", "state", "born"], name="resident_by_home"),
            models.Index(fields=["born", "state", "home", "grid"], name="resident_by_birth"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountLink(models.Model):
    """Which account is whose: the staff who saw the ID card said so."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="in_register"
    )
    resident = models.OneToOneField(Resident, models.CASCADE, related_name="account_link")
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}={self.resident_id}"


class Phone(models.Model):
    """One of somebody's phones; the smallest `order` is called first."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="phones")
    number = SealedTextField(_("电话"))
    number_index = models.UUIDField(db_index=True, editable=False)
    order = models.PositiveSmallIntegerField(default=0)
    remark = models.CharField(_("说明"), max_length=40, blank=True, default="", help_text="女儿的")
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("电话")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint("resident", "number_index", name="one_phone_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.resident_id}:{self.order}"


class Fact(models.Model):
    """What a department or a visit says of somebody, with its grade and time: disabled, grade 2."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="facts")
    kind = models.CharField(_("情况"), max_length=16, choices=FactKind.choices)
    grade = models.PositiveSmallIntegerField(_("等级"), null=True, blank=True)
    since = models.DateField(_("开始"), null=True, blank=True)
    until = models.DateField(_("截止"), null=True, blank=True)
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("情况")
        constraints = [models.UniqueConstraint("resident", "kind", name="one_fact_per_kind")]
        indexes = [models.Index(fields=["kind", "resident"], name="fact_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.resident_id}"


class Relation(models.Model):
    """What `other` is to `resident`; the way back is a row of its own."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="relations")
    other = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    kind = models.CharField(_("关系"), max_length=12, choices=RelationKind.choices)
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("关系")
        constraints = [
            models.UniqueConstraint("resident", "other", "kind", name="one_relation_per_kind"),
            models.CheckConstraint(
                condition=~models.Q(resident=models.F("other")), name="nobody_is_their_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.kind} {self.other_id}"


class Ownership(models.Model):
    """Who has a dwelling, by which right and which share of it."""

    dwelling = models.ForeignKey(Dwelling, models.CASCADE, related_name="ownerships")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="ownerships")
    kind = models.CharField(
        _("权利"), max_length=8, choices=OwnershipKind.choices, default=OwnershipKind.OWNER
    )
    parts = models.PositiveSmallIntegerField(_("份额"), default=1)
    whole = models.PositiveSmallIntegerField(_("总份数"), default=1)
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("产权与承租")
        constraints = [
            models.UniqueConstraint("dwelling", "resident", "kind", name="one_ownership_per_kind"),
            models.CheckConstraint(
                condition=models.Q(parts__gte=1, parts__lte=models.F("whole")),
                name="ownership_share_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dwelling_id} {self.kind} {self.resident_id}"


class Findable(models.Model):
    """The words by which somebody is found, kept in step by `actions.indexing`; see rules.terms."""

    resident = models.OneToOneField(Resident, models.CASCADE, primary_key=True, related_name="+")
    terms = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)
