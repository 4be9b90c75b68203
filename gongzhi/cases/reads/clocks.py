"""The clocks of a case, put together from the record alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.timezone import localtime

from gongzhi.calendars import reads as calendars
from gongzhi.calendars.clocks import Clock, Limit, Pause
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.words import Status
from gongzhi.flows import reads as flows
from gongzhi.flows.rules import Watch
from gongzhi.journal.models import Event
from gongzhi.kernel.rows import these

# The event that each step leaves which may stop a clock of the flow.
STOPS = {"contact": "contacted", "decline": "declined", "handle": "handled", "close": "closed"}
SHOWN_APART = frozenset({"level", "assist"})  # read by the desk, and by each assist of its own


def began(case: Case) -> datetime:
    """When the clocks of the present round began: at the report, or when it had to be redone."""
    return localtime(case.reopened_at or case.reported_at)


@dataclass
class Record:
    """What the record says of the present round of a case, read once for all of its clocks."""

    case: Case

    @cached_property
    def whole(self) -> Sequence[Event]:
        """All events of the case in order, each with what was written and filled in with it."""
        own = Event.objects.filter(kind="case", subject_id=self.case.pk)
        return list(own.select_related("remark", "filled").order_by("pk"))

    @cached_property
    def events(self) -> Sequence[Event]:
        """Those since the report, or since it had to be redone."""
        since = self.case.reopened_at
        return [event for event in self.whole if since is None or event.at >= since]

    @cached_property
    def pauses(self) -> list[Pause]:
        """The case's pauses, in order; one that still lasts has no end."""
        pauses: list[Pause] = []
        for event in self.events:
            if event.name == "cases.paused":
                pauses.append(Pause(localtime(event.at), str(event.facts["ground"])))
            elif event.name == "cases.resumed" and pauses:
                pauses[-1] = Pause(pauses[-1].begun, pauses[-1].ground, localtime(event.at))
        return pauses

    @cached_property
    def spells(self) -> list[tuple[str, datetime, datetime | None]]:
        """Every status the case was in, with when it came and when it left; the last lasts.

        Every step of the flow records the status before it, so what lies between two is known.
        """
        spells: list[tuple[str, datetime, datetime | None]] = []
        since = self.case.reopened_at or self.case.reported_at
        for event in self.events:
            before = event.facts.get("before")
            if isinstance(before, str) and before in Status.values:
                spells.append((before, since, event.at))
                since = event.at
        return [*spells, (self.case.status, since, None)]

    def last_run(self, states: Sequence[str]) -> tuple[datetime, datetime | None] | None:
        """When the case last came into any of the states, and left them all; None if never."""
        run: tuple[datetime, datetime | None] | None = None
        for status, since, left in self.spells:
            if status in states:
                goes_on = run is not None and run[1] == since
                run = (run[0] if run and goes_on else since, left)
        return run

    def first(self, names: Sequence[str]) -> datetime | None:
        """When the first of these events happened."""
        return next((event.at for event in self.events if event.name in names), None)


def records_of(cases: Iterable[Case]) -> dict[int, Record]:
    """pk → what the record says, read for all of these cases together."""
    known = {case.pk: Record(case) for case in cases}
    whole: dict[int, list[Event]] = {pk: [] for pk in known}
    events = Event.objects.filter(kind="case", subject_id__in=these(list(known)))
    for event in events.order_by("pk"):
        whole[event.subject_id].append(event)
    for pk, record in known.items():
        record.whole = whole[pk]
    return known


def pauses_of(case: Case) -> list[Pause]:
    """The pauses of the present round, in order; one that still lasts has no end."""
    return Record(case).pauses


def handling_clock(case: Case, record: Record | None = None) -> Clock:
    """The clock promised to the reporter: from the report, or a redo, until it is handled."""
    start = began(case)
    limit = rules.limit_for(
        start,
        grade=case.grade,
        item_grade=case.item.grade if case.item else None,
        limit=rules.handling_limit(case.item.stages) if case.item else None,
        calendar=calendars.in_force(),
    )
    granted = [
        one
        for one in case.extensions.all()
        if one.granted and one.decided_at and one.decided_at >= start
    ]
    return Clock(
        "handling",
        start,
        Limit(*limit),
        pauses=(record or Record(case)).pauses,
        granted=[Limit(one.days, "wd") for one in granted],
        stopped=_local(case.handled_at or case.ended_at),
    )


def stage_clocks(case: Case, record: Record | None = None) -> list[Clock]:
    """The item's earlier stages, side by side from the report, e.g. 停工 4 wh before 拆除 20 wd."""
    if case.item is None or len(case.item.stages) < 2:
        return []
    pauses = (record or Record(case)).pauses
    return [
        Clock(
            str(stage["name"]),
            began(case),
            Limit(int(stage["limit"]), str(stage["unit"])),
            pauses=pauses,
            stopped=_local(case.handled_at or case.ended_at),
        )
        for stage in case.item.stages[:-1]
    ]


def level_clock(case: Case, record: Record | None = None) -> Clock:
    """How long the desk that has the case may keep it before somebody works on it."""
    watch = _watch("level", case)
    waiting = case.status in watch.during
    stopped = None if waiting else _local(case.dispatched_at or case.ended_at or case.desk_since)
    return Clock(
        "level",
        localtime(case.desk_since),
        Limit(*watch.limit(case.grade, case.desk.level)),
        pauses=(record or Record(case)).pauses,
        stopped=stopped,
    )


def flow_clocks(case: Case, record: Record | None = None) -> list[Clock]:
    """The other clocks of the case's flow that have begun: first response, acceptance, check."""
    record = record or Record(case)
    clocks = [
        _flow_clock(case, watch, record)
        for watch in flow_of(case).clocks
        if watch.code not in SHOWN_APART
    ]
    return [clock for clock in clocks if clock is not None]


def _flow_clock(case: Case, watch: Watch, record: Record) -> Clock | None:
    if watch.until:
        start: datetime = began(case)
        stopped = record.first([f"cases.{STOPS[verb]}" for verb in watch.until]) or case.ended_at
    else:
        run = record.last_run(watch.during)
        if run is None:
            return None
        start, stopped = run
    limit = Limit(*watch.limit(case.grade, case.desk.level))
    return Clock(watch.name, localtime(start), limit, pauses=record.pauses, stopped=_local(stopped))


def assist_limit(case: Case) -> tuple[int, str]:
    """How long an assisting unit may take, by the flow of the case."""
    return _watch("assist", case).limit(case.grade)


def clocks_of(case: Case) -> list[Clock]:
    """Every clock that runs on the case itself; assists and supervision carry their own."""
    record = Record(case)
    return [
        level_clock(case, record),
        *flow_clocks(case, record),
        *stage_clocks(case, record),
        handling_clock(case, record),
    ]


def _watch(code: str, case: Case) -> Watch:
    """The flow's clock; that of the shipped flow for versions from before it had one."""
    watch = flow_of(case).clock(code) or flows.shipped(flows.STANDARD).clock(code)
    if watch is None:
        raise LookupError(f"config/flows/standard.yaml has no clock {code!r}")
    return watch


def _local(at: datetime | None) -> datetime | None:
    return localtime(at) if at else None
