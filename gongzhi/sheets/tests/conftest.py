"""A kind that can be read in and a list that can be taken out: units of the district, for tests."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import Workbook

from gongzhi.access.models import Unit
from gongzhi.access.roles import Can
from gongzhi.sheets import kinds
from gongzhi.sheets.kinds import Counts, Fault, Field, Intake, ListColumn, Listing

FIELDS = (
    Field("name", "单位名称", ("名称", "单位"), required=True, example="望湖物业"),
    Field("phone", "值班电话", ("电话",), longest=11),
    Field("since", "成立日期", ("成立时间",), sort="date", note="年月日"),
    Field("kind", "类别", choices=("物业", "商铺")),
)


class Units:
    """Units read in: a name with 坏 in it is a fault, one that is known changes nothing."""

    def __init__(self, by, at, source):
        self.by, self.fresh, self.same, self.explode = by, [], 0, False

    def weigh(self, entries):
        faults, counts = [], Counts()
        known = set(Unit.objects.values_list("name", flat=True))
        for entry in entries:
            name = entry.text("name")
            if "坏" in name:
                faults.append(Fault(entry.row, "name", "名称不合格，请改。"))
            elif name in known:
                counts.same += 1
            else:
                counts.new += 1
                self.fresh.append(Unit(kind="shop", name=name, area=self.by.held[0].area))
            if not entry.text("phone"):
                faults.append(Fault(entry.row, "phone", "没有电话。", mild=True))
        self.same += counts.same
        return faults, counts

    def look(self, entries):
        return [
            Fault(e.row, "name", "名称不合格，请改。") for e in entries if "坏" in e.text("name")
        ]

    def prepare(self):
        pass

    def write(self):
        half = len(self.fresh) // 2
        Unit.objects.bulk_create(self.fresh[:half])
        if any(unit.name == "爆" for unit in self.fresh):
            raise RuntimeError("in the middle of it")
        Unit.objects.bulk_create(self.fresh[half:])
        return Counts(new=len(self.fresh), same=self.same)


def _units(person, query, keys, at):
    found = Unit.objects.filter(name__contains=query.get("q", "")).order_by("pk")
    for unit in found.iterator():
        known = {"name": unit.name, "phone": unit.phone, "n": unit.pk, "at": at}
        yield [known[key] for key in keys]


@pytest.fixture
def intake() -> Iterator[Intake]:
    one = Intake("tests.units", "单位", Can.DISPATCH_CASES, FIELDS, Units)
    kinds.takes_in(one)
    yield one
    kinds.INTAKES.pop(one.name)


@pytest.fixture
def listing() -> Iterator[Listing]:
    one = Listing(
        "tests.units",
        "单位名册",
        Can.DISPATCH_CASES,
        (
            ListColumn("name", "单位名称", "long"),
            ListColumn("phone", "电话"),
            ListColumn("n", "序号", "number", usual=False),
            ListColumn("at", "时间", usual=False),
        ),
        _units,
        lambda person, query, at: Unit.objects.filter(name__contains=query.get("q", "")).count(),
        lambda query: f"名称含“{query['q']}”" if query.get("q") else "",
    )
    kinds.writes_out(one)
    yield one
    kinds.LISTINGS.pop(one.name)


def xlsx(*rows: list[Any], merge: str = "") -> bytes:
    """An XLSX of the rows."""
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(*rows: list[Any], encoding: str = "utf-8-sig") -> bytes:
    """A CSV of the rows."""
    return "\r\n".join(",".join(str(c) for c in cells) for cells in rows).encode(encoding)
