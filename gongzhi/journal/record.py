"""Say that something happened, and owe whatever follows from it."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q

from gongzhi.access.models import Person
from gongzhi.journal.models import Errand, Event
from gongzhi.kernel.rows import insert_many, instance_of
from gongzhi.kernel.spans import span
from gongzhi.kernel.struck import struck

Reaction = Callable[[Event], None]
REACTIONS: dict[str, dict[str, Reaction]] = defaultdict(dict)
ONLY_WITH: dict[str, str] = {}  # reaction → the fact without which it is not owed
LONGEST_WAIT = timedelta(hours=1)
STUCK_AFTER = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Happening:
    """An event about to be written; `facts` holds references and codes, never personal data."""

    name: str
    about: models.Model
    by: Person | None
    at: datetime
    area_path: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def reacts_to(*names: str, called: str, only_with: str = "") -> Callable[[Reaction], Reaction]:
    """Let the function run after each such event, under a stored name that never changes.

    `only_with` names a fact: events without it owe nothing, and no errand is written for them.
    """

    def register(reaction: Reaction) -> Reaction:
        if only_with:
            ONLY_WITH[called] = only_with
        for name in names:
            if called in REACTIONS[name]:
                raise RuntimeError(f"two reactions to {name} are called {called}")
            REACTIONS[name][called] = reaction
        return reaction

    return register


def record_many(happenings: Iterable[Happening]) -> list[Event]:
    """Write events and their errands in the caller's transaction, or not at all."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() outside an action would lose what follows from it")
    said = list(happenings)
    rows = [
        {
            "name": h.name,
            "kind": h.about._meta.model_name or "",
            "subject_id": h.about.pk,
            "by_id": h.by and h.by.pk,
            "at": h.at,
            "area_path": h.area_path,
            "facts": h.facts,
        }
        for h in said
    ]
    pks = insert_many(Event, rows)
    insert_many(
        Errand,
        [
            {"event_id": pk, "reaction": reaction, "not_before": h.at}
            for pk, h in zip(pks, said, strict=True)
            for reaction in owed(h.name, h.facts)
        ],
    )
    return [
        instance_of(Event, pk, row, by=h.by) for pk, row, h in zip(pks, rows, said, strict=True)
    ]


def owed(name: str, facts: Mapping[str, object]) -> list[str]:
    """The reactions that such an event owes, by their stored names."""
    return [r for r in REACTIONS[name] if ONLY_WITH.get(r, "") in ("", *facts)]


def record(
    name: str,
    *,
    about: models.Model,
    by: Person | None,
    at: datetime,
    area_path: str = "",
    **facts: object,
) -> Event:
    """Write one event and its errands in the caller's transaction, or not at all."""
    return record_many([Happening(name, about, by, at, area_path, facts)])[0]


def run_one(*, at: datetime, called: str = "") -> bool:
    """Do one errand that is due. False when there is none. Safe with many workers.

    `called` looks at one reaction alone: for what must not wait behind everything else.
    """
    due = Errand.objects.filter(_due(at), done_at=None, tries__lt=STUCK_AFTER)
    if called:
        due = due.filter(reaction=called)
    errand = due.select_related("event").order_by("not_before", "pk").first()
    if errand is None:
        return False
    wait = min(timedelta(seconds=5 * 4**errand.tries), LONGEST_WAIT)
    claimed = Errand.objects.filter(pk=errand.pk, tries=errand.tries, done_at=None).update(
        tries=F("tries") + 1, not_before=at + wait
    )
    if claimed:
        _do(errand, at)
    return True


def _due(at: datetime) -> Q:
    """What may be tried now: nothing tried yet waits for anything, and nobody waits for longer.

    A moment further ahead than the longest wait was written by a clock that has been set right.
    """
    return Q(not_before__lte=at) | Q(tries=0) | Q(not_before__gt=at + LONGEST_WAIT)


def _do(errand: Errand, at: datetime) -> None:
    name = errand.event.name
    try:
        with span(f"errand {errand.reaction}", "CONSUMER", event=name), transaction.atomic():
            REACTIONS[name][errand.reaction](errand.event)
            Errand.objects.filter(pk=errand.pk).update(done_at=at, last_error="")
    except Exception as error:  # one failing errand must not stop the others
        log.warning("errand %s (%s) failed: %r", errand.pk, errand.reaction, error)
        Errand.objects.filter(pk=errand.pk).update(last_error=struck(repr(error))[:2000])


def stuck() -> models.QuerySet[Errand]:
    """Errands that failed too often to be tried again by themselves."""
    return Errand.objects.filter(done_at=None, tries__gte=STUCK_AFTER)
