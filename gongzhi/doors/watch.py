"""A door that stands still raises an alarm once, and the alarm ends when something comes again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.template.loader import render_to_string
from django.urls import reverse

from gongzhi.access.models import Person
from gongzhi.access.roles import Role
from gongzhi.doors.models import Answer, Entry, Fetch, Stoppage
from gongzhi.doors.reads import BESIDES
from gongzhi.doors.stops import is_silent
from gongzhi.doors.words import Delivery, Door, Trouble
from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to, record
from gongzhi.kernel.actions import action
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell

SILENT_FOR = timedelta(hours=2)
FETCHING_FOR = timedelta(minutes=10)
SENDING_FOR = timedelta(minutes=30)
WEEKS = 4
WEEK = timedelta(days=7)


@chore("doors.watch", every=timedelta(minutes=1))
def watch(at: datetime) -> bool:
    """Look at every door once; False, since there is nothing more to do until the next minute."""
    troubles = troubles_at(at)
    for (door, trouble), since in troubles.items():
        stop(by=None, door=door, trouble=trouble, since=since, at=at)
    for stoppage in Stoppage.objects.filter(ended_at=None):
        if (stoppage.door, stoppage.trouble) not in troubles:
            resume(by=None, stoppage=stoppage, at=at)
    return False


def troubles_at(at: datetime) -> dict[tuple[str, str], datetime]:
    """Which doors stand still at that moment, why, and since when."""
    found: dict[tuple[str, str], datetime] = {}
    for door in Door.values:
        if since := _silent_since(door, at):
            found[door, Trouble.SILENT] = since
    failing = Fetch.objects.filter(failing_since__lte=at - FETCHING_FOR)
    for row in failing.order_by("-failing_since"):  # of several the one that fails longest
        if row.failing_since:
            found[row.door, Trouble.FETCHING] = row.failing_since
    stuck = Answer.objects.filter(state=Delivery.OWED, tries__gt=0, event__at__lte=at - SENDING_FOR)
    for door, since in stuck.values_list("entry__door").annotate(Min("event__at")):
        found[door, Trouble.SENDING] = since
    for door, owed in BESIDES.items():
        since = owed().tried_since
        if since and since <= at - SENDING_FOR:
            found[door, Trouble.SENDING] = min(since, found.get((door, Trouble.SENDING), since))
    for door, since in _given_up():
        found.setdefault((door, Trouble.SENDING), since)
    return found


def _given_up() -> Iterator[tuple[str, datetime]]:
    """Doors by which nothing got through since what was given up last: that is no recovery."""
    dead = Answer.objects.filter(state=Delivery.DEAD)
    for door, since in dead.values_list("entry__door").annotate(Max("event__at")):
        got_through = Answer.objects.filter(
            state=Delivery.SENT, entry__door=door, sent_at__gt=since
        )
        if not got_through.exists():
            yield door, since


def _silent_since(door: str, at: datetime) -> datetime | None:
    """The last arrival of a door that is silent at a time when much usually comes."""
    mine = Entry.objects.filter(door=door)
    if mine.filter(at__gt=at - SILENT_FOR, at__lte=at).exists():
        return None
    ends = [at - n * WEEK for n in range(1, WEEKS + 1)]
    before = [mine.filter(at__gt=end - SILENT_FOR, at__lte=end).count() for end in ends]
    if not is_silent(0, before):
        return None
    last = mine.filter(at__lte=at).order_by("-at").values_list("at", flat=True).first()
    return last or at - SILENT_FOR


@action
def stop(
    *, by: Person | None, door: str, trouble: str, since: datetime, at: datetime
) -> Stoppage | None:
    """Note that a door stands still; None when it was noted before."""
    if Stoppage.objects.filter(door=door, trouble=trouble, ended_at=None).exists():
        return None
    try:
        with transaction.atomic():
            stoppage = Stoppage.objects.create(door=door, trouble=trouble, since=since, seen_at=at)
    except IntegrityError:  # another worker was faster
        return None
    record("doors.stopped", about=stoppage, by=by, at=at, door=door, trouble=trouble)
    return stoppage


@action
def resume(*, by: Person | None, stoppage: Stoppage, at: datetime) -> bool:
    """Note that the door works again; False when it was noted before."""
    if not Stoppage.objects.filter(pk=stoppage.pk, ended_at=None).update(ended_at=at):
        return False
    record(
        "doors.resumed", about=stoppage, by=by, at=at, door=stoppage.door, trouble=stoppage.trouble
    )
    return True


@reacts_to("doors.stopped", "doors.resumed", called="doors.tell_the_administrators")
def tell_the_administrators(event: Event) -> None:
    """Administrators hear when a door stops, and when it works again."""
    people = Person.objects.filter(is_active=True, posts__role=Role.ADMINISTRATOR).distinct()
    template = event.name.replace(".", "/")
    tell(
        list(people),
        template,
        once=f"event:{event.pk}:{template}",
        at=event.at,
        event=event.pk,
        door=event.facts["door"],
        trouble=event.facts["trouble"],
    )


def worded(message: Message) -> tuple[str, str]:
    """The alarm in words, and the board it leads to."""
    facts = message.facts
    context = {"door": Door(facts["door"]).label, "trouble": Trouble(facts["trouble"]).label}
    sentence = render_to_string(f"messages/{message.template}.txt", context).strip()
    return sentence, reverse("doors:board")
