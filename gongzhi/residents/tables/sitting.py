"""One file of rows on its way into the register: read, planned, and taken in by one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.kernel.refusals import NotPossible
from gongzhi.places.models import Area
from gongzhi.places.words import Level, Purpose, Source
from gongzhi.residents.models.reach import spans_of
from gongzhi.residents.reads.plans import Weighed, inside
from gongzhi.residents.rows import BrokenRows, Collected, Plan
from gongzhi.residents.words import Outcome
from gongzhi.sheets.kinds import Counts, Entry, Fault

R = TypeVar("R")


class Unread(Exception):  # noqa: N818 - it is an answer, not an error
    """A field of a line cannot be understood: its key and a sentence."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key, self.sentence = key, sentence


class Grids:
    """Areas by what people write for them: a code, 望湖社区第03网格, or 第03网格 if it is one."""

    def __init__(self, person: Person, can: str) -> None:
        spans = spans_of(person, can)  # type: ignore[arg-type]
        self.named: dict[str, Area | None] = {}
        areas = Area.objects.filter(level__in=[Level.GRID, Level.COMMUNITY]).defer("polygon")
        for area in areas.select_related("parent"):
            if not inside(area.place, spans):
                continue
            parent = area.parent.name if area.parent else ""
            for name in {area.code, area.name, f"{parent}{area.name}"}:
                self.named[name] = None if name in self.named else area

    def find(self, text: str) -> Area | None:
        """The area meant. Unread when there is none of that name, or more than one."""
        if not text:
            return None
        if text not in self.named:
            raise Unread("grid", _("您的辖区里没有叫“%(name)s”的网格。") % {"name": text[:30]})
        area = self.named[text]
        if area is None:
            raise Unread(
                "grid", _("有几个网格都叫“%(name)s”，请写上社区名或填代码。") % {"name": text[:30]}
            )
        return area


@dataclass
class Way(Generic[R]):
    """How rows of one kind go in: `read` makes a row of an entry, `same` says by what two rows are
    one, `plan` weighs, `make_ready` does beforehand what it can and `take` writes."""

    read: Callable[[Entry, Grids], R]
    same: Callable[[R], object]
    plan: Callable[[Person, Sequence[R], datetime], Sequence[Plan]]
    take: Callable[[Person, Sequence[R], Collected, datetime, Weighed], Sequence[Plan]]
    purpose: Purpose
    make_ready: Callable[[Weighed], None] = lambda _weighed: None
    keys: dict[str, str] = field(default_factory=dict)  # field of the row → column of the table


class Sitting(Generic[R]):
    """See `sheets.kinds.Sitting`."""

    def __init__(self, way: Way[R], by: Person, at: datetime, source: str, can: str) -> None:
        self.way, self.by, self.at, self.source = way, by, at, source
        self.grids = Grids(by, can)
        self.rows: list[R] = []
        self.numbers: list[int] = []  # in the file
        self.seen: dict[object, int] = {}
        self.weighed = Weighed.begin()

    def weigh(self, entries: Sequence[Entry]) -> tuple[list[Fault], Counts]:
        """What is wrong with the lines and what they would do."""
        faults: list[Fault] = []
        rows, numbers, spoiled = [], [], []
        for entry in entries:
            try:
                row = self.way.read(entry, self.grids)
            except Unread as told:
                faults.append(Fault(entry.row, told.key, told.sentence))
                left = {key: value for key, value in entry.values.items() if key != told.key}
                spoiled.append(Entry(entry.row, left))
                continue
            if (key := self.way.same(row)) is not None:
                first = self.seen.setdefault(key, entry.row)
                if first != entry.row:
                    sentence = _("与第%(n)d行重复，请只保留一行。") % {"n": first}
                    faults.append(Fault(entry.row, "", sentence))
                    continue
            rows.append(row)
            numbers.append(entry.row)
        plans = self.way.plan(self.by, rows, self.at)
        faults += self._problems(plans, numbers) + self.look(spoiled)
        self.rows += rows
        self.numbers += numbers
        self.weighed.plans += plans
        return faults, counted(plans)

    def look(self, entries: Sequence[Entry]) -> list[Fault]:
        """What else is wrong with lines of which a field could not be read."""
        faults: list[Fault] = []
        rows: list[R] = []
        numbers, said = [], set()
        for entry in entries:
            left = dict(entry.values)
            row = self._left(entry.row, left, faults)
            said |= {(entry.row, key) for key in left}
            if row is not None:
                rows.append(row)
                numbers.append(entry.row)
        told = self._problems(self.way.plan(self.by, rows, self.at), numbers)
        return faults + [fault for fault in told if (fault.row, fault.key) in said]

    def _left(self, number: int, left: dict[str, str | date], faults: list[Fault]) -> R | None:
        """The row after what cannot be understood was told and taken away; None if none is left."""
        while True:
            try:
                return self.way.read(Entry(number, left), self.grids)
            except Unread as told:
                if told.key not in left:
                    return None
                faults.append(Fault(number, told.key, told.sentence))
                del left[told.key]

    def _problems(self, plans: Sequence[Plan], numbers: Sequence[int]) -> list[Fault]:
        return [
            Fault(
                number,
                self.way.keys.get(problem.field, problem.field),
                problem.sentence,
                problem.is_warning,
            )
            for plan, number in zip(plans, numbers, strict=True)
            for problem in plan.problems
        ]

    def prepare(self) -> None:
        """Whatever of the writing can be done before its transaction."""
        self.way.make_ready(self.weighed)

    def write(self) -> Counts:
        """Take everything in; NotPossible with the line when something has come to be wrong."""
        collected = Collected(Source.TABLE, self.way.purpose, self.at, self.source)
        try:
            return counted(self.way.take(self.by, self.rows, collected, self.at, self.weighed))
        except BrokenRows as broken:
            n, problems = next(iter(broken.faults.items()))
            raise NotPossible(
                _("第%(row)d行现在不能写入：%(why)s")
                % {"row": self.numbers[n], "why": problems[0].sentence}
            ) from broken


def counted(plans: Sequence[Plan]) -> Counts:
    """How many rows are new, changed, the same."""
    counts = Counts()
    for plan in plans:
        counts.new += plan.outcome == Outcome.NEW
        counts.changed += plan.outcome == Outcome.CHANGED
        counts.same += plan.outcome == Outcome.SAME
    return counts
