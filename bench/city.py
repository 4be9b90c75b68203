"""A generated city of any size for the register: areas, estates, homes, households."""

from collections.abc import Callable
from datetime import date
from random import Random

from django.db import transaction
from django.utils.timezone import now

from gongzhi.access.models import Person, Post
from gongzhi.demo.families import Families
from gongzhi.demo.pouring import COLUMNS, Sea, counted_on, pour
from gongzhi.demo.town_names import ENDINGS, STEMS
from gongzhi.places.models import Area, Building, Collection, Dwelling, Estate, Stairwell
from gongzhi.places.rules import dwelling_code, grid_code, path_under, place_number

TODAY = date(2026, 3, 4)
COMMUNITIES, GRIDS = 8, 12  # of a sub-district; of a community
ESTATES, BUILDINGS, STAIRWELLS, FLOORS, DOORS = 5, 14, 2, 10, 2  # 2,800 homes in a community
SUB_DISTRICTS = 12  # of a district


class City:
    """Communities, one after the other, until there are people enough."""

    def __init__(self, seed: int = 5) -> None:
        self.rng = Random(seed)
        self.areas: dict[str, Area] = {}
        self.city = self._area("340100000000", "云湖市", "city", None)
        self.communities = 0
        self.estates = self.buildings = self.stairwells = self.dwellings = 0
        self.collection = Collection.objects.create(
            source="police", purpose="count", collected_at=now(), source_ref="bench"
        )

    def _area(self, code: str, name: str, level: str, parent: Area | None) -> Area:
        if code not in self.areas:
            self.areas[code] = Area.objects.create(code=code, name=name, level=level, parent=parent)
        return self.areas[code]

    def community(self) -> tuple[Area, list[Area]]:
        """The next community and its grids."""
        number, self.communities = self.communities, self.communities + 1
        town, within = divmod(number, COMMUNITIES)
        county, town = divmod(town, SUB_DISTRICTS)
        district = self._area(
            f"3401{county + 1:02d}000000", f"第{county + 1}区", "district", self.city
        )
        code = f"{district.code[:6]}{town + 1:03d}"
        township = self._area(f"{code}000", f"第{town + 1}街道", "township", district)
        community = self._area(
            f"{code}{within + 1:03d}", f"第{number + 1}社区", "community", township
        )
        grids = [
            Area(
                code=(gc := grid_code(community.code, n)), name=f"第{n:02d}网格", level="grid",
                parent=community, path=path_under(community.path, gc), place=place_number(gc),
            )
            for n in range(1, GRIDS + 1)
        ]  # fmt: skip
        return community, Area.objects.bulk_create(grids)

    def homes(self, community: Area, grids: list[Area]) -> list[tuple[int, str, int]]:
        """Estates to doors of a community, written; gives (key, address, grid's number)."""
        estates, buildings, stairwells, dwellings = [], [], [], []
        endings = [e for many in ENDINGS.values() for e in many]
        for _ in range(ESTATES):
            self.estates += 1
            name = self.rng.choice(STEMS) + self.rng.choice(STEMS)[0] + self.rng.choice(endings)
            name += self.rng.choice(["", "一期", "二期", "东区", "西区"])
            estates.append((self.estates, community.pk, f"{name}", "commercial", 117.3, 31.8))
            for block in range(1, BUILDINGS + 1):
                self.buildings += 1
                buildings.append((self.buildings, self.estates, f"{block}栋", FLOORS, 117.3, 31.8))
                grid = grids[self.buildings % len(grids)].place
                for entrance in range(1, STAIRWELLS + 1):
                    self.stairwells += 1
                    stairwells.append((self.stairwells, self.buildings, f"{entrance}单元"))
                    for floor in range(1, FLOORS + 1):
                        for door in range(1, DOORS + 1):
                            self.dwellings += 1
                            said = f"{floor}{door:02d}"
                            dwellings.append(
                                (
                                    self.dwellings,
                                    dwelling_code(community.place, self.stairwells, said),
                                    self.stairwells, said, f"{name}{block}栋{entrance}单元{said}室",
                                    grid, floor, None, "", self.collection.pk, 0,
                                )
                            )  # fmt: skip
        seen: set[str] = set()
        estates = [
            (pk, area, name if name not in seen and not seen.add(name) else f"{name}{pk}", *rest)
            for pk, area, name, *rest in estates
        ]
        pour(Estate, ("id", "area_id", "name", "kind", "lng", "lat"), estates)
        pour(Building, ("id", "estate_id", "name", "floors", "lng", "lat"), buildings)
        pour(Stairwell, ("id", "building_id", "name"), stairwells)
        columns = ("id", "code", "stairwell_id", "name", "address", "place", "floor",
                   "square_metres", '"use"', "collection_id", "version")  # fmt: skip
        pour(Dwelling, columns, dwellings)
        return [(row[0], row[4], row[5]) for row in dwellings]


def build(people: int, progress: Callable[[int], None]) -> None:
    """A city of about so many people, with accounts of somebody who sees all and a grid worker."""
    city = City()
    families = Families(11, TODAY)
    sea = Sea(city.collection.pk, now())
    grids: list[Area] = []
    while sea.people < people:
        with transaction.atomic():
            community, grids = city.community()
            for home, address, place in city.homes(community, grids):
                sea.move_in(families.household(), home, address, place)
                if sea.people >= people:
                    break
            sea.pour_out()
        progress(sea.people)
    counted_on([*COLUMNS, Estate, Building, Stairwell, Dwelling])
    for username, area, role in (
        ("city", city.city, "dispatcher"),
        ("grid", grids[0], "grid_worker"),
    ):
        person = Person.objects.create(username=username, name=username)
        Post.objects.create(person=person, role=role, area=area)
