"""Shops, firms, institutions: who works in the area."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import IN_RANGE_LAT, IN_RANGE_LNG, Area, Collection
from gongzhi.residents.models.reach import within_reach
from gongzhi.residents.words import OrganisationKind, OrganisationState


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, narrowed to what somebody may know of."""

    def visible_to(self, person: Person) -> Self:
        """Those in the areas where the person may look into the register."""
        return self.filter(within_reach(person, Can.SEE_REGISTER))


class Organisation(models.Model):
    """A shop, a firm, an institution. A credit code that fails its check is kept and marked."""

    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=12, choices=OrganisationKind.choices)
    # Null, not empty: any number of organisations may be without a code.
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)  # noqa: DJ001
    code_is_odd = models.BooleanField(
        _("代码校验有误"), default=False, help_text="the check fails; see kernel.codes"
    )
    address = models.CharField(_("地址"), max_length=160, blank=True, default="")
    grid = models.ForeignKey(
        Area, models.PROTECT, to_field="place", db_column="place", related_name="+",
        verbose_name=_("网格"),
    )  # fmt: skip
    lng = models.FloatField(_("经度"), null=True, blank=True, validators=IN_RANGE_LNG)
    lat = models.FloatField(_("纬度"), null=True, blank=True, validators=IN_RANGE_LAT)
    chief = models.CharField(_("负责人"), max_length=60, blank=True, default="")
    phone = SealedTextField(_("联系电话"), blank=True, default="")
    phone_index = models.UUIDField(null=True, db_index=True, editable=False)
    staff = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=8,
        choices=OrganisationState.choices,
        default=OrganisationState.OPEN,
    )
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0, help_text="grows with every change")

    objects: ClassVar[OrganisationQuerySet] = OrganisationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("组织")
        constraints = [
            models.UniqueConstraint("credit_code", name="one_organisation_per_credit_code")
        ]
        indexes = [models.Index(fields=["name"], name="organisation_by_name")]

    def __str__(self) -> str:
        return self.name
