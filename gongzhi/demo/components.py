"""Lamp posts, covers, bins and benches around the demo's buildings, and the cases about them."""

from random import Random

from gongzhi.cases.models import Case
from gongzhi.cases.reads.components import item_for
from gongzhi.places.coordinates import metres_between
from gongzhi.places.models import Building, Collection, Component
from gongzhi.places.reads import areas_at

# Class, sort, name, how many of a hundred buildings have one, who has it and who keeps it.
LIGHTING, CITY, WATER = "望湖区路灯管理所", "望湖区城市管理局", "望湖供水有限公司"
THINGS = [
    ("01", "040", "路灯", 55, LIGHTING, LIGHTING),
    ("01", "001", "上水井盖", 25, WATER, WATER),
    ("01", "002", "污水井盖", 20, CITY, "市政管养中心"),
    ("03", "006", "垃圾箱", 30, CITY, "环境卫生管理中心"),
    ("02", "011", "交通信号灯", 4, "市交警支队", "市交警支队"),
    ("05", "002", "宣传栏", 6, CITY, CITY),
    ("04", "001", "行道树", 12, "望湖区园林绿化中心", "望湖区园林绿化中心"),
]
SIDES = ["北侧", "南侧", "东侧", "西侧"]
CLOSE = 60  # metres between a case and the component it was about
SHARE = 0.8  # how often the reporter picked it


def stand_components(collection: Collection, rng: Random) -> None:
    """One row per thing, numbered by sort, some of them damaged."""
    drawn = [
        (building, thing, (building.lng + rng.uniform(-3e-4, 3e-4),
                           building.lat + rng.uniform(-2.5e-4, 2.5e-4)))
        for building in Building.objects.select_related("estate").order_by("pk")
        for thing in THINGS
        if rng.random() * 100 < thing[3]
    ]  # fmt: skip
    grids = areas_at([spot for _building, _thing, spot in drawn])
    rows = []
    for number, ((building, thing, spot), grid) in enumerate(zip(drawn, grids, strict=True), 1):
        if grid is None or grid.place is None:
            continue
        kind, item, name, _share, owner, keeper = thing
        rows.append(
            Component(
                code=f"349901{kind}{item}{number:05d}",
                kind=kind,
                name=name,
                grid_id=grid.place,
                lng=round(spot[0], 7),
                lat=round(spot[1], 7),
                address=f"{building}{rng.choice(SIDES)}",
                owner=owner,
                keeper=keeper,
                state=rng.choices(["intact", "damaged"], [19, 1])[0],
                collection=collection,
            )
        )
    Component.objects.bulk_create(rows, batch_size=500)


def pick_components(rng: Random) -> None:
    """Cases of items that are about a component are tied to the nearest one of its kind."""
    by_item: dict[str, list[Component]] = {}
    kinds: dict[str, str] = {}
    for one in Component.objects.order_by("pk"):
        if one.name not in kinds:
            item = item_for(one)
            kinds[one.name] = item.code if item else ""
        by_item.setdefault(kinds[one.name], []).append(one)
    cases = Case.objects.filter(item__code__in=by_item.keys() - {""}, lng__isnull=False)
    tied = []
    for case in cases.select_related("item").order_by("pk"):
        where = (case.lng or 0.0, case.lat or 0.0)
        near = min(
            (c for c in by_item[case.item.code if case.item else ""] if _roughly_near(c, where)),
            key=lambda c: metres_between(where, (c.lng, c.lat)),
            default=None,
        )
        if near and metres_between(where, (near.lng, near.lat)) <= CLOSE and rng.random() < SHARE:
            case.component = near
            tied.append(case)
    Case.objects.bulk_update(tied, ["component"], batch_size=400)


def _roughly_near(component: Component, where: tuple[float, float]) -> bool:
    return abs(component.lng - where[0]) < 1e-3 and abs(component.lat - where[1]) < 1e-3
