"""What the database says after a fault: a process of its own, with the product's settings."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import django

django.setup()

from gongzhi.cases import reporters
from gongzhi.cases.ledger import compare
from gongzhi.cases.models import Case
from gongzhi.cases.reactions import dispatchers_of
from gongzhi.journal.models import Errand, Event
from gongzhi.journal.record import owed
from gongzhi.messages.models import Message

TOGETHER = 400


def main() -> None:
    """`python -m proof.judge acknowledged.json CASE EVENT`: a verdict as JSON."""
    acknowledged = json.loads(Path(sys.argv[1]).read_text())
    since_case, since_event = int(sys.argv[2]), int(sys.argv[3])
    ledger = compare(first=since_case + 1)
    verdict = {
        **of_reports(acknowledged),
        **of_errands(since_event),
        "cases": ledger.cases,
        "events": ledger.events,
        "faults": sum(ledger.faults.values()),
        "found": [str(found) for found in ledger.found[:10]],
    }
    json.dump(verdict, sys.stdout)


def of_reports(acknowledged: dict[str, list[str]]) -> dict[str, int]:
    """Every report that was answered must be there, once, under the number that was told."""
    lost = doubled = misnamed = 0
    for lot in _lots(acknowledged.items()):
        rows: dict[str, list[Case]] = {}
        for case in Case.objects.filter(key__in=[key for key, _told in lot]):
            rows.setdefault(str(case.key), []).append(case)
        for key, (token, number) in lot:
            own = [
                c for c in rows.get(key, []) if c.reporter_ref == reporters.reporter_with(token).ref
            ]
            lost += not own
            doubled += len(rows.get(key, [])) > 1
            misnamed += bool(own) and own[0].number != number
    return {"acknowledged": len(acknowledged), "lost": lost, "doubled": doubled,
            "misnamed": misnamed}  # fmt: skip


def of_errands(since: int) -> dict[str, int]:
    """Every event owes each of its reactions once, each done, and its effect is there once."""
    events = Event.objects.filter(pk__gt=since)
    unowed = undone = twice = untold = 0
    for lot in _lots(events.order_by("pk").values_list("pk", "name", "subject_id", "facts")):
        numbers = [pk for pk, *_rest in lot]
        there = Counter(
            Errand.objects.filter(event__in=numbers).values_list("event_id", "reaction")
        )
        undone += Errand.objects.filter(event__in=numbers, done_at=None).count()
        for pk, name, _subject, facts in lot:
            for reaction in owed(name, facts):
                unowed += there[pk, reaction] == 0
                twice += there[pk, reaction] > 1
        untold += _untold([(pk, case) for pk, name, case, _f in lot if name == "cases.reported"])
    return {"unowed": unowed, "undone": undone, "twice": twice, "untold": untold}


_desks: dict[int, int] = {}


def _untold(reported: list[tuple[int, int]]) -> int:
    """Reports of which the desk was not told, or not each person exactly once."""
    desks = dict(Case.objects.filter(pk__in=[s for _e, s in reported]).values_list("pk", "desk_id"))
    told = Counter(
        Message.objects.filter(
            once__in=[f"event:{event}:cases/new_case" for event, _subject in reported]
        ).values_list("once", flat=True)
    )
    wrong = 0
    for event, subject in reported:
        desk = desks.get(subject)
        if desk is None:
            continue
        if desk not in _desks:
            case = Case.objects.select_related("desk").get(pk=subject)
            _desks[desk] = len(dispatchers_of(case.desk))
        # A case sent up meanwhile is told to the desk that has it now.
        wrong += told[f"event:{event}:cases/new_case"] != _desks[desk]
    return wrong


def _lots(rows) -> Iterator[list]:
    rows = iter(rows)
    while lot := list(islice(rows, TOGETHER)):
        yield lot


if __name__ == "__main__":
    main()
