"""Journal and cases held against each other: every case as its events tell it, or named."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Max, Min
from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.cases import rules
from gongzhi.cases.actions.moves import past
from gongzhi.cases.models import Case
from gongzhi.cases.retelling import Line, Retold, retell
from gongzhi.cases.words import Fault
from gongzhi.catalogue.models import Item
from gongzhi.journal.models import Event

TOGETHER = 4000  # cases read and compared at once
SHOWN = 50  # faults kept with their case; all are counted

# Deduced from the verbs themselves, so that a new one is checked from its first day; where a flow
# leads a verb elsewhere than usual, the event says so.
AFTER: Mapping[str, str] = {
    f"cases.{past(verb)}": after[0] for verb, after in rules.LEADS_TO.items()
}
_FIELDS = (
    "pk", "status", "reported_at", "due_at", "ended_at", "handled_at", "paused_at", "handler_id",
    "item_id", "grade", "joined", "stars", "parent_id",
)  # fmt: skip


class Found(NamedTuple):
    """A case that its events do not tell, and in what."""

    case: int
    fault: Fault
    stored: str
    told: str


@dataclass
class Ledger:
    """What the comparison showed. `stale` counts due times older than a change of the calendar."""

    cases: int = 0
    events: int = 0
    stale: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether journal and cases tell the same story throughout."""
        return not self.faults

    def add(self, found: Found) -> None:
        """Count a fault, and keep it while there are not too many."""
        self.faults[found.fault] += 1
        if len(self.found) < SHOWN:
            self.found.append(found)


class _Verdict(NamedTuple):
    """What is wrong with one case; `stale`: promised by a calendar that was changed since."""

    found: list[Found]
    stale: bool = False


class _Law(NamedTuple):
    """What due times are computed by."""

    items: Mapping[int, Item]
    changed_at: datetime | None  # when the calendar was last changed


Progress = Callable[[int], None]


def compare(progress: Progress = lambda _n: None, *, first: int = 0) -> Ledger:
    """Recompute status, handler, turn and due of every case from its events and compare.

    Two queries for each 4,000 cases, by ranges of the primary key and of one index of the journal;
    memory does not grow with the number of cases. A case that seems wrong is read once more, so
    that what only just happened while it ran is not taken for a fault. Cases before number `first`
    are left out.
    """
    ledger, law = Ledger(), _law()
    for begin, end in _ranges(first):
        _compare_range(begin, end, law, ledger)
        progress(end - begin + 1)
    return ledger


def highest() -> int:
    """Up to where `compare` will count: the highest number a case or an event of one has."""
    case = Case.objects.aggregate(n=Max("pk"))["n"] or 0
    event = Event.objects.filter(kind="case").aggregate(n=Max("subject_id"))["n"] or 0
    return max(case, event)


def _ranges(first: int) -> Iterator[tuple[int, int]]:
    low = Case.objects.aggregate(n=Min("pk"))["n"] or 1
    event = Event.objects.filter(kind="case").aggregate(n=Min("subject_id"))["n"]
    first, top = max(min(low, event or low), first), highest()
    while first <= top:
        yield first, first + TOGETHER - 1
        first += TOGETHER


def _law() -> _Law:
    changed = Event.objects.filter(name__in=("calendars.spans_set", "calendars.year_published"))
    return _Law(
        items={item.pk: item for item in Item.objects.only("code", "grade", "stages")},
        changed_at=changed.aggregate(at=Max("at"))["at"],
    )


def _compare_range(first: int, last: int, law: _Law, ledger: Ledger) -> None:
    told, events = _told(first, last)
    rows = {row["pk"]: row for row in Case.objects.filter(pk__range=(first, last)).values(*_FIELDS)}
    judged = {pk: _judge(pk, rows, told, law) for pk in sorted(rows.keys() | told.keys())}
    if doubtful := [pk for pk, verdict in judged.items() if verdict.found]:
        _again(doubtful, told, rows)  # perhaps it changed between the two queries
        judged.update({pk: _judge(pk, rows, told, law) for pk in doubtful})
    for verdict in judged.values():
        ledger.stale += verdict.stale
        for found in verdict.found:
            ledger.add(found)
    ledger.cases += len(rows)
    ledger.events += events


def _told(
    first: int, last: int, only: Sequence[int] | None = None
) -> tuple[dict[int, Retold], int]:
    events = Event.objects.filter(kind="case", subject_id__range=(first, last))
    if only is not None:
        events = events.filter(subject_id__in=only)
    lines = events.order_by("subject_id", "pk").values_list(
        "subject_id", "name", "by_id", "at", "facts"
    )
    found, count = {}, 0
    for pk, own in groupby(lines.iterator(chunk_size=20_000), key=lambda line: line[0]):
        story = [Line(name, by, localtime(at), facts) for _pk, name, by, at, facts in own]
        found[pk] = retell(story, AFTER)
        count += len(story)
    return found, count


def _again(
    doubtful: Sequence[int], told: dict[int, Retold], rows: dict[int, dict[str, object]]
) -> None:
    """Read the doubtful cases anew until their events stand still around the reading."""
    for begin in range(0, len(doubtful), 500):
        part = doubtful[begin : begin + 500]
        for _attempt in range(3):
            fresh = _told(part[0], part[-1], part)[0]
            current = {r["pk"]: r for r in Case.objects.filter(pk__in=part).values(*_FIELDS)}
            if _told(part[0], part[-1], part)[0] == fresh:
                break
        for pk in part:
            told.pop(pk, None)
            rows.pop(pk, None)
        told.update(fresh)
        rows.update(current)


def _judge(
    pk: int,
    rows: Mapping[int, Mapping[str, object]],
    told: Mapping[int, Retold],
    law: _Law,
) -> _Verdict:
    row, story = rows.get(pk), told.get(pk)
    if story is None:
        return _Verdict([Found(pk, Fault.NO_EVENTS, str(row and row["status"]), "")])
    if row is None:
        return _Verdict([Found(pk, Fault.NO_CASE, "", story.status)])
    found = [
        Found(pk, fault, str(stored), str(expected))
        for fault, stored, expected in _pairs(row, story)
        if stored != expected
    ]
    if story.breaks:
        return _Verdict([Found(pk, Fault.BROKEN, "", " ".join(story.breaks)), *found])
    late = _due_fault(pk, row, story, law)
    if late and law.changed_at and story.promised_at and law.changed_at > story.promised_at:
        return _Verdict(found, stale=True)
    return _Verdict([*found, late] if late else found)


def _pairs(row: Mapping[str, object], story: Retold) -> Iterator[tuple[Fault, object, object]]:
    yield Fault.STATUS, row["status"], story.status
    yield Fault.TURN, rules.TURN.get(str(row["status"])), rules.TURN.get(story.status)
    if story.handler_known:
        yield Fault.HANDLER, row["handler_id"], story.handler
    yield Fault.TIMES, _local(row["reported_at"]), story.reported_at
    yield Fault.TIMES, _local(row["ended_at"]), story.ended_at
    if row["status"] in {"handled", "checked"}:
        yield Fault.TIMES, _local(row["handled_at"]), story.handled_at
    if str(row["status"]) in rules.OPEN:
        yield Fault.TIMES, _local(row["paused_at"]), story.paused_at
    yield Fault.GRADE, row["grade"], story.grade
    yield Fault.COUNTS, row["joined"], story.joined
    yield Fault.COUNTS, row["stars"], story.stars
    if row["status"] == "merged":
        yield Fault.PARENT, row["parent_id"] is not None, True


def _due_fault(pk: int, row: Mapping[str, object], story: Retold, law: _Law) -> Found | None:
    item = law.items.get(row["item_id"]) if isinstance(row["item_id"], int) else None
    if (item.code if item else None) != story.item:
        return Found(pk, Fault.ITEM, item.code if item else "", story.item or "")
    due = story.due(
        item_grade=item.grade if item else None,
        stages=item.stages if item else (),
        calendar=calendars.in_force(),
    )
    if due == row["due_at"]:
        return None
    return Found(pk, Fault.DUE, str(_local(row["due_at"])), str(due))


def _local(at: object) -> datetime | None:
    return localtime(at) if isinstance(at, datetime) else None
