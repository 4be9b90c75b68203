"""Files of orders: tried first, with what is wrong in which row, then taken in whole or not."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.access.checks import require
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases.words import Source
from gongzhi.doors.hotline.actions import take_orders
from gongzhi.doors.hotline.agreed import agreed, city
from gongzhi.doors.hotline.models import Drop
from gongzhi.doors.hotline.sheets import Row, read_table
from gongzhi.doors.layouts import Layout
from gongzhi.doors.models import Entry
from gongzhi.doors.readings import Reading, read_matter
from gongzhi.doors.whereabouts import Gazetteer
from gongzhi.doors.words import Door
from gongzhi.journal.chores import chore
from gongzhi.journal.record import record
from gongzhi.kernel.actions import action
from gongzhi.kernel.refusals import NotPossible, NotUnderstood

ON_A_PAGE = 2_000  # rows that a page tries and takes in while somebody waits
BY_COMMAND = 50_000
BATCH = 200
KEPT = timedelta(days=1)
T = TypeVar("T")
SHOWN = 200  # faults; whoever has more has one cause


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row of the file."""

    row: int
    number: str
    sentence: str


@dataclass
class Tried:
    """What a file holds: orders that can be taken in, those known already, and faults."""

    readings: list[Reading] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def fresh(self) -> int:
        """How many cases it would make."""
        return len(self.readings) - self.known


def headings() -> list[str]:
    """Every heading that a file may use, the usual one of each field first."""
    named = table_layout().fields.values()
    usual = [names[0] for names in named]
    return [*usual, *(name for names in named for name in names if name not in usual)]


def table_layout() -> Layout:
    """The layout of orders as tables have them."""
    return agreed().layout.for_tables()


def rows_of(content: bytes, *, most: int) -> list[Row]:
    """The rows of a file. NotUnderstood, TooLarge as `read_table`."""
    return read_table(content, known=headings(), most=most)


def try_rows(rows: Sequence[Row], *, at: datetime) -> Tried:
    """Take everything in and let it go again: what would happen, and what is wrong in which row."""
    tried, names, seen = Tried(), Gazetteer(), dict[str, int]()
    layout = table_layout()
    pairs: list[tuple[Row, Reading]] = []
    for row in rows:
        try:
            reading = read_matter(
                row.cells, layout, door=Door.HOTLINE, source=Source.HOTLINE, names=names
            )
        except NotUnderstood as refusal:
            number = layout.value(row.cells, "external_id")
            tried.faults.append(Fault(row.number, number[:60], refusal.sentence))
            continue
        if first := seen.get(reading.external_id):
            said = _("与第%(row)s行的工单编号相同。") % {"row": first}
            tried.faults.append(Fault(row.number, reading.external_id, said))
            continue
        seen[reading.external_id] = row.number
        pairs.append((row, reading))
    for batch in _some(pairs):
        tried.faults += _faults_of(batch, at)
    wrong = {fault.number for fault in tried.faults}
    tried.readings = [reading for _row, reading in pairs if reading.external_id not in wrong]
    numbers = [reading.external_id for reading in tried.readings]
    tried.known = sum(
        Entry.objects.filter(door=Door.HOTLINE, external_id__in=some).count()
        for some in _some(numbers)
    )
    tried.faults.sort(key=lambda fault: fault.row)
    return tried


def _faults_of(batch: Sequence[tuple[Row, Reading]], at: datetime) -> list[Fault]:
    with transaction.atomic():
        try:
            take_orders(by=None, readings=[r for _row, r in batch], partner=None, at=at)
        except NotUnderstood as refusal:
            if len(batch) == 1:
                row, reading = batch[0]
                return [Fault(row.number, reading.external_id, refusal.sentence)]
            return [fault for one in batch for fault in _faults_of([one], at)]
        finally:
            transaction.set_rollback(True)
    return []


def take_all(tried: Tried, *, by: Person | None, at: datetime) -> int:
    """Take in what was tried, whole; how many cases it made. NotPossible with faults."""
    if tried.faults:
        raise NotPossible(_("文件里还有错误，一行也没有导入。请改好后再来。"))
    partner = city()
    made = 0
    with transaction.atomic():
        for readings in _some(tried.readings):
            entered = take_orders(by=by, readings=readings, partner=partner, at=at)
            made += sum(one.created for one in entered)
    return made


@action
def put_down(*, by: Person, name: str, rows: Sequence[Row], at: datetime) -> Drop:
    """Keep the rows of a file that was tried, sealed, until the person says yes."""
    require(by, Can.DISPATCH_CASES, within=None)
    kept = json.dumps([[row.number, row.cells] for row in rows], ensure_ascii=False)
    drop = Drop.objects.create(by=by, name=name[:120], rows=kept, count=len(rows), at=at)
    record("hotline.file_tried", about=drop, by=by, at=at, rows=len(rows))
    return drop


@action
def take_up(*, by: Person, drop: Drop, at: datetime) -> int:
    """Take in the orders of a file that was tried; whole or not at all, and once."""
    require(by, Can.DISPATCH_CASES, within=None)
    if drop.by_id != by.pk or not Drop.objects.filter(pk=drop.pk, taken_at=None).update(
        taken_at=at, rows=""
    ):
        raise NotPossible(_("这个文件已经导入过，或不是您上传的。"))
    made = take_all(try_rows(_rows_kept(drop), at=at), by=by, at=at)
    record("hotline.file_taken", about=drop, by=by, at=at, rows=drop.count, made=made)
    return made


def _rows_kept(drop: Drop) -> list[Row]:
    return [Row(number, cells) for number, cells in json.loads(drop.rows or "[]")]


@chore("hotline.forget_files", every=timedelta(hours=1))
def forget_files(at: datetime) -> bool:
    """Delete files nobody said yes to within a day, and the traces of those taken in."""
    Drop.objects.filter(at__lt=at - KEPT).delete()
    return False


def _some(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
