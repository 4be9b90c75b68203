"""Homes with devices in them, the gateways that speak for the devices, and what was said."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.access.checks import inside
from gongzhi.access.models import Person, Unit
from gongzhi.access.roles import Can
from gongzhi.kernel.sealed import SealedTextField
from gongzhi.places.models import Area, Building
from gongzhi.sensing.words import DeviceKind, Health, Upkeep, What


class HomeQuerySet(models.QuerySet["Home"]):
    """Homes, narrowed to what a person may know of."""

    def visible_to(self, person: Person) -> Self:
        """The homes in the areas where the person guards elders."""
        return self.filter(inside(person, Can.GUARD_ELDERS))


class Home(models.Model):
    """A dwelling with devices. Known by a code; its address is sealed."""

    code = models.CharField(_("户号"), max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="sensed_homes")
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="sensed_homes"
    )
    address = SealedTextField(_("地址"), blank=True, default="")

    objects = HomeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class Gateway(models.Model):
    """Who may send: a box in a home or building, or a meter back-end, with its own secret."""

    code = models.CharField(_("网关编号"), max_length=40, unique=True)
    secret_hash = models.CharField(max_length=64, help_text="SHA-256 of a random secret")
    broker_hash = models.CharField(
        max_length=200, blank=True, default="", help_text="the same secret as Mosquitto keeps it"
    )
    active = models.BooleanField(_("启用"), default=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class DeviceQuerySet(models.QuerySet["Device"]):
    """Devices, narrowed to those in use and to what a person may know of."""

    def visible_to(self, person: Person) -> Self:
        """The devices of homes in the areas where the person guards elders."""
        return self.filter(home__in=Home.objects.visible_to(person))

    def in_use(self) -> Self:
        """Those that are not retired."""
        return self.exclude(upkeep=Upkeep.RETIRED)


class Device(models.Model):
    """One device in one home, with somebody who keeps it working."""

    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="devices")
    serial = models.CharField(_("设备编号"), max_length=40)
    home = models.ForeignKey(Home, models.PROTECT, related_name="devices")
    kind = models.CharField(_("类型"), max_length=10, choices=DeviceKind.choices)
    owner = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="devices", help_text="维护单位"
    )
    period = models.PositiveIntegerField(default=3600, help_text="seconds between heartbeats")
    installed_on = models.DateField(null=True)
    testing = models.BooleanField(_("测试"), default=False, help_text="mutes its alarms")
    battery = models.PositiveSmallIntegerField(null=True, help_text="per cent")
    tampered = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True, help_text="last sign of life, event time")
    health = models.CharField(max_length=12, choices=Health.choices, default=Health.ONLINE)
    health_since = models.DateTimeField(null=True)
    upkeep = models.CharField(
        _("维护状态"), max_length=10, choices=Upkeep.choices, default=Upkeep.IN_SERVICE
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("gateway", "serial", name="one_device_per_serial"),
        ]
        indexes = [models.Index(fields=["health", "seen_at"], name="device_by_health")]

    def __str__(self) -> str:
        return f"{self.gateway.code}/{self.serial}"


class Reading(models.Model):
    """One thing a device said. Raw readings are deleted after 90 days; heartbeats are not kept."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="readings")
    key = models.CharField(
        max_length=64, help_text="the sender's own number; sent twice, kept once"
    )
    at = models.DateTimeField(help_text="when it happened, by the device's clock if that can be")
    received_at = models.DateTimeField()
    what = models.CharField(max_length=10, choices=What.choices)
    value = models.FloatField(null=True)
    taken = models.BooleanField(default=False, help_text="whether the guard has heard it")

    class Meta:
        constraints = [models.UniqueConstraint("device", "key", name="one_reading_per_key")]
        indexes = [
            models.Index(fields=["at"], name="reading_by_time"),
            models.Index(fields=["at"], name="reading_to_take", condition=models.Q(taken=False)),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.what}"


class Outage(models.Model):
    """Many devices of one building, or behind one gateway, lost together: one incident."""

    building = models.ForeignKey(
        Building, models.CASCADE, null=True, related_name="sensing_outages"
    )
    gateway = models.ForeignKey(Gateway, models.CASCADE, null=True, related_name="outages")
    area = models.ForeignKey(Area, models.PROTECT, related_name="sensing_outages")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    devices = models.PositiveIntegerField()
    homes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["building"],
                condition=models.Q(ended_at__isnull=True, building__isnull=False),
                name="one_open_outage_per_building",
            ),
            models.UniqueConstraint(
                fields=["gateway"],
                condition=models.Q(ended_at__isnull=True, gateway__isnull=False),
                name="one_open_outage_per_gateway",
            ),
        ]
        indexes = [models.Index(fields=["-began_at"], name="outage_newest")]

    def __str__(self) -> str:
        return f"outage {self.pk}"
