"""Orders of the hotline: what the city expects of a case beyond what we do, and files of them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.doors.hotline.words import Plea
from gongzhi.doors.models import Entry
from gongzhi.kernel.sealed import SealedTextField


class OrderQuerySet(models.QuerySet["Order"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """The orders of the cases they may see."""
        return self.filter(Case.objects.visible_to(person).named_by("entry__case"))

    def for_lists(self) -> Self:
        """With what a row of a list shows."""
        case = "entry__case"
        return self.select_related(
            f"{case}__area", f"{case}__unit", f"{case}__item", f"{case}__parent__unit"
        )


class Order(models.Model):
    """An order of the city; its number stands in the entry, its matter in the case."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="order")
    kind = models.CharField(_("诉求类型"), max_length=20, blank=True, default="")
    due_at = models.DateTimeField(_("办结期限"), help_text="the city's own deadline")
    receive_by = models.DateTimeField(_("签收期限"))
    return_by = models.DateTimeField(_("退回期限"))
    received_at = models.DateTimeField(_("签收时间"), null=True)
    redo_of = models.CharField(
        _("重办自"), max_length=120, blank=True, default="", help_text="number of the first order"
    )
    return_plea = models.CharField(max_length=8, choices=Plea.choices, default=Plea.NONE)
    return_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    extension_plea = models.CharField(max_length=8, choices=Plea.choices, default=Plea.NONE)
    extension_days = models.PositiveSmallIntegerField(_("申请延长"), default=0)
    opinion = models.CharField(_("市热线意见"), max_length=400, blank=True, default="")

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="order_due"),
            models.Index(fields=["redo_of"], name="order_redone", condition=~models.Q(redo_of="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number it has in the city."""
        return self.entry.external_id

    @property
    def case(self) -> Case:
        """The case it became here."""
        return self.entry.case


class Drop(models.Model):
    """A file of orders that was checked and waits to be taken in; kept a day at most."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    rows = SealedTextField(help_text="JSON: the rows as read, under the file's own headings")
    count = models.PositiveIntegerField()
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
