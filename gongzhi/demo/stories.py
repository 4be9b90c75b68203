"""One case lived through as its record will tell it: each step follows from the one before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gongzhi.access.models import Person, Unit
from gongzhi.cases.words import DeclineGround, RemarkKind, ReturnGround, Status
from gongzhi.catalogue.models import Item
from gongzhi.demo.spots import Spot
from gongzhi.flows import reads as flows


class NotYet(Exception):  # noqa: N818 - not an error: the story has reached the present
    """The next step lies in the future, so the story ends here for now."""


@dataclass(frozen=True)
class Reporter:
    """Who reports: an account, or a stranger's device, perhaps with a name and phone left."""

    ref: str
    person: Person | None = None
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody wrote in taking a step."""

    kind: RemarkKind
    text: str
    ground: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the record."""

    name: str
    by: Person | None
    at: datetime
    facts: Mapping[str, object]
    said: Said | None = None
    claimant: str = ""


@dataclass(frozen=True)
class Start:
    """What was known when the report came in."""

    reporter: Reporter
    source: str
    spot: Spot
    text: str
    item: Item  # what it really is
    known: bool  # whether the scorer was certain
    at: datetime
    due_at: datetime
    due_unclear: datetime  # promised while nobody has decided what it is


@dataclass
class Story:
    """A case so far; every verb adds a step and raises NotYet when it would lie after `now`."""

    start: Start
    now: datetime
    steps: list[Step] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)  # of the Case row
    shown_after: datetime | None = None  # when a photo of the result was taken

    def __post_init__(self) -> None:
        start = self.start
        self.fields = {
            "status": Status.REPORTED.value,
            "item": start.item if start.known else None,
            "grade": start.item.grade,
            "unit": None,
            "handler": None,
            "version": 1,
            "joined": 0,
        }
        code = start.item.code if start.known else None
        facts = {"source": start.source, "grade": start.item.grade, "item": code}
        self._add("reported", start.reporter.person, start.at, facts, None)

    @property
    def status(self) -> str:
        """Where the case stands."""
        return str(self.fields["status"])

    def classify(self, by: Person, at: datetime) -> None:
        """The dispatcher says what it is, where the machine did not know."""
        grade = self.fields["grade"]
        facts = {
            "before": {"item": None, "grade": grade},
            "item": self.start.item.code,
            "grade": grade,
        }
        self._add("classified", by, at, facts, None)
        self._write(item=self.start.item)

    def dispatch(self, by: Person, at: datetime, to: Person | Unit, opinion: str = "") -> None:
        """To a person, or to a unit in which somebody will take it."""
        facts = {"unit": to.pk} if isinstance(to, Unit) else {"handler": to.pk}
        self._move("dispatch", by, at, Said(RemarkKind.OPINION, opinion), facts)
        person, unit = (None, to) if isinstance(to, Unit) else (to, None)
        self.fields.update(handler=person, unit=unit, dispatched_at=at)

    def accept(self, by: Person, at: datetime) -> None:
        """The handler takes it on."""
        self._move("accept", by, at)
        self.fields["handler"] = by

    def give_back(self, by: Person, at: datetime, ground: ReturnGround, reason: str) -> None:
        """To the sender, on a ground."""
        unit = self.fields["unit"]
        facts = {"ground": ground.value, "unit": unit.pk if unit else None}
        said = Said(RemarkKind.RETURN, reason, ground.value)
        self._move("return_to_sender", by, at, said, facts)
        self.fields.update(handler=None, unit=None)

    def handle(self, by: Person, at: datetime, note: str) -> None:
        """Done, with a photo where the item asks for one."""
        self._move("handle", by, at, Said(RemarkKind.HANDLING, note))
        self.fields["handled_at"] = at
        item = self.fields["item"]
        if item is not None and "photo_after" in item.evidence:
            self.shown_after = at

    def approve(self, by: Person, at: datetime, opinion: str) -> None:
        """Checked and found good."""
        self._move("approve", by, at, Said(RemarkKind.CHECK, opinion))

    def rework(self, by: Person, at: datetime, reason: str) -> None:
        """Checked and found wanting."""
        self._move("rework", by, at, Said(RemarkKind.CHECK, reason))
        self.fields["handled_at"] = None

    def close(self, by: Person, at: datetime) -> None:
        """The end."""
        self._move("close", by, at)
        self.fields["ended_at"] = at

    def decline(self, by: Person, at: datetime, ground: DeclineGround, answer: str) -> None:
        """The other end."""
        said = Said(RemarkKind.DECLINE, answer, ground.value)
        self._move("decline", by, at, said, {"ground": ground.value})
        self.fields["ended_at"] = at

    def rate(self, at: datetime, stars: int, text: str) -> None:
        """By whoever reported it."""
        said = Said(RemarkKind.RATING, text)
        self._add("rated", self.start.reporter.person, at, {"stars": stars}, said)
        self._write(stars=stars)

    def supplement(self, at: datetime, text: str) -> None:
        """Something the reporter forgot."""
        said = Said(RemarkKind.SUPPLEMENT, text)
        self._add("supplemented", self.start.reporter.person, at, {}, said)

    def join(self, who: Reporter, at: datetime) -> None:
        """Somebody else says: me too."""
        self._add("joined", who.person, at, {}, None, who.ref)
        self.fields["joined"] += 1

    def _move(
        self,
        verb: str,
        by: Person,
        at: datetime,
        said: Said | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        move = flows.shipped(flows.STANDARD).move(verb, self.status)
        if move is None:
            raise ValueError(f"{verb} of a case that is {self.status}")
        self._add(PAST[verb], by, at, {"before": self.status, **(facts or {})}, said)
        self._write(status=move.after)

    def _write(self, **changes: object) -> None:
        self.fields.update(changes)
        self.fields["version"] += 1

    def _add(
        self,
        past: str,
        by: Person | None,
        at: datetime,
        facts: Mapping[str, object],
        said: Said | None,
        claimant: str = "",
    ) -> None:
        if at > self.now:
            raise NotYet
        kept = said if said is not None and (said.text or said.ground) else None
        self.steps.append(Step(f"cases.{past}", by, at, facts, kept, claimant))


PAST = {
    "dispatch": "dispatched",
    "decline": "declined",
    "accept": "accepted",
    "return_to_sender": "returned",
    "handle": "handled",
    "approve": "checked",
    "rework": "reworked",
    "close": "closed",
}
