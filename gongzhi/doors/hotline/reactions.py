"""An order goes straight to its community, and the levels above know of it at the same time."""

from gongzhi.access.models import Person
from gongzhi.access.roles import Role
from gongzhi.cases.reactions import dispatchers_of
from gongzhi.doors.hotline.models import Order
from gongzhi.doors.models import Entry
from gongzhi.doors.words import Door
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.tell import tell


@reacts_to("doors.entered", called="hotline.tell_the_community_and_above")
def tell_the_community_and_above(event: Event) -> None:
    """Its community's workers get the order; desks above get a copy, unless the case told them."""
    if event.facts.get("door") != Door.HOTLINE:
        return
    entry = Entry.objects.select_related("case__area", "case__desk").get(pk=event.subject_id)
    area = entry.case.area
    facts = {"case": entry.case_id, "event": event.pk}
    posts = Person.objects.filter(is_active=True)
    if community := area.community:
        workers = posts.filter(posts__role=Role.COMMUNITY_WORKER, posts__area=community)
        once = f"event:{event.pk}:hotline_order"
        tell(list(workers.distinct()), "doors/hotline_order", once=once, at=event.at, **facts)
    above = posts.filter(posts__role=Role.DISPATCHER, posts__area__in=area.chain).distinct()
    told = {person.pk for person in dispatchers_of(entry.case.desk)}
    copies = [person for person in above if person.pk not in told]
    tell(copies, "doors/hotline_copy", once=f"event:{event.pk}:hotline_copy", at=event.at, **facts)


@reacts_to("cases.dispatched", "cases.declined", called="hotline.count_as_received")
def count_as_received(event: Event) -> None:
    """Whoever dispatches or refuses an order has received it."""
    Order.objects.filter(entry__case=event.subject_id, received_at=None).update(
        received_at=event.at
    )
