"""A community's own spreadsheet of its people: believable households, and how clerks treat tables.

Title rows and merged cells, dates in six hands, numbers that a spreadsheet rounded, formulas
without a result, people written down twice, addresses as people say them. Nobody in it is real.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

from openpyxl import Workbook, load_workbook

from gongzhi.demo.families import Families, Member
from gongzhi.kernel.codes import id_check

HOUSEHOLDS, ROWS = 4_377, 12_532
TITLE_ROWS = 2  # a title across the table, and who filled it in
HEADS = [
    "序号", "姓名", "身份证号码", "性别", "出生年月", "民族", "联系电话", "现住址", "户号",
    "与户主关系", "人员情况", "户籍地址",
]  # fmt: skip
NAME, NUMBER, GENDER, BORN, PHONE, ADDRESS, HOUSEHOLD, FACTS = 1, 2, 3, 4, 6, 7, 8, 10
ROLES = {
    "head": "户主", "spouse": "配偶", "child": "子女", "parent": "父母", "grandchild": "孙辈",
    "unrelated": "非亲属",
}  # fmt: skip
SAID = {
    "party_member": "党员", "veteran": "退役军人", "low_income": "低保", "nearly_low": "低保边缘",
    "destitute": "特困", "lost_child": "计生特殊家庭", "honoured": "优抚对象", "orphan": "孤儿",
    "left_behind": "留守儿童",
}  # fmt: skip
HANDS: tuple[Callable[[date], object], ...] = (
    lambda day: day,
    lambda day: day.isoformat(),
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: (day - date(1899, 12, 30)).days,
)
OLD_LADY = "欧阳秀兰"  # over 80 and alone; nobody else has 阳秀 in their name
Door = tuple[str, str, str, str]  # estate, building, stairwell, door


@dataclass
class Messy:
    """Two files, what the second should have said, and where which fault stands."""

    doors: list[Door]
    book: bytes = b""
    truth: dict[int, list[object] | None] = field(default_factory=dict)  # None: leave the row out
    faults: dict[str, list[int]] = field(default_factory=dict)

    @property
    def homes(self) -> bytes:
        """The list of dwellings, a CSV as an older system of the housing office saves it."""
        lines = [("小区名称", "楼栋", "单元号", "室"), *self.doors]
        return "\r\n".join(",".join(line) for line in lines).encode("gb18030")

    def mended(self, marked: bytes) -> bytes:
        """The annotated copy with every row that it complains of put right, and no other."""
        book = load_workbook(BytesIO(marked))
        sheet = book.active
        told = len(HEADS) + 1
        for row in range(TITLE_ROWS + 2, sheet.max_row + 1):
            if not sheet.cell(row, told).value:
                continue
            cells = self.truth[row] or [None] * len(HEADS)
            for column, value in enumerate(cells, start=1):
                sheet.cell(row, column).value = value
            sheet.cell(row, told).value = None
        out = BytesIO()
        book.save(out)
        return out.getvalue()


def doors_of(database: Path, community: str) -> Iterator[Door]:
    """Doors of a community's buildings behind which nobody is on record yet."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as rows:
        found = rows.execute(
            "SELECT e.name, b.name, b.floors FROM places_building b JOIN places_estate e"
            " ON e.id = b.estate_id JOIN places_area a ON a.id = e.area_id WHERE a.code = ?"
            " ORDER BY b.id",
            [community],
        ).fetchall()
    for estate, building, floors in found:
        for floor in range(1, floors + 1):
            for door in (3, 4, 5):  # the demo town's homes are 01 and 02
                yield estate, building, "1单元", f"{floor}{door:02d}"


def messy(doors: Iterator[Door], today: date, seed: int = 4) -> Messy:
    """12,532 rows of 4,377 households, about one in forty with something wrong."""
    rng = Random(seed)
    families = _families(rng, today)
    made = Messy([door for _family, door in zip(families, doors, strict=False)])
    rows = [
        _row(one, "".join(door) + "室", f"WH{number:05d}")
        for number, (family, door) in enumerate(zip(families, made.doors, strict=True), 1)
        for one in family
    ]
    twice = [list(row) for row in rng.sample(rows, ROWS - len(rows))]
    cells = [_written(row, rng) for row in rows]
    first = TITLE_ROWS + 2
    made.truth = {first + n: list(row) for n, row in enumerate(rows)}
    _spoil(made, cells, rng, first)
    merged = _merge(made, cells, rng, first)
    for row in twice:
        made.faults.setdefault("twice", []).append(first + len(cells))
        made.truth[first + len(cells)] = None
        cells.append(_written(row, rng))
    made.book = _bound(cells, merged, first)
    return made


def _families(rng: Random, today: date) -> list[list[Member]]:
    """As many households as wanted, with so many people that some rows are left to stand twice."""
    drawn = Families(rng.random(), today)
    people, found = ROWS - 24, []
    while len(found) < HOUSEHOLDS:
        if family := drawn.household():
            found.append(family)
    while (missing := people - sum(map(len, found))) > 0:
        at = rng.randrange(len(found))
        family = drawn.household()
        if 0 < len(family) - len(found[at]) <= missing:
            found[at] = family
    for family in found:
        for one in family:  # another county than the demo town's, so that nobody is there already
            front = f"{int(one.id_number[:6]) + 50}{one.id_number[6:17]}"
            one.id_number = front + id_check(front)
    alone = next(
        f[0] for f in found if len(f) == 1 and f[0].female and f[0].born < today - timedelta(30_000)
    )
    alone.name = OLD_LADY
    return found


def _row(one: Member, address: str, household: str) -> list[object]:
    facts = [
        f"残疾{grade}级" if kind == "disabled" else SAID[kind] for kind, grade, _since in one.facts
    ]
    return [
        None, one.name, one.id_number, "女" if one.female else "男", one.born, one.ethnicity,
        "、".join(one.phones), address, household, ROLES[one.role], "、".join(facts),
        one.registered,
    ]  # fmt: skip


def _written(row: list[object], rng: Random) -> list[object]:
    """The row in somebody's hand."""
    cells = list(row)
    born = cells[BORN]
    assert isinstance(born, date)
    cells[BORN] = rng.choice(HANDS)(born)
    return cells


def _spoil(made: Messy, cells: list[list[object]], rng: Random, first: int) -> None:
    """Faults of one cell, each in rows of its own; the old lady's row stays whole."""
    whole = [n for n, row in enumerate(cells) if row[NAME] != OLD_LADY]
    rows = iter(rng.sample(whole, 400))

    def every(kind: str, count: int, column: int, wrong: Callable[[str, int], object]) -> None:
        for _ in range(count):
            n = next(rows)
            made.faults.setdefault(kind, []).append(first + n)
            cells[n][column] = wrong(str(cells[n][column]), first + n)

    every("check", 40, NUMBER, lambda text, _n: text[:-1] + ("1" if text[-1] != "1" else "2"))
    every("rounded", 12, NUMBER, lambda text, _n: float(text[:17] + "0"))
    every("short", 10, NUMBER, lambda text, _n: text[:-1])
    every("born", 25, BORN, lambda _text, _n: "1931-07-01")
    every("no day", 15, BORN, lambda _text, _n: "56年2月")
    every("formula", 14, GENDER, lambda _text, n: f'=IF(MOD(MID(C{n},17,1),2)=1,"男","女")')
    every("address", 45, ADDRESS, lambda text, _n: text.replace("栋", "号楼", 1))
    every("phone", 20, PHONE, lambda _text, _n: "1385510203")
    every("fact", 12, FACTS, lambda _text, _n: "低保A类")
    every("name", 6, NAME, lambda text, _n: f"{text}2")
    every("no name", 4, NAME, lambda _text, _n: None)


def _merge(made: Messy, cells: list[list[object]], rng: Random, first: int) -> list[str]:
    """Some households have one address cell for all of them, as on paper."""
    wrong = {row for rows in made.faults.values() for row in rows}
    ranges: list[str] = []
    n = rng.randrange(200)
    while n < len(cells) and len(ranges) < 20:
        last = n
        while last + 1 < len(cells) and cells[last + 1][HOUSEHOLD] == cells[n][HOUSEHOLD]:
            last += 1
        rows = range(first + n, first + last + 1)
        if n < last and cells[n - 1][HOUSEHOLD] != cells[n][HOUSEHOLD] and not wrong & {*rows}:
            ranges.append(f"H{rows[0]}:H{rows[-1]}")
            made.faults.setdefault("merged", []).extend(rows)
        n += rng.randrange(300, 600)
    return ranges


def _bound(cells: list[list[object]], merged: list[str], first: int) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "实有人口"
    sheet.append(["望湖社区实有人口登记表"])
    sheet.append(["填表日期：", None, "填表人："])
    sheet.append(HEADS)
    for number, row in enumerate(cells, start=1):
        sheet.append([number, *row[1:]])
    sheet.merge_cells("A1:L1")
    for one in merged:
        sheet.merge_cells(one)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
