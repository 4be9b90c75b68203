"""The device register as the desk reads it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.access.models import Person
from gongzhi.sensing.models import Device, Outage
from gongzhi.sensing.words import Health, Upkeep

FILTERS = {
    "orphan": Q(owner=None) & ~Q(upkeep=Upkeep.RETIRED),
    "offline": Q(health__in=[Health.OFFLINE, Health.LATE]) & Q(upkeep=Upkeep.IN_SERVICE),
    "battery": Q(health=Health.LOW_BATTERY),
    "tamper": Q(health=Health.TAMPER),
    "repair": Q(upkeep=Upkeep.REPAIR),
    "retired": Q(upkeep=Upkeep.RETIRED),
}

NAMES = {
    "orphan": _("无人维护"),
    "offline": _("失联"),
    "battery": _("电量低"),
    "tamper": _("被拆动"),
    "repair": _("维修中"),
    "retired": _("已停用"),
}
LONGEST = 40  # characters that are searched for


def asked_for(person: Person, query: Mapping[str, str]) -> QuerySet[Device]:
    """The devices of a tab, or those found by a piece of a number, as an address asks for them."""
    return devices(person, query.get("show", ""), query.get("q", "").strip()[:LONGEST])


def devices(person: Person, show: str, search: str) -> QuerySet[Device]:
    """The devices a person may know of, those in trouble first."""
    found = Device.objects.visible_to(person)
    if show in FILTERS:
        found = found.filter(FILTERS[show])
    elif not search:
        found = found.in_use()
    if search:
        found = found.filter(
            Q(serial__icontains=search)
            | Q(home__code__icontains=search)
            | Q(gateway__code__icontains=search)
        )
    found = found.select_related("gateway", "home__area", "home__building__estate", "owner")
    return found.order_by("home__code", "kind", "pk")


def counts(person: Person) -> dict[str, int]:
    """How many of each kind of trouble."""
    mine = Device.objects.visible_to(person)
    return {name: mine.filter(which).count() for name, which in FILTERS.items()}


def outages(person: Person, *, at: datetime) -> QuerySet[Outage]:
    """Incidents that last, and those of the last day."""
    homes = Device.objects.visible_to(person)
    mine = Outage.objects.filter(
        Q(building__in=homes.values("home__building")) | Q(gateway__in=homes.values("gateway"))
    )
    recent = mine.filter(Q(ended_at=None) | Q(ended_at__gte=at - timedelta(days=1)))
    return recent.select_related("building__estate", "gateway", "area").order_by("-began_at")


def homes_in_outage(*, since: datetime) -> set[int]:
    """The homes that an outage explains which lasts and began after `since`."""
    lasting = Outage.objects.filter(ended_at=None, began_at__gt=since)
    in_buildings = Device.objects.filter(home__building__in=lasting.values("building"))
    behind = Device.objects.filter(gateway__in=lasting.values("gateway"))
    return {
        *in_buildings.values_list("home_id", flat=True),
        *behind.values_list("home_id", flat=True),
    }
