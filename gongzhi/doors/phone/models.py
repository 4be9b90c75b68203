"""Calls, seats, vetted providers and the orders they are given."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.models import Case
from gongzhi.doors.models import Partner
from gongzhi.doors.phone.words import OrderState, Outcome, Result, Satisfaction, Why
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area


def _within(person: Person) -> models.Q:
    return inside(person, Can.DISPATCH_CASES)


class Seat(models.Model):
    """A telephone at the desk and who sits there now."""

    number = models.CharField(_("分机"), max_length=20, unique=True)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seat")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class CallQuerySet(models.QuerySet["Call"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """Calls they took, and those of lines in the areas whose desk they keep."""
        return self.filter(models.Q(agent=person) | _within(person))


class Call(models.Model):
    """One call, as the phone system tells of it and as the desk concluded it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="calls")
    external_id = models.CharField(_("通话编号"), max_length=80)
    line = models.CharField(_("线路"), max_length=20)
    area = models.ForeignKey(Area, models.PROTECT, related_name="calls")
    seat = models.CharField(_("分机"), max_length=20, blank=True, default="")
    caller = SealedTextField(blank=True, default="")
    caller_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="calls"
    )
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(
        _("结果"), max_length=10, choices=Result.choices, blank=True, default=""
    )
    note = models.CharField(_("备注"), max_length=400, blank=True, default="")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="calls")

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("partner", "external_id", name="one_call_per_number")
        ]
        indexes = [
            models.Index(fields=["-rang_at"], name="call_newest"),
            models.Index(fields=["seat", "-rang_at"], name="call_of_seat"),
        ]

    def __str__(self) -> str:
        return self.external_id


class CallbackQuerySet(models.QuerySet["Callback"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """Those they took on, and those of the areas whose desk they keep."""
        return self.filter(models.Q(owner=person) | _within(person))


class Callback(models.Model):
    """Somebody who is to be called back: whom, why, by when, by whom, and how it went."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="callback")
    area = models.ForeignKey(Area, models.PROTECT, related_name="callbacks")
    why = models.CharField(_("原因"), max_length=10, choices=Why.choices)
    about = models.CharField(_("要说什么"), max_length=200, blank=True, default="")
    caller = SealedTextField()
    caller_index = models.CharField(max_length=32)
    due_at = models.DateTimeField(_("最晚"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="callbacks"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome.choices, blank=True, default=""
    )
    note = models.CharField(_("备注"), max_length=400, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = CallbackQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="callback_due", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(
                fields=["caller_index"],
                name="callback_of_caller",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{Why(self.why).label} {self.pk}"


class Provider(models.Model):
    """Somebody who was looked at before households are sent to them."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    phone = models.CharField(_("电话"), max_length=20)
    kinds = models.JSONField(_("服务"), default=list)
    area = models.ForeignKey(Area, models.PROTECT, related_name="providers")
    vetted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    vetted_at = models.DateTimeField(_("审核时间"))
    active = models.BooleanField(_("启用"), default=True)

    def __str__(self) -> str:
        return self.name


class ServiceOrderQuerySet(models.QuerySet["ServiceOrder"]):
    """What a person may see lives here."""

    def visible_to(self, person: Person) -> Self:
        """Orders of the areas whose desk they keep."""
        return self.filter(_within(person))


class ServiceOrder(models.Model):
    """A household's wish, given to a provider, asked about afterwards."""

    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="orders")
    area = models.ForeignKey(Area, models.PROTECT, related_name="service_orders")
    kind = models.CharField(_("服务"), max_length=40)
    text = models.CharField(_("要求"), max_length=400)
    address = SealedTextField(_("地址"))
    contact_name = SealedTextField(blank=True, default="")
    contact_phone = SealedTextField(blank=True, default="")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="orders")
    state = models.CharField(
        _("状态"), max_length=10, choices=OrderState.choices, default=OrderState.PLACED
    )
    satisfaction = models.CharField(
        _("满意度"), max_length=12, choices=Satisfaction.choices, blank=True, default=""
    )
    note = models.CharField(_("备注"), max_length=400, blank=True, default="")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    rated_at = models.DateTimeField(null=True)

    objects = ServiceOrderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-placed_at"], name="order_by_state")]
        constraints = [models.UniqueConstraint("call", "kind", name="one_order_of_a_kind_per_call")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
