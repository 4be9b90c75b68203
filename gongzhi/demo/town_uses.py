"""What each block of the demo town is used for: homes of six kinds, shops, schools, parks …"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import shapely
from shapely.geometry import Point, Polygon

from gongzhi.demo.town_streets import RING_AT, Face, Plan, blocks_of, road_land

SMALLEST = 9_000.0  # square metres; anything smaller becomes a pocket park

# Names of the six communities, west before east; grids are numbered within each.
COMMUNITIES = ["望湖社区", "翠微社区", "滨河社区", "云谷社区", "梧桐社区", "芙蓉社区"]
GRIDS = [7, 7, 6, 7, 7, 6]
LAKESIDE, OLD_TOWN, RIVERSIDE, BUSINESS, SOUTH_EAST, NORTH_EAST = range(6)

# How often which kind of housing is found where.
HOUSING = {
    LAKESIDE: {"old": 4, "mid": 4, "dormitory": 1, "tower": 1},
    OLD_TOWN: {"old": 6, "dormitory": 2, "mid": 3},
    RIVERSIDE: {"mid": 4, "tower": 3, "resettlement": 2, "old": 1},
    BUSINESS: {"tower": 6, "mid": 3},
    SOUTH_EAST: {"resettlement": 5, "mid": 3, "old": 3, "dormitory": 1},
    NORTH_EAST: {"tower": 4, "mid": 4, "villa": 1, "resettlement": 1},
}
SURROUNDINGS = {"old": 3, "mid": 4, "tower": 3, "plant": 1, "green": 1}


@dataclass
class Block:
    """Land between streets with one use."""

    outline: Polygon
    face: int  # its place in Plan.faces
    community: int | None  # None outside the district
    use: str = ""  # a kind of housing, or shop, work, civic, school, health, market, plant, green
    facility: str = ""  # the name of what stands there, for schools and the like

    @property
    def spot(self) -> Point:
        """A point inside."""
        return self.outline.representative_point()


def community_of(face: Face) -> int | None:
    """Which of the six communities a face belongs to; None outside the district."""
    if not face.in_district:
        return None
    west = face.column < 3
    if face.row == 4 or (face.row == 3 and face.beyond_river):
        return RIVERSIDE if west else NORTH_EAST
    if not west:
        return SOUTH_EAST if face.row < 2 else BUSINESS
    lakeside = face.column < 2 and (face.row < 2 or (face.column == 0 and face.row == 2))
    return LAKESIDE if lakeside else OLD_TOWN


def allot(plan: Plan, rng: Random) -> list[Block]:
    """All blocks with their use, in the order of the faces."""
    roads = road_land(plan)
    blocks = [
        Block(outline, index, community_of(face))
        for index, face in enumerate(plan.faces)
        for outline in blocks_of(face, plan, roads)
    ]
    for block in blocks:
        if block.outline.area < SMALLEST:
            block.use = "green"
    for community, name in enumerate(COMMUNITIES):
        _public_places([b for b in blocks if b.community == community], name)
    _district_places(blocks)
    for block in blocks:
        if not block.use:
            block.use = _private_use(block, plan, rng)
    return blocks


def _public_places(blocks: list[Block], community: str) -> None:
    """Service centre, market, two schools and a park for one community."""
    middle = _middle(blocks)
    short = community.removesuffix("社区")
    wanted = [
        ("civic", f"{community}党群服务中心", 0.0, (11_000, 42_000)),
        ("school", f"{short}小学", 420.0, (24_000, 62_000)),
        ("market", f"{short}农贸市场", 330.0, (10_000, 34_000)),
        ("green", f"{short}公园", 520.0, (22_000, 80_000)),
        ("school", f"{short}中学", 760.0, (30_000, 75_000)),
        ("health", f"{community}卫生服务站", 480.0, (9_000, 26_000)),
    ]
    for use, name, away, (least, most) in wanted:
        _take(blocks, use, name, _near_ring(middle, away), least, most)


def _district_places(blocks: list[Block]) -> None:
    """What the two sub-districts and the district have only one or two of."""
    own = [b for b in blocks if b.community is not None]
    west = [b for b in own if b.community in {LAKESIDE, OLD_TOWN, RIVERSIDE}]
    east = [b for b in own if b not in west]
    plaza = Point(-90, -310)
    for pool, use, name, at, least, most in [
        (own, "civic", "望湖区社会治理中心", plaza, 16_000, 70_000),
        (own, "civic", "望湖区文化馆", Point(-250, -150), 12_000, 70_000),
        (own, "stadium", "望湖体育中心", Point(-420, -1150), 42_000, 99_000),
        (west, "civic", "滨河街道办事处", Point(-1150, 20), 10_000, 50_000),
        (east, "civic", "云谷街道办事处", Point(400, -60), 10_000, 50_000),
        (west, "health", "滨河医院", Point(-1150, 1000), 24_000, 90_000),
        (east, "health", "望湖区人民医院", Point(1500, -700), 24_000, 90_000),
        (own, "civic", "望湖消防救援站", Point(300, -800), 9_000, 40_000),
        (west, "civic", "滨河派出所", Point(-1500, 0), 9_000, 40_000),
        (east, "civic", "云谷派出所", Point(1650, 250), 9_000, 40_000),
        (east, "green", "云谷中央公园", Point(*RING_AT), 20_000, 99_000),
    ]:
        _take(pool, use, name, _near(at), least, most)


def _take(
    blocks: list[Block],
    use: str,
    name: str,
    badness: Callable[[Block], float],
    least: float,
    most: float,
) -> None:
    """Give the use to the best free block of a fitting size."""
    fitting = [
        b for b in blocks if not b.use and least <= b.outline.area <= most and _is_square(b.outline)
    ]
    if fitting:
        best = min(fitting, key=lambda b: (round(badness(b)), b.face))
        best.use, best.facility = use, name


def _is_square(outline: Polygon) -> bool:
    """Whether the outline fills most of the rectangle around it, so that buildings fit in."""
    return outline.area > 0.76 * float(shapely.oriented_envelope(outline).area)


def _middle(blocks: list[Block]) -> Point:
    """The middle of blocks by their area."""
    total = sum(b.outline.area for b in blocks)
    return Point(
        sum(b.spot.x * b.outline.area for b in blocks) / total,
        sum(b.spot.y * b.outline.area for b in blocks) / total,
    )


def _near_ring(middle: Point, away: float) -> Callable[[Block], float]:
    """Prefer blocks that lie `away` metres from the middle."""
    return lambda block: abs(block.spot.distance(middle) - away)


def _near(at: Point) -> Callable[[Block], float]:
    """Prefer blocks near a place."""
    return lambda block: float(block.outline.distance(at))


def _private_use(block: Block, plan: Plan, rng: Random) -> str:
    """Homes mostly; offices in the business quarter, shops at the plaza, plants in the corner."""
    spot, community = block.spot, block.community
    if community is None:
        return _weighted(SURROUNDINGS, rng)
    to_ring = math.dist((spot.x, spot.y), RING_AT)
    if to_ring < 420:
        return "work" if rng.random() < 0.7 else "tower"
    if spot.distance(plan.plaza) < 330 and rng.random() < 0.75:
        return rng.choice(["work", "work", "shop"])
    if community == SOUTH_EAST and spot.x > 1480 and spot.y < -1080:
        return "plant"
    if rng.random() < 0.05:
        return "shop"
    if community == LAKESIDE and spot.distance(plan.lake_park) < 170 and rng.random() < 0.6:
        return "villa"
    return _weighted(HOUSING[community], rng)


def _weighted(odds: dict[str, int], rng: Random) -> str:
    return rng.choices(list(odds), weights=list(odds.values()))[0]
