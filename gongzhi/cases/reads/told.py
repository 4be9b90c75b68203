"""Messages about cases in words, with the page on which their reader goes on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.cases.reads.known import public_name
from gongzhi.cases.reads.tracking import who_has
from gongzhi.journal.models import Event
from gongzhi.messages.models import Message

# Where a message leads: to the resident's, the handler's or the desk's page of the case.
FOLLOWED = "pocket:track"  # where the reporter, and whoever said "me too", follows a case
PAGES = {
    "cases/news": FOLLOWED,
    "cases/for_you": "patrol:case",
    "cases/rework": "patrol:case",
    "cases/supplemented": "patrol:case",
    "cases/supplemented_at_desk": "staff:case",
    "cases/new_case": "staff:case",
    "cases/returned": "staff:case",
    "cases/to_check": "staff:case",
    "cases/extension_asked": "staff:case",
    "cases/assist_asked": "patrol:case",
    "cases/in_hand": "patrol:case",
    "cases/supervised": "patrol:case",
    "cases/redo": "patrol:case",
    "cases/redo_at_desk": "staff:case",
    "cases/appealed": "staff:case",
    "cases/reporter": FOLLOWED,
    "cases/called": "staff:case",
    "cases/called_at_work": "patrol:case",
    "cases/watched": "staff:case",
}
# How messages that are about no case are worded, by template: the sentence and where it leads.
# Whoever sends them registers here.
ELSEWHERE: dict[str, Callable[[Message], tuple[str, str]]] = {}


@dataclass(frozen=True)
class Told:
    """One message as its reader sees it; `url` is empty where there is nothing to open."""

    at: datetime
    unread: bool
    sentence: str
    url: str
    case: Case | None


def worded(messages: Sequence[Message]) -> list[Told]:
    """The messages of one reader in their order, in the words of messages/<template>.txt.

    One about a case that has gone to somebody else since leads nowhere.
    """
    cases = Case.objects.for_lists().in_bulk({m.facts.get("case") for m in messages})
    events = Event.objects.in_bulk({m.facts.get("event") for m in messages})
    told = []
    behind = [m for m in messages if PAGES.get(m.template, FOLLOWED) != FOLLOWED]
    seen = _seen(behind[0].to, {m.facts.get("case") for m in behind}) if behind else set()
    for message in messages:
        if word := ELSEWHERE.get(message.template):
            told.append(Told(message.told_at, message.read_at is None, *word(message), None))
        elif case := cases.get(message.facts.get("case")):
            event = events.get(message.facts.get("event"))
            told.append(_worded(message, case, event, may_see=case.pk in seen))
    return told


def _seen(reader: Person, pks: Iterable[int]) -> set[int]:
    return set(Case.objects.visible_to(reader).filter(pk__in=pks).values_list("pk", flat=True))


def _worded(message: Message, case: Case, event: Event | None, *, may_see: bool) -> Told:
    is_theirs = message.template != "cases/news" or message.to_id == case.reported_by_id
    context = {
        "case": case,
        "event": event,
        "matter": case.title if is_theirs else public_name(case),
        "who": lambda: who_has(case),  # asked for by few of the sentences
    }
    sentence = render_to_string(f"messages/{message.template}.txt", context).strip()
    page = PAGES.get(message.template, "")
    url = ""
    if page == FOLLOWED or (page and may_see):
        url = reverse(page, args=[case.number if page == FOLLOWED else case.pk])
    return Told(message.told_at, message.read_at is None, sentence, url, case)
