"""What taking in rows of dwellings would do, without doing it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.kernel import codes
from gongzhi.kernel.sealed import blind_uuid
from gongzhi.places.models import Area, Building, Dwelling, Estate, Stairwell
from gongzhi.places.reads import areas_at
from gongzhi.places.words import DwellingUse
from gongzhi.residents.models import Resident
from gongzhi.residents.models.reach import Span, spans_of
from gongzhi.residents.reads.plans import inside
from gongzhi.residents.reads.plans_things import differences
from gongzhi.residents.rows import NewDwelling, NewOwner, Plan, Problem
from gongzhi.residents.rules.terms import address_parts, plain
from gongzhi.residents.words import Outcome, OwnershipKind

CHUNK = 2000


@dataclass
class DwellingPlan(Plan):
    """What would become of one row of a dwelling; a missing stairwell is still to be made."""

    building: Building | None = None
    stairwell: str = ""
    owners: list[tuple[NewOwner, int]] = field(default_factory=list)  # with the resident's key


def numbered(name: str) -> str:
    """3号楼, 3幢 and 3栋 are one building; 02单元 and 2单元 one stairwell."""
    parts, names = address_parts(plain(name))
    return "".join([*parts, *(one for one in names if len(one) > 1)]) or plain(name)


def in_one_line(estate: str, building: str, stairwell: str, door: str) -> str:
    """The address of a dwelling from estate to door: 望湖花园3栋2单元501室."""
    return f"{estate}{building}{stairwell}{door}" + ("室" if door[-1:].isalnum() else "")


def plan_dwellings(*, by: Person, rows: Sequence[NewDwelling], at: datetime) -> list[DwellingPlan]:
    """A plan per row, in order; nothing is written. Estates and buildings must exist already."""
    spans = spans_of(by, Can.TAKE_IN_TABLES)
    seen: dict[object, int] = {}
    plans: list[DwellingPlan] = []
    for start in range(0, len(rows), CHUNK):
        plans += _Town(rows[start : start + CHUNK], spans, seen, start).plans()
    return plans


class _Town:
    """The estates, buildings and doors that some rows speak of, read in a few queries."""

    def __init__(
        self, rows: Sequence[NewDwelling], spans: list[Span], seen: dict[object, int], start: int
    ) -> None:
        self.rows, self.spans, self.seen, self.start = rows, spans, seen, start
        self.estates: dict[str, list[Estate]] = defaultdict(list)
        for estate in Estate.objects.select_related("area").filter(
            name__in={row.estate.strip() for row in rows}
        ):
            self.estates[estate.name].append(estate)
        among = [estate for found in self.estates.values() for estate in found]
        self.buildings: dict[tuple[int, str], Building] = {}
        for building in Building.objects.select_related("estate__area").filter(estate__in=among):
            self.buildings[building.estate_id, numbered(building.name)] = building
        self.stairwells: dict[int, dict[str, Stairwell]] = defaultdict(dict)
        for one in Stairwell.objects.filter(building__estate__in=among):
            self.stairwells[one.building_id][numbered(one.name)] = one
        doors = {row.name.strip().removesuffix("室") for row in rows}
        homes = Dwelling.objects.filter(name__in=doors, stairwell__building__estate__in=among)
        self.homes = {(home.stairwell_id, home.name): home for home in homes}
        by_code = Dwelling.objects.filter(code__in={row.code for row in rows if row.code})
        self.by_code = {home.code: home for home in by_code}
        wanted = {i for row in rows for o in row.owners if (i := blind_uuid(plain(o.id_number)))}
        people = Resident.objects.filter(id_index__in=wanted)
        self.owners = dict(people.values_list("id_index", "pk"))
        spots = [(b.lng, b.lat) for b in self.buildings.values()]
        self.grids = dict(zip(spots, areas_at(spots), strict=True)) if spots else {}

    def plans(self) -> list[DwellingPlan]:
        """A plan per row."""
        return [self._plan(row, n) for n, row in enumerate(self.rows, self.start + 1)]

    def _plan(self, row: NewDwelling, number: int) -> DwellingPlan:
        plan = DwellingPlan(Outcome.NEW)
        door = row.name.strip().removesuffix("室")
        if not door or len(door) > 20:
            plan.problems.append(Problem("name", _("请填写户室号，最多20个字。")))
        if row.use and row.use not in DwellingUse.values:
            plan.problems.append(Problem("use", _("没有这种房屋用途。")))
        if row.square_metres is not None and not 0 < row.square_metres < 100_000:
            plan.problems.append(Problem("square_metres", _("建筑面积不合理，请核对。")))
        building = self._building(row, plan)
        if building is not None and not plan.faults:
            self._at(building, row, door, plan, number)
            self._owned(row, plan)
        if plan.faults:
            plan.outcome = Outcome.REFUSED
        return plan

    def _building(self, row: NewDwelling, plan: DwellingPlan) -> Building | None:
        estates = [
            e
            for e in self.estates.get(row.estate.strip(), [])
            if not row.community or row.community in {e.area.name, e.area.code}
        ]
        if len(estates) != 1:
            sentence = (
                _("有几个同名的小区“%(name)s”，请填写所在社区。")
                if estates
                else _("没有登记小区“%(name)s”，请核对名称，或先登记小区。")
            )
            plan.problems.append(Problem("estate", sentence % {"name": row.estate[:30]}))
            return None
        building = self.buildings.get((estates[0].pk, numbered(row.building)))
        if building is None:
            plan.problems.append(
                Problem(
                    "building",
                    _("%(estate)s没有登记楼栋“%(name)s”。")
                    % {"estate": estates[0].name, "name": row.building[:20]},
                )
            )
        return building

    def _at(
        self, building: Building, row: NewDwelling, door: str, plan: DwellingPlan, number: int
    ) -> None:
        stairwells = self.stairwells[building.pk]
        name = row.stairwell.strip()
        stairwell = stairwells.get(numbered(name))
        if not name and len(stairwells) == 1:
            stairwell = next(iter(stairwells.values()))
        name = stairwell.name if stairwell else name
        first = self.seen.setdefault((building.pk, numbered(name), door), number)
        if first != number:
            plan.problems.append(
                Problem("name", _("与第%(n)d行是同一户，请只保留一行。") % {"n": first})
            )
        grid = row.grid or self.grids.get((building.lng, building.lat)) or building.estate.area
        if not inside(grid.place, self.spans):
            plan.problems.append(Problem("estate", _("这处房屋不在您的辖区。")))
        plan.building, plan.stairwell = building, name
        home = self.homes.get((stairwell.pk, door)) if stairwell else None
        coded = self.by_code.get(row.code) if row.code else None
        if coded and home and coded.pk != home.pk:
            plan.problems.append(Problem("code", _("这个标准地址编码已用于另一户。")))
        plan.values = _values(row, building, stairwell, name, door, grid)
        home = home or coded
        if home is not None:
            plan.pk = home.pk
            plan.changes = differences(home, plan.values)
            plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME

    def _owned(self, row: NewDwelling, plan: DwellingPlan) -> None:
        for owner in row.owners:
            index = blind_uuid(codes.plain(owner.id_number))
            pk = self.owners.get(index) if index else None
            if pk is None:
                sentence = _("产权人或承租人还没有登记，请先导入人员。")
                plan.problems.append(Problem("owners", sentence, is_warning=True))
            elif owner.kind not in OwnershipKind.values or not 1 <= owner.parts <= owner.whole:
                plan.problems.append(Problem("owners", _("产权份额不合理，请核对。")))
            else:
                plan.owners.append((owner, pk))


def _values(
    row: NewDwelling, building: Building, stairwell: Stairwell | None, name: str, door: str,
    grid: Area,
) -> dict[str, Any]:  # fmt: skip
    metres = row.square_metres
    return {
        "stairwell_id": stairwell.pk if stairwell else None,
        "name": door,
        "code": row.code.strip(),
        "address": in_one_line(building.estate.name, building.name, name, door),
        "grid_id": grid.place,
        "floor": row.floor,
        "square_metres": None if metres is None else metres.quantize(Decimal("0.01")),
        "use": row.use,
    }
