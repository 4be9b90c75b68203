"""Whom an event about a case concerns by name, whatever the area: for the live stream."""

from collections.abc import Mapping, Sequence

from gongzhi.cases.models import Case
from gongzhi.journal.models import Event

# Facts of events that say who was given the case and from whom it was taken.
_NAMED = (("unit", "u"), ("handler", "p"), ("taken_from", "p"))


def parties_of(events: Sequence[Event]) -> Mapping[int, frozenset[str]]:
    """For each event's pk: who has its case now, and whom the event itself names; one query.

    Parties are written "u:<unit>" and "p:<person>", as on the live stream's watchers.
    """
    cases = Case.objects.filter(pk__in={event.subject_id for event in events})
    held = {
        pk: {f"{letter}:{number}" for letter, number in (("u", unit), ("p", handler)) if number}
        for pk, unit, handler in cases.values_list("pk", "unit_id", "handler_id")
    }
    return {
        event.pk: frozenset(
            held.get(event.subject_id, set())
            | {f"{letter}:{event.facts[fact]}" for fact, letter in _NAMED if event.facts.get(fact)}
        )
        for event in events
    }
