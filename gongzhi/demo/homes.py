"""Homes of elders as their sensors tell them: contacts, motion, meter, heartbeats; from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from gongzhi.demo.lives import DAY, HOUR, MINUTE, Habits, Place, Stay, draw_habits, live

CONTACTS = ("entrance", "fridge", "bathroom")
ROOMS = ("hall", "bedroom", "kitchen", "living", "bathroom")
HEARTBEAT = 3600  # seconds

Said = tuple[float, str, str]  # when, which device, what


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a home's record: what a device said, and when (local seconds since 1970)."""

    at: float
    home: str
    kind: str
    value: str


@dataclass(frozen=True)
class Outfit:
    """What is installed and how a person happens to use it; chances and rates."""

    rich: bool = False  # motion sensors in every room as well
    meter: bool = True
    heartbeats: bool = False
    closes_bathroom: float = 0.6  # chance that a visit moves the door
    snacks: float = 0.5  # chance that an idle visit to the kitchen opens the fridge
    stirs: float = 2.0  # motion events an hour in bed
    fidgets: float = 8.0  # motion events an hour while sitting
    base_kwh: float = 1.2  # a day with nobody in: fridge and stand-by
    use_kwh: float = 4.0  # a day's use by a person who is up and about


@dataclass
class Home:
    """A name, its habits, its outfit and the seed its days are drawn from."""

    name: str
    habits: Habits
    outfit: Outfit
    seed: int
    stays: list[Stay] = field(default_factory=list)


def draw_home(name: str, seed: int, *, rich: bool, heartbeats: bool = False) -> Home:
    """A home of its own; the same seed gives the same person and the same outfit."""
    rng = Random(f"{seed}:{name}:home")
    outfit = Outfit(
        rich=rich,
        heartbeats=heartbeats,
        closes_bathroom=rng.choice([0.15, 0.4, 0.7, 0.9]),
        snacks=rng.uniform(0.2, 0.7),
        stirs=rng.uniform(0.8, 4),
        fidgets=rng.uniform(3, 15),
        base_kwh=rng.uniform(0.7, 2.0),
        use_kwh=rng.uniform(2.0, 6.0),
    )
    return Home(name, draw_habits(rng), outfit, seed)


def rows_of(home: Home, *, first_day: int, days: int) -> Iterator[Row]:
    """Everything the home's devices say in `days` days, in the order of time."""
    rng = Random(f"{home.seed}:{home.name}:days")
    home.stays = list(live(home.habits, rng, first_day=first_day, days=days))
    rows: list[Said] = []
    was_out = False
    for stay in home.stays:
        rows += _said(stay, home.outfit, rng, was_out=was_out)
        was_out = stay.place == Place.OUT
    if home.outfit.meter:
        rows += _metered(home, rng, first_day, days)
    if home.outfit.heartbeats:
        rows += _beats(home.outfit, rng, first_day, days)
    end = (first_day + days) * DAY
    for at, kind, value in sorted(rows):
        if first_day * DAY <= at < end:
            yield Row(at, home.name, kind, value)


def _said(stay: Stay, outfit: Outfit, rng: Random, *, was_out: bool) -> list[Said]:
    """What the devices say during one stay."""
    rows: list[Said] = []
    if was_out or stay.place == Place.OUT or stay.company:
        rows += _door("entrance", stay.start, rng)
    if stay.company:
        rows += _door("entrance", stay.end, rng)
    length = stay.end - stay.start
    if stay.place == Place.BATHROOM and rng.random() < outfit.closes_bathroom:
        rows += _door("bathroom", stay.start, rng, stay.end)
    if stay.place == Place.KITCHEN:
        openings = rng.randint(1, 5) if stay.meal else int(rng.random() < outfit.snacks)
        for _ in range(openings):
            rows += _door("fridge", stay.start + rng.random() * length, rng)
    if outfit.rich and stay.place != Place.OUT:
        rows += _motion(stay, outfit, rng, length)
    return rows


def _door(kind: str, at: float, rng: Random, shut: float | None = None) -> list[Said]:
    closed = at + rng.uniform(3, 25) if shut is None else shut
    return [(at, kind, "OPEN"), (closed, kind, "CLOSED")]


def _motion(stay: Stay, outfit: Outfit, rng: Random, length: float) -> list[Said]:
    """A walk into the room, then stirring at the rate of what one does there."""
    an_hour = {Place.BED: outfit.stirs, Place.LIVING: outfit.fidgets}.get(stay.place, 60.0)
    if stay.company:
        an_hour *= 3
    room = "bedroom" if stay.place == Place.BED else stay.place
    at = stay.start + rng.uniform(1, 10)
    rows = [(max(at - 8, stay.start), "motion_hall", "ON")]
    while at < stay.start + length:
        rows.append((at, f"motion_{room}", "ON"))
        # Stirring comes in bouts: long stillness is more likely than by pure chance.
        at += rng.lognormvariate(0, 1.1) * 0.55 * HOUR / an_hour + 2
    return rows


def _metered(home: Home, rng: Random, first_day: int, days: int) -> list[Said]:
    """One reading a day, taken just after midnight for the day before."""
    up = dict.fromkeys(range(first_day, first_day + days + 1), 0.0)
    for stay in home.stays:
        if stay.place not in (Place.OUT, Place.BED):
            up[min(int(stay.start // DAY), first_day + days)] += stay.end - stay.start
    rows: list[Said] = []
    for day in range(first_day, first_day + days - 1):
        share = up[day] / (12 * HOUR)
        season = 1.0 + 0.25 * abs(((day % 365) - 182) / 182 - 0.5)
        kwh = home.outfit.base_kwh * rng.gauss(1, 0.06)
        kwh += home.outfit.use_kwh * share * season * rng.lognormvariate(0, 0.18)
        rows.append(((day + 1) * DAY + 10 * MINUTE, "meter", f"{max(kwh, 0.05):.2f}"))
    return rows


def _beats(outfit: Outfit, rng: Random, first_day: int, days: int) -> list[Said]:
    devices = [*CONTACTS]
    if outfit.rich:
        devices += [f"motion_{room}" for room in ROOMS]
    rows: list[Said] = []
    for device in devices:
        phase = rng.uniform(0, HEARTBEAT)
        for n in range(days * DAY // HEARTBEAT):
            rows.append((first_day * DAY + phase + n * HEARTBEAT, device, "heartbeat"))
    return rows
