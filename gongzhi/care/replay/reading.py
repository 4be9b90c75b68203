"""Files of events, read tolerantly: any order of rows and columns, one home or a thousand."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from gongzhi.care.replay.columns import Columns, find, is_number
from gongzhi.care.replay.files import Lines, homes_named, members, table
from gongzhi.care.replay.roles import (
    ON_OFF,
    Role,
    asked_for,
    ends_by_hand,
    known_role,
    meaning,
    role_of,
)
from gongzhi.care.replay.times import Clockface, day_comes_first

MOST_BAD = 0.05  # of the rows; beyond that the file is not what it should be
BAD_SHOWN = 5
LOOKED_AT = 5000  # rows, to tell which column is which
MEASURED = 2  # the mark of a number, no event where the same name also says ON or OPEN
MANY_NUMBERS = 30  # different numbers: a measurement, not a switch

Doubles = npt.NDArray[np.float64]


class Unreadable(Exception):  # noqa: N818 - an answer to the operator, not a fault
    """The file cannot be used, with a reason for the person who gave it."""


@dataclass
class Kind:
    """What is seen of one kind of device over all files."""

    name: str
    role: Role
    number: int
    rows: int = 0
    offs: int = 0
    repeats: int = 0  # rows that repeat the state before
    numbers: set[str] | None = field(default_factory=set)  # None: there are too many, or words
    worded: bool = False  # says ON or OPEN: a number under the same name is a measurement beside it

    @property
    def sampled(self) -> bool:
        """Whether it reports its state regularly, so that only changes are events."""
        return self.offs > 0 and self.repeats > 0.5 * self.rows

    @property
    def measures(self) -> bool:
        """Whether it gives ever new numbers, as a thermometer does."""
        return self.numbers is None


@dataclass
class Tape:
    """The record of one home, as it is collected; sorted by `events_of`."""

    times: "array[float]" = field(default_factory=lambda: array("d"))
    kinds: "array[int]" = field(default_factory=lambda: array("H"))
    marks: "array[int]" = field(default_factory=lambda: array("B"))  # 0 change, 1 repeat, 2 number
    alive: "array[float]" = field(default_factory=lambda: array("d"))
    meter: list[tuple[float, float]] = field(default_factory=list)
    sos: list[tuple[float, str]] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)


@dataclass
class Library:
    """All that was read: tapes by home, kinds of device by name, and what was wrong."""

    tapes: dict[str, Tape] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    rows: int = 0
    bad: int = 0
    complaints: list[str] = field(default_factory=list)
    nothing: int = 0  # rows whose value says nothing: unavailable, NaN …
    found: set[str] = field(default_factory=set)  # words of `only` for which there was a device

    def events_of(self, home: str) -> tuple[Doubles, npt.NDArray[np.uint8]]:
        """The home's human events in order: times and kinds (0 interior, 1 entrance)."""
        tape = self.tapes[home]
        times = np.frombuffer(tape.times, np.float64)
        numbers = np.frombuffer(tape.kinds, np.uint16)
        marks = np.frombuffer(tape.marks, np.uint8)
        listed = sorted(self.kinds.values(), key=lambda kind: kind.number)
        sampled = np.array([kind.sampled for kind in listed], np.bool_)
        useless = np.array([kind.measures for kind in listed], np.bool_)
        entrance = np.array([kind.role == Role.ENTRANCE for kind in listed], np.uint8)
        worded = np.array([kind.worded for kind in listed], np.bool_)
        keep = ~((marks == 1) & sampled[numbers]) & ~((marks == MEASURED) & worded[numbers])
        keep &= ~useless[numbers]
        order = np.argsort(times[keep], kind="stable")
        return times[keep][order], entrance[numbers[keep]][order]

    def alive_of(self, home: str) -> Doubles:
        """Sorted times of the home's rows that are no human events."""
        return np.sort(np.frombuffer(self.tapes[home].alive, np.float64))


@dataclass
class Options:
    """How to read: zone of the homes, roles given by hand, and which kinds to use at all."""

    zone: ZoneInfo
    roles: dict[str, Role] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)  # time, home, kind, value: their columns
    only: frozenset[str] = frozenset()  # words; a kind is used when its name holds one of them
    most_bad: float = MOST_BAD
    progress: Callable[[int], None] = lambda count: None


def read_files(paths: Iterable[Path], options: Options) -> Library:
    """Everything in the files. Unreadable when one of them is not a table of events."""
    library = Library()
    for path, home in homes_named(paths):
        for lines in members(path):
            with lines:
                _read_file(lines, home, library, options)
    if not library.rows:
        raise Unreadable("no rows")
    return library


def _read_file(lines: Lines, home: str, library: Library, options: Options) -> None:
    rows = table(lines)
    first = list(islice(rows, LOOKED_AT))
    try:
        columns = find([row for _number, row in first], options.named)
    except (IndexError, ValueError) as error:
        raise Unreadable(f"{lines.name}: {error}") from None
    when = columns.time[0]
    told = [row[when] for _number, row in first if len(row) > when]
    clock = Clockface(options.zone, day_first=day_comes_first(told))
    reader = _Reader(library, clock, options, columns, home=home)
    begun, bad = library.rows, library.bad
    for number, row in chain(first[columns.header :], rows):
        reader.take(row, f"{lines.name}:{number}")
        if number % 100_000 == 0:
            options.progress(library.rows)
    taken, wrong = library.rows - begun, library.bad - bad
    if wrong > options.most_bad * max(taken, 1):
        raise Unreadable(f"{lines.name}: {wrong}/{taken}: {'; '.join(library.complaints)}")


class _Reader:
    """Takes the rows of one file into the library."""

    def __init__(
        self, library: Library, clock: Clockface, options: Options, columns: Columns, home: str
    ) -> None:
        self.library, self.clock, self.options, self.columns = library, clock, options, columns
        self.home = home
        self.seen: dict[tuple[str, ...], Kind] = {}

    def take(self, row: list[str], where: str) -> None:
        """One row; a wrong one is counted and the first few are kept with their numbers."""
        self.library.rows += 1
        try:
            self._take(row)
        except (ValueError, IndexError, OverflowError) as error:
            self.library.bad += 1
            if len(self.library.complaints) < BAD_SHOWN:
                self.library.complaints.append(f"{where} {error}: {','.join(row)[:60]}")

    def _take(self, row: list[str]) -> None:
        c = self.columns
        at = self.clock.read(
            row[c.time[0]] if len(c.time) == 1 else " ".join(row[n] for n in c.time)
        )
        home = self.home if c.home is None else row[c.home].strip()
        if not home:
            raise ValueError("no home")
        key = tuple(row[n] for n in c.kind)
        kind = self.seen[key] if key in self.seen else self._kind(key)
        value = row[c.value] if c.value is not None and c.value < len(row) else ""
        tape = self.library.tapes.get(home)
        if tape is None:
            tape = self.library.tapes[home] = Tape()
        kind.rows += 1
        self._sort_in(tape, kind, at, value)

    def _sort_in(self, tape: Tape, kind: Kind, at: float, value: str) -> None:
        if kind.role <= Role.ENTRANCE:
            self._human(tape, kind, at, value)
        elif kind.role == Role.METER:
            tape.meter.append((at, float(value)))
            tape.alive.append(at)
        elif kind.role == Role.SOS:
            if meaning(value) == "on":
                tape.sos.append((at, kind.name))
        elif kind.role == Role.ALIVE:
            tape.alive.append(at)

    def _human(self, tape: Tape, kind: Kind, at: float, value: str) -> None:
        says = meaning(value)
        if says is None:
            self.library.nothing += 1
            return
        kind.worded |= value.strip().lower() in ON_OFF
        if says == "alive" or (kind.worded and _measured(value)):
            tape.alive.append(at)
            return
        if kind.numbers is not None and value not in kind.numbers:
            kind.numbers.add(value)
            if len(kind.numbers) > MANY_NUMBERS and all(is_number(v) for v in kind.numbers):
                kind.numbers = None
        before = tape.states.get(kind.number)
        repeat = before == says
        tape.states[kind.number] = says
        kind.repeats += repeat
        if says == "off":
            kind.offs += 1
            if repeat or before is None or not ends_by_hand(kind.name, kind.role, value):
                return
        tape.times.append(at)
        tape.kinds.append(kind.number)
        tape.marks.append(MEASURED if _measured(value) else repeat)

    def _kind(self, key: tuple[str, ...]) -> Kind:
        """The kind that these cells name; ignored when it was not asked for."""
        name = _joined(key) or self.columns.always
        if not name:
            raise ValueError("no device kind")
        kinds = self.library.kinds
        if name not in kinds:
            role = self.options.roles.get(name.lower(), self._role(key, name))
            wanted = self.options.only
            if wanted and role != Role.ALIVE:
                fits = {word for word in wanted if asked_for(word, name, role)}
                self.library.found |= fits
                role = role if fits else Role.IGNORED
            kinds[name] = Kind(name, role, len(kinds))
        self.seen[key] = kinds[name]
        return kinds[name]

    def _role(self, key: tuple[str, ...], name: str) -> Role:
        """By the cells that say what a device is; by its number only when they say nothing."""
        c = self.columns
        told = known_role(_joined(cell for n, cell in zip(c.kind, key, strict=True) if n in c.told))
        return role_of(name) if told is None else told


@lru_cache(maxsize=10_000)
def _measured(value: str) -> bool:
    return is_number(value) and float(value) not in (0, 1)


def _joined(cells: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def busiest(kinds: Iterable[Kind]) -> Counter[Role]:
    """Rows by role."""
    count: Counter[Role] = Counter()
    for kind in kinds:
        count[Role.IGNORED if kind.measures else kind.role] += kind.rows
    return count
