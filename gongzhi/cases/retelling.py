"""What a case must look like if its events are true: events in, the expected row out; no database.

Only what the record says is judged. A verb that this module has never heard of makes the handler of
that case unknown rather than wrong, so that new steps in the flow never break the check by
themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from gongzhi.calendars.clocks import Clock, Limit, Pause
from gongzhi.calendars.rules import Calendar
from gongzhi.cases import rules

REPORTED = "cases.reported"
# Whom each move leaves the case with: "given" = as its facts say, "by" = who took the step,
# "nobody", "same".
HANDLER_AFTER: Mapping[str, str] = {
    "cases.dispatched": "given",
    "cases.arbitrated": "nobody",
    "cases.accepted": "by",
    "cases.returned": "nobody",
    "cases.arbitration_called": "nobody",
    "cases.ruling_asked": "nobody",
    "cases.sent_up": "nobody",
    "cases.sent_down": "nobody",
    "cases.merged": "nobody",
    "cases.split": "same",
    "cases.handled": "same",
    "cases.checked": "same",
    "cases.reworked": "same",
    "cases.closed": "same",
    "cases.declined": "same",
}
# Events after which the promise is computed anew.
PROMISES = frozenset(
    {REPORTED, "cases.classified", "cases.resumed", "cases.extended", "cases.recounted"}
)


class Line(NamedTuple):
    """One event of a case, as far as it matters here; `at` is local and aware."""

    name: str
    by: int | None
    at: datetime
    facts: Mapping[str, Any]


@dataclass
class Retold:
    """A case as its events tell it. `breaks` names what the events themselves contradict."""

    status: str = ""
    reported_at: datetime | None = None
    item: str | None = None
    grade: str = ""
    handler: int | None = None
    handler_known: bool = True
    ended_at: datetime | None = None
    handled_at: datetime | None = None
    paused_at: datetime | None = None
    promised_at: datetime | None = None
    joined: int = 0
    stars: int | None = None
    pauses: list[Pause] = field(default_factory=list)
    granted: list[Limit] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)

    def due(
        self, *, item_grade: str | None, stages: Sequence[Mapping[str, object]], calendar: Calendar
    ) -> datetime | None:
        """The promised time that follows from the record; None without a report on record."""
        if self.reported_at is None or self.promised_at is None:
            return None
        limit = rules.limit_for(
            self.reported_at,
            grade=self.grade,
            item_grade=item_grade,
            limit=rules.handling_limit(stages),
            calendar=calendar,
        )
        known = [p for p in self.pauses if p.begun <= self.promised_at]
        clock = Clock("handling", self.reported_at, Limit(*limit), known, self.granted)
        return clock.due(calendar, self.promised_at)


def retell(lines: Sequence[Line], after: Mapping[str, str]) -> Retold:
    """Fold a case's events, in the order of the record; `after` gives the status a move leads to.

    Lines come from the journal; `after` maps an event's name to a status, e.g.
    {"cases.closed": "closed"}.
    """
    told = Retold()
    for line in lines:
        if line.name == REPORTED:
            _begin(told, line)
        elif line.name in after:
            _move(told, line, str(line.facts.get("after", after[line.name])))
        else:
            _note(told, line)
        if line.name in PROMISES:
            told.promised_at = line.at
    if told.reported_at is None:
        told.breaks.append("no_report")
    return told


def _begin(told: Retold, line: Line) -> None:
    if told.reported_at is not None:
        told.breaks.append("reported_twice")
    told.status, told.reported_at = "reported", line.at
    told.item, told.grade = line.facts.get("item"), str(line.facts.get("grade", ""))


def _move(told: Retold, line: Line, status: str) -> None:
    if line.facts.get("before") != told.status:
        told.breaks.append("gap")
    told.status = status
    told.ended_at = line.at if status in rules.ENDED else None
    if line.name == "cases.handled":
        told.handled_at = line.at
    leaves = HANDLER_AFTER.get(line.name)
    if leaves is None:
        told.handler_known = False
    elif leaves == "by":
        told.handler = line.by
    elif leaves == "given":
        told.handler = line.facts.get("handler")
    elif leaves == "nobody":
        told.handler = None


def _note(told: Retold, line: Line) -> None:
    facts = line.facts
    match line.name:
        case "cases.classified":
            told.item, told.grade = facts.get("item"), str(facts.get("grade", ""))
        case "cases.paused":
            told.paused_at = line.at
            told.pauses.append(Pause(line.at, str(facts.get("ground", ""))))
        case "cases.resumed":
            told.paused_at = None
            if told.pauses:
                last = told.pauses[-1]
                told.pauses[-1] = Pause(last.begun, last.ground, line.at)
        case "cases.extended":
            told.granted.append(Limit(int(facts["days"]), "wd"))
        case "cases.joined":
            told.joined += 1
        case "cases.rated":
            told.stars = facts.get("stars")
