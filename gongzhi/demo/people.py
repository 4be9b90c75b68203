"""Sixty accounts over all roles and the units they work for; names and phones are made up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password

from gongzhi.access.models import Person, Post, Unit
from gongzhi.access.roles import Role
from gongzhi.kernel.sealed import blind_index
from gongzhi.places.models import Area
from gongzhi.places.words import Level

PASSWORD = "gongzhi-demo"  # noqa: S105 - printed at every start of the demo, refused outside it
TIER_LEVELS = {"community": Level.COMMUNITY, "township": Level.TOWNSHIP, "district": Level.DISTRICT}
RESIDENTS, GRID_WORKERS = 10, 20

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
FIRST = "建国志明秀桂淑玉春海永文晓德家立红丽雪思子佳一俊浩宇欣雨梦泽宏庆兰凤金光"
SECOND = "华军英兰平芳强伟敏静涛磊洋艳勇杰娟霞明刚燕辉玲飞萍宁林琴超峰琳阳颖蕾凯晨"

# Officers who look after several units: account, kinds of unit, and for which sub-district or
# communities (by their order; None for the district).
OFFICERS: list[tuple[str, list[str], list[int] | None]] = [
    ("chengguan01", ["urban_management"], None),
    ("shizheng01", ["municipal"], None),
    ("huanwei01", ["sanitation"], None),
    ("ludeng01", ["lighting"], None),
    ("jiaojing01", ["traffic_police"], None),
    ("zhujian01", ["housing"], None),
    ("gongyong01", ["gas_supply", "water_supply", "power_supply"], None),
    ("paichusuo01", ["police_station"], [0]),
    ("paichusuo02", ["police_station"], [1]),
    ("jieban01", ["township_urban", "township_housing", "township_civil", "township_justice"], [0]),
    ("jieban02", ["township_urban", "township_housing", "township_civil", "township_justice"], [1]),
    ("wuye01", ["property_firm"], [0, 1, 2]),
    ("wuye02", ["property_firm"], [3, 4, 5]),
]


@dataclass
class Cast:
    """Who is there, found by what a story needs."""

    units: dict[tuple[str, int], Unit] = field(default_factory=dict)  # (kind, area pk)
    residents: list[Person] = field(default_factory=list)
    grid_workers: dict[int, Person] = field(default_factory=dict)  # grid pk
    community_workers: dict[int, Person] = field(default_factory=dict)  # community pk
    dispatchers: dict[int, list[Person]] = field(default_factory=dict)  # township or district pk
    staff: dict[int, Person] = field(default_factory=dict)  # unit pk


class Names:
    """Names and phones that nobody has: common surnames and given names, numbers never issued."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def person(self) -> str:
        """A name of two or three characters, not given before."""
        while True:
            given = self._rng.choice(FIRST) if self._rng.random() < 0.8 else ""
            name = self._rng.choice(SURNAMES) + given + self._rng.choice(SECOND)
            if name not in self._used:
                self._used.add(name)
                return name

    def phone(self) -> str:
        """Eleven digits beginning with 100, which no operator issues."""
        return f"100{self._rng.randrange(10**8):08d}"


def settle_people(names: Names, rng: Random) -> Cast:
    """Write units, accounts and posts into a database that holds the demo areas."""
    areas = _areas_by_level()
    cast = Cast()
    _settle_units(cast, areas)
    plans = list(_plans(cast, areas, rng))
    hashed = make_password(PASSWORD, salt=settings.DEMO_SALT)
    people = []
    for username, _posts in plans:
        phone = names.phone()
        people.append(
            Person(
                username=username,
                name=names.person(),
                phone=phone,
                phone_index=blind_index(phone),
                password=hashed,
            )
        )
    Person.objects.bulk_create(people)
    posts = [
        Post(person=person, role=role, area=area, unit=unit)
        for person, (_username, held) in zip(people, plans, strict=True)
        for role, area, unit in held
    ]
    Post.objects.bulk_create(posts)
    for post in posts:
        _remember(cast, post)
    return cast


Held = tuple[Role, Area, Unit | None]


def _areas_by_level() -> dict[str, list[Area]]:
    found: dict[str, list[Area]] = {level: [] for level in Level.values}
    for area in Area.objects.order_by("code"):
        found[area.level].append(area)
    return found


def _settle_units(cast: Cast, areas: Mapping[str, Sequence[Area]]) -> None:
    text = (Path(settings.CONFIG_DIR) / "units.yaml").read_text(encoding="utf-8")
    units = [
        Unit(kind=row["code"], name=f"{area.name}{_without_tier(row['name'])}", area=area)
        for row in yaml.safe_load(text)
        if row["tier"] in TIER_LEVELS
        for area in areas[TIER_LEVELS[row["tier"]]]
    ]
    for unit in Unit.objects.bulk_create(units):
        cast.units[unit.kind, unit.area_id] = unit


def _without_tier(name: str) -> str:
    """滨河街道 + 街道物业管理办公室 would say 街道 twice, 望湖区 + 区委 the district."""
    return name.removeprefix("街道").removeprefix("社区").removeprefix("区")


def _plans(
    cast: Cast, areas: Mapping[str, Sequence[Area]], rng: Random
) -> Iterator[tuple[str, list[Held]]]:
    """(username, posts held) of all sixty, in the order in which they are listed."""
    grids, communities = areas[Level.GRID], areas[Level.COMMUNITY]
    townships, (district, *_) = areas[Level.TOWNSHIP], areas[Level.DISTRICT]
    # The first resident lives where the first grid worker is: one can play both.
    for n, grid in enumerate([grids[0], *rng.sample(list(grids), RESIDENTS - 1)], 1):
        yield f"jumin{n:02d}", [(Role.RESIDENT, grid, None)]
    for n in range(GRID_WORKERS):  # neighbours in the list share a worker
        share = grids[n * len(grids) // GRID_WORKERS : (n + 1) * len(grids) // GRID_WORKERS]
        yield f"wangge{n + 1:02d}", [(Role.GRID_WORKER, grid, None) for grid in share]
    for n, community in enumerate(communities, 1):
        unit = cast.units["community", community.pk]
        yield f"shequ{n:02d}", [(Role.COMMUNITY_WORKER, community, unit)]
    for n in range(4):
        yield f"diaodu{n + 1:02d}", [(Role.DISPATCHER, townships[n // 2], None)]
    for n in (1, 2):
        yield f"quji{n:02d}", [(Role.DISPATCHER, district, None)]
    for username, kinds, where in OFFICERS:
        level = communities if kinds == ["property_firm"] else townships
        places = [district] if where is None else [level[i] for i in where]
        yield (
            username,
            [(Role.UNIT_STAFF, a, cast.units[kind, a.pk]) for kind in kinds for a in places],
        )
    for n, area in enumerate([district, *townships], 1):
        yield f"lingdao{n:02d}", [(Role.LEADER, area, None)]
    yield "shenji01", [(Role.AUDITOR, district, None)]
    yield "guanli01", [(Role.ADMINISTRATOR, district, None)]


def _remember(cast: Cast, post: Post) -> None:
    match post.role:
        case Role.RESIDENT:
            cast.residents.append(post.person)
        case Role.GRID_WORKER:
            cast.grid_workers[post.area_id] = post.person
        case Role.COMMUNITY_WORKER:
            cast.community_workers[post.area_id] = post.person
        case Role.DISPATCHER:
            cast.dispatchers.setdefault(post.area_id, []).append(post.person)
        case _:
            pass
    if post.unit_id is not None:
        cast.staff[post.unit_id] = post.person
