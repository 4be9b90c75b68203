"""A hundred elders who live alone: homes, consents, contacts, devices, weeks of their lives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from django.utils.timezone import localtime

from gongzhi.access.models import Unit
from gongzhi.care.models import Absence, Contact, Elder, SettingChange
from gongzhi.care.times import local_seconds, moment
from gongzhi.care.words import Sensitivity, Tie
from gongzhi.demo.homes import Home as Life
from gongzhi.demo.homes import Row, draw_home, rows_of
from gongzhi.demo.lives import DAY
from gongzhi.demo.people import Cast, Names
from gongzhi.kernel.sealed import blind_index
from gongzhi.places.locate import locate_many
from gongzhi.places.models import Area, Building
from gongzhi.places.words import Level
from gongzhi.sensing.actions import fingerprint
from gongzhi.sensing.models import Device, Gateway, Home, Reading
from gongzhi.sensing.words import DeviceKind, Health, What

HOMES = 110
DAYS = 28
SEED = 697
BATCH = 2000
HOME_PERIOD, METER_PERIOD = 3600, 86400
LOST_SINCE = timedelta(hours=20)  # the device that nobody hears any more
SERIALS = {"entrance": "door", "fridge": "fridge", "bathroom": "bath"}
Progress = Callable[[int], None]


def life_of(code: str) -> Life:
    """The life that is led in the home with this code, always the same; nobody travels."""
    drawn = draw_home(code, SEED, rich=False)
    return replace(
        drawn,
        habits=replace(drawn.habits, travels=0.0),
        outfit=replace(drawn.outfit, meter=False),
    )


def openings(life: Life, day: int) -> list[Row]:
    """What doors say on one local day (days since 1970); each day stands for itself.

    So the record can be continued from any day on without drawing what went before.
    """
    of_day = replace(life, name=f"{life.name}#{day}")
    return [row for row in rows_of(of_day, first_day=day, days=1) if row.value == "OPEN"]


def use_of(life: Life, day: int) -> float:
    """kWh of one day."""
    rng = Random(f"{life.name}#{day}:kwh")
    outfit = life.outfit
    lively = outfit.use_kwh * 0.8 * rng.lognormvariate(0, 0.15)
    return round(outfit.base_kwh * rng.gauss(1, 0.06) + lively, 2)


def key_of(row: Row) -> str:
    """The sender's own number of a message: sent again, it is kept once."""
    return f"{row.kind}-{int(row.at * 10)}"


# ── building ──────────────────────────────────────────────────────────────


def settle_elders(
    cast: Cast, names: Names, rng: Random, present: datetime, progress: Progress
) -> None:
    """Write homes, elders, devices and the record of the last weeks."""
    homes = _homes(rng)
    elders = elders_of(homes, cast, names, rng, present)
    devices = _devices(homes, rng, present)
    _notes(elders, cast, present)
    for home in homes:
        said = _history(home, devices, present)
        # A door may be opened twice in one moment: coming home with a visitor.
        Reading.objects.bulk_create(said, batch_size=BATCH, ignore_conflicts=True)
        progress(1)


def _homes(rng: Random) -> list[Home]:
    """Homes in grids all over the district, most of them where the first grid worker walks."""
    buildings = list(Building.objects.select_related("estate").order_by("pk"))
    grids = locate_many([(b.lng, b.lat) for b in buildings])
    areas = {a.pk: a for a in Area.objects.filter(level=Level.GRID)}
    known = [(b, areas[g]) for b, g in zip(buildings, grids, strict=True) if g in areas]
    first = min(area.code for _b, area in known)
    near = [pair for pair in known if pair[1].code == first]
    chosen = rng.choices(near, k=8) + rng.sample(known, min(HOMES - 8, len(known)))
    return Home.objects.bulk_create(
        Home(
            code=f"H{n:04d}",
            area=area,
            building=building,
            address=f"{building}{rng.randint(1, 4)}单元{rng.randint(1, 6)}0{rng.randint(1, 2)}室",
        )
        for n, (building, area) in enumerate(chosen, 1)
    )


def elders_of(
    homes: Sequence[Home], cast: Cast, names: Names, rng: Random, present: datetime
) -> list[Elder]:
    """Each signed for it some weeks ago; most agreed that the family may look.

    The first home is the one to rehearse with: the elder and two relatives can be called.
    """
    elders = Elder.objects.bulk_create(
        Elder(
            home=home,
            name=names.person(),
            phone=names.phone() if rng.random() < 0.9 or n == 1 else "",
            consented_at=present - timedelta(days=rng.randint(30, 300)),
            consented_by="self" if rng.random() < 0.85 else "guardian",
            consent_ref=f"守护同意〔{present.year}〕{n:03d}号",
            shares_with_family=rng.random() < 0.8,
        )
        for n, home in enumerate(homes, 1)
    )
    contacts = []
    for n, elder in enumerate(elders):
        count = max(rng.choice([1, 2, 2, 3]), 2 if n == 0 else 1)
        for order in range(count):
            tie = Tie.CHILD if order == 0 else rng.choice([Tie.CHILD, Tie.RELATIVE, Tie.NEIGHBOUR])
            phone = names.phone()
            if n == 0 and order == 0:  # the first resident account sees this elder
                phone = cast.residents[0].phone
            contacts.append(
                Contact(
                    elder=elder, order=order, name=names.person(), phone=phone,
                    phone_index=blind_index(phone), tie=tie,
                )
            )  # fmt: skip
    Contact.objects.bulk_create(contacts)
    Elder.objects.filter(pk=elders[0].pk).update(shares_with_family=True)
    return elders


def _devices(
    homes: Sequence[Home], rng: Random, present: datetime
) -> dict[tuple[int, str], Device]:
    """A box in every home and one meter back-end for all; some are forgotten, weak or lost."""
    secret = fingerprint(f"demo:{SEED}")
    gateways = Gateway.objects.bulk_create(
        [Gateway(code=f"gw-{home.code}", secret_hash=secret) for home in homes]
        + [Gateway(code="meters", secret_hash=secret)]
    )
    owners = list(Unit.objects.filter(kind="community").order_by("pk"))
    made: list[Device] = []
    for n, (home, gateway) in enumerate(zip(homes, gateways, strict=False)):
        kinds = [DeviceKind.ENTRANCE, DeviceKind.FRIDGE, DeviceKind.BATHROOM]
        kinds += [k for k, share in ((DeviceKind.SOS, 0.75), (DeviceKind.SMOKE, 0.5))
                  if n == 0 or rng.random() < share]  # fmt: skip
        community = home.area.parent_id
        owner = next((u for u in owners if u.area_id == community), None)
        for kind in kinds:
            made.append(
                Device(
                    gateway=gateway,
                    serial=SERIALS.get(kind, str(kind)),
                    home=home,
                    kind=kind,
                    owner=None if rng.random() < 0.02 else owner,
                    period=HOME_PERIOD,
                    installed_on=(present - timedelta(days=rng.randint(30, 400))).date(),
                    battery=rng.choice([9, 13]) if rng.random() < 0.02 else rng.randint(38, 100),
                    seen_at=present,
                    health_since=present - timedelta(days=1),
                )
            )
        if rng.random() < 0.6:
            made.append(
                Device(
                    gateway=gateways[-1], serial=f"m-{home.code}", home=home, kind=DeviceKind.METER,
                    owner=owner, period=METER_PERIOD, seen_at=present, health_since=present,
                )
            )  # fmt: skip
    lost = homes[17]
    for device in made:
        if device.home_id == lost.pk:
            device.seen_at, device.health = present - LOST_SINCE, Health.OFFLINE
    made[40].tampered = True
    return {(d.home_id, d.kind): d for d in Device.objects.bulk_create(made)}


def _notes(elders: Sequence[Elder], cast: Cast, present: datetime) -> None:
    """Some are away, one is watched more closely for a while, two are on trial."""
    worker = next(iter(cast.community_workers.values()))
    for place, days in ((5, 6), (31, 2), (64, 12)):
        Absence.objects.create(
            elder=elders[place],
            begins_at=present - timedelta(days=1),
            ends_at=present + timedelta(days=days),
            by=worker,
        )
    until = present + timedelta(days=30)
    Elder.objects.filter(pk=elders[2].pk).update(
        sensitivity=Sensitivity.MEDIUM, sensitivity_until=until
    )
    SettingChange.objects.create(
        elder=elders[2], before=Sensitivity.LOW, after=Sensitivity.MEDIUM,
        reason="上月住院刚回家，先看紧一个月", expires_at=until, by=worker,
        at=present - timedelta(days=3),
    )  # fmt: skip
    trial = [elders[8].pk, elders[50].pk]
    Elder.objects.filter(pk__in=trial).update(testing_until=present + timedelta(days=10))


def _history(
    home: Home, devices: dict[tuple[int, str], Device], present: datetime
) -> Iterator[Reading]:
    """What the home said in the last weeks, heard by nobody yet but long known."""
    life, now = life_of(home.code), local_seconds(present)
    today = int(now // DAY)
    lost = min(d.seen_at for (pk, _k), d in devices.items() if pk == home.pk and d.seen_at)
    end = min(now, local_seconds(lost))
    for day in range(today - DAYS, today + 1):
        for row in openings(life, day):
            device = devices.get((home.pk, row.kind))
            if device is not None and row.at <= end:
                yield _reading(device, key_of(row), row.at, What.OPENED)
        meter = devices.get((home.pk, DeviceKind.METER))
        at = day * DAY + 600.0
        if meter is not None and at <= end:
            yield _reading(meter, f"kwh-{day}", at, What.KWH, use_of(life, day - 1))


def _reading(
    device: Device, key: str, at: float, what: What, value: float | None = None
) -> Reading:
    when = moment(at)
    return Reading(
        device=device, key=key, at=when, received_at=when, what=what, value=value, taken=True
    )


def day_number(at: datetime) -> int:
    """The local day as the lives count it."""
    return (localtime(at).date() - date(1970, 1, 1)).days
