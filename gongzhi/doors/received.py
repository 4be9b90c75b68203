"""Doors whose reporters cannot see a page hear at once that their matter arrived."""

from gongzhi.doors.answers import owe
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Told
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to


@reacts_to("doors.entered", called="doors.say_received")
def say_received(event: Event) -> None:
    """Owe the number and the promised time to the door, if it wants to hear of it."""
    entry = Entry.objects.select_related("partner").get(pk=event.subject_id)
    owe(entry, event, Told.RECEIVED)
