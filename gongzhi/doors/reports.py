"""However a matter comes in, it becomes a case by the same verb, once per number it has there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, transaction

from gongzhi.access.models import Person
from gongzhi.cases.actions import NewReport, report_many
from gongzhi.cases.models import Case
from gongzhi.doors.models import Entry, Partner
from gongzhi.journal.record import Happening, record_many
from gongzhi.kernel.actions import action

Identity = tuple[str, str, str]  # door, issuer, the number it has there


@dataclass(frozen=True)
class Arrival:
    """A matter as it arrives: its number on the other side, and the report it makes here."""

    door: str
    external_id: str
    new: NewReport
    issuer: str = ""
    partner: Partner | None = None
    address: str = ""
    thread: dict[str, Any] = field(default_factory=dict)
    sent_at: datetime | None = None

    @property
    def identity(self) -> Identity:
        """What makes it the same matter when it is sent again."""
        return self.door, self.issuer, self.external_id


@dataclass(frozen=True)
class Entered:
    """The case of an arrival and its entry; `created` is False for one that was sent again."""

    case: Case
    entry: Entry
    created: bool


def key_of(door: str, issuer: str, external_id: str) -> UUID:
    """The same key for the same number, so that a report sent again is known as well."""
    return uuid5(NAMESPACE_URL, f"gongzhi:{door}:{issuer}:{external_id}")


@action
def enter_many(*, by: Person | None, arrivals: Sequence[Arrival], at: datetime) -> list[Entered]:
    """Make case and entry of each in one transaction; a number known already gives its case again.

    NotUnderstood (422) names what is wrong with the first that cannot be taken; then nothing is.
    """
    for _attempt in range(3):
        known = _known(arrivals)
        fresh = list({a.identity: a for a in arrivals if a.identity not in known}.values())
        try:
            with transaction.atomic():
                made = _write(fresh, by=by, at=at)
        except IntegrityError:  # the same numbers arrived elsewhere this very moment: look again
            continue
        found = {**known, **made}
        return [
            Entered(found[a.identity].case, found[a.identity], a.identity in made) for a in arrivals
        ]
    raise IntegrityError("the same numbers kept arriving elsewhere")


def enter(*, by: Person | None, arrival: Arrival, at: datetime) -> Entered:
    """Take in one matter; sent again it is the same case."""
    return enter_many(by=by, arrivals=[arrival], at=at)[0]


def _known(arrivals: Sequence[Arrival]) -> dict[Identity, Entry]:
    doors = {a.door for a in arrivals}
    numbers = {a.external_id for a in arrivals}
    entries = Entry.objects.filter(door__in=doors, external_id__in=numbers)
    wanted = {a.identity for a in arrivals}
    return {
        identity: entry
        for entry in entries.select_related("case__area")
        if (identity := (entry.door, entry.issuer, entry.external_id)) in wanted
    }


def _write(fresh: Sequence[Arrival], *, by: Person | None, at: datetime) -> dict[Identity, Entry]:
    if not fresh:
        return {}
    cases = report_many(by=by, reports=[a.new for a in fresh], at=at)
    entries = Entry.objects.bulk_create(
        Entry(
            case=case,
            door=a.door,
            issuer=a.issuer,
            external_id=a.external_id,
            partner=a.partner,
            address=a.address,
            thread=a.thread,
            sent_at=a.sent_at,
            at=at,
        )
        for a, case in zip(fresh, cases, strict=True)
    )
    record_many(
        Happening("doors.entered", entry, by, at, entry.case.area.path, {"door": entry.door})
        for entry in entries
    )
    return {a.identity: entry for a, entry in zip(fresh, entries, strict=True)}
