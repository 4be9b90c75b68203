"""Blocks of homes joined to estates with names that occur once, and a number on each building."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from shapely.geometry import Point

from gongzhi.demo.town_houses import House
from gongzhi.demo.town_uses import Block
from gongzhi.places.words import EstateKind

BLOCKS_PER_ESTATE = 2.5
BAND = 16.0  # metres: buildings that start within it stand in one row when they are numbered

STEMS = [
    "翠湖", "锦绣", "书香", "金色", "玉兰", "百合", "和平", "丽水", "春晓", "水岸", "桂花",
    "紫荆", "学府", "富康", "银杏", "香樟", "海棠", "听雨", "枫林", "云栖", "兰亭", "清荷",
    "翠竹", "杏花", "松涛", "观澜", "晨光", "康乐", "阳光", "文昌", "永和", "新安", "曙光",
    "凤凰", "明珠", "长青", "静安", "月牙", "柳浪", "荷塘", "芳草", "东篱", "南风", "星河",
    "白鹭", "青山", "碧波", "长乐", "同乐", "安泰", "瑞景", "华景", "景明", "雅和", "祥和",
    "仁和", "美景", "花溪", "竹海", "梅园", "桃源", "麦香", "稻香", "晴川", "朗月", "秋实",
    "春申", "夏荷", "冬青", "石榴", "木槿", "蔷薇", "茉莉", "丁香", "芙蕖", "云帆", "远航",
    "启明", "朝晖", "暮云",
]  # fmt: skip
WORKS = [
    "纺织厂宿舍", "机床厂宿舍", "面粉厂宿舍", "印刷厂宿舍", "供销社宿舍", "建筑公司宿舍",
    "粮站宿舍", "邮电所宿舍", "搪瓷厂宿舍", "农机站宿舍", "水泵厂宿舍", "客运站宿舍",
    "酿造厂宿舍", "木材公司宿舍",
]  # fmt: skip

KINDS = {
    "old": EstateKind.OLD,
    "dormitory": EstateKind.DORMITORY,
    "resettlement": EstateKind.RESETTLEMENT,
    "mid": EstateKind.COMMERCIAL,
    "tower": EstateKind.COMMERCIAL,
    "villa": EstateKind.VILLA,
}
ENDINGS = {
    EstateKind.OLD: ["新村", "小区", "苑", "里"],
    EstateKind.RESETTLEMENT: ["家园", "新苑", "花苑"],
    EstateKind.COMMERCIAL: ["花园", "雅苑", "华庭", "名邸", "公馆", "府", "湾", "城", "嘉园"],
    EstateKind.VILLA: ["山庄", "别院", "墅"],
}


@dataclass
class Estate:
    """Blocks under one name."""

    blocks: list[int]  # places in the list of blocks
    kind: EstateKind
    name: str = ""
    homes: list[House] = field(default_factory=list)
    spot: Point = field(default_factory=Point)


def estates_of(
    grids: Sequence[Sequence[int]],
    blocks: Sequence[Block],
    homes: Sequence[list[House]],
    rng: Random,
) -> list[Estate]:
    """Join the blocks of homes of each grid to estates; name them and number their buildings."""
    estates = []
    for grid in grids:
        groups = _joined([i for i in grid if homes[i]], blocks)
        for group in groups:
            use = Counter(blocks[i].use for i in group).most_common(1)[0][0]
            estates.append(Estate(group, KINDS[use]))
    _name(estates, rng)
    for estate in estates:
        estate.homes = _numbered([h for i in estate.blocks for h in _in_rows(homes[i])])
        largest = max(estate.blocks, key=lambda i: blocks[i].outline.area)
        estate.spot = blocks[largest].spot
    return estates


def _joined(places: list[int], blocks: Sequence[Block]) -> list[list[int]]:
    """Neighbouring blocks joined until there are two or three to an estate."""
    groups = [[place] for place in places]
    while len(groups) > max(1, round(len(places) / BLOCKS_PER_ESTATE)):
        pairs = [
            (_distance(groups[a], groups[b], blocks), a, b)
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
        ]
        _cost, a, b = min(pairs)
        groups[a] = sorted(groups[a] + groups[b])
        del groups[b]
    return groups


def _distance(one: list[int], other: list[int], blocks: Sequence[Block]) -> float:
    """How unlike one estate two groups are: far apart, of different kinds, already large."""
    apart = min(blocks[i].outline.distance(blocks[j].outline) for i in one for j in other)
    kinds = {KINDS[blocks[i].use] for i in [*one, *other]}
    return apart + 150 * (len(kinds) - 1) + 60 * (len(one) + len(other))


def _name(estates: list[Estate], rng: Random) -> None:
    stems, works = list(STEMS), list(WORKS)
    rng.shuffle(stems)
    rng.shuffle(works)
    for estate in estates:
        if estate.kind == EstateKind.DORMITORY:
            estate.name = works.pop()
        else:
            estate.name = stems.pop() + rng.choice(ENDINGS[estate.kind])


def _in_rows(homes: list[House]) -> list[House]:
    """Northern row first, in each from west to east."""
    return sorted(homes, key=lambda h: (round(-h.outline.centroid.y / BAND), h.outline.centroid.x))


def _numbered(homes: list[House]) -> list[House]:
    for number, house in enumerate(homes, start=1):
        house.number = f"{number}栋"
    return homes
