"""Say that something happened, and owe whatever follows from it."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F

from gongzhi.access.models import Person
from gongzhi.journal.models import Errand, Event

Reaction = Callable[[Event], None]
REACTIONS: dict[str, dict[str, Reaction]] = defaultdict(dict)
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


def reacts_to(*names: str, called: str) -> Callable[[Reaction], Reaction]:
    """Let the function run after each such event, under a stored name that never changes."""

    def register(reaction: Reaction) -> Reaction:
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
    events = Event.objects.bulk_create(
        Event(
            name=h.name,
            kind=h.about._meta.model_name or "",
            subject_id=h.about.pk,
            by=h.by,
            at=h.at,
            area_path=h.area_path,
            facts=h.facts,
        )
        for h in happenings
    )
    Errand.objects.bulk_create(
        Errand(event=event, reaction=reaction, not_before=event.at)
        for event in events
        for reaction in REACTIONS[event.name]
    )
    return events


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
    due = Errand.objects.filter(done_at=None, not_before__lte=at, tries__lt=STUCK_AFTER)
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


def _do(errand: Errand, at: datetime) -> None:
    try:
        with transaction.atomic():
            REACTIONS[errand.event.name][errand.reaction](errand.event)
            Errand.objects.filter(pk=errand.pk).update(done_at=at, last_error="")
    except Exception as error:  # one failing errand must not stop the others
        log.warning("errand %s (%s) failed: %r", errand.pk, errand.reaction, error)
        Errand.objects.filter(pk=errand.pk).update(last_error=repr(error)[:2000])


def stuck() -> models.QuerySet[Errand]:
    """Errands that failed too often to be tried again by themselves."""
    return Errand.objects.filter(done_at=None, tries__gte=STUCK_AFTER)
