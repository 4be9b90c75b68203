"""An order goes straight to its desk, and the levels above know of it at the same time."""

from gongzhi.access.models import Person
from gongzhi.cases.reactions import AT_DESK, dispatchers_of
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Door
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.tell import tell


@reacts_to("doors.entered", called="hotline.send_copies")
def send_copies(event: Event) -> None:
    """The desk that has the order is told by the case itself; all others over its area get copies.

    So a community's order lies on the community's desk, and both levels above know of it.
    """
    if event.facts.get("door") != Door.HOTLINE:
        return
    entry = Entry.objects.select_related("case__area", "case__desk").get(pk=event.subject_id)
    told = {person.pk for person in dispatchers_of(entry.case.desk)}
    desks = Person.objects.filter(
        is_active=True, posts__role__in=AT_DESK, posts__area__in=entry.case.area.chain
    )
    tell(
        [person for person in desks.distinct() if person.pk not in told],
        "doors/hotline_copy",
        once=f"event:{event.pk}:hotline_copy",
        at=event.at,
        case=entry.case_id,
        event=event.pk,
    )


@reacts_to("cases.dispatched", "cases.merged", "cases.declined", called="hotline.count_as_received")
def count_as_received(event: Event) -> None:
    """Whoever dispatches, merges or refuses an order has received it."""
    Order.objects.filter(entry__case=event.subject_id, received_at=None).update(
        received_at=event.at
    )
