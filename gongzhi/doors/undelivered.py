"""What could not be delivered: the dispatchers of the case hear of it, so that somebody calls."""

from django.template.loader import render_to_string
from django.urls import reverse

from gongzhi.cases.reactions import dispatchers_of
from gongzhi.doors.models import Answer
from gongzhi.doors.words import Door, Told
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell

TEMPLATE = "doors/undelivered"


@reacts_to("doors.answer_given_up", called="doors.tell_of_the_undelivered")
def tell_the_dispatchers(event: Event) -> None:
    """Whoever sits at the desk of the case is told to tell its reporter some other way."""
    answer = Answer.objects.select_related("entry__case__desk").get(pk=event.subject_id)
    entry = answer.entry
    tell(
        dispatchers_of(entry.case.desk),
        TEMPLATE,
        once=f"event:{event.pk}:{TEMPLATE}",
        at=event.at,
        event=event.pk,
        door=entry.door,
        told=answer.told,
        number=entry.case.number,
    )


def worded(message: Message) -> tuple[str, str]:
    """What could not be delivered, and the list where it is sent again or ended."""
    facts = message.facts
    context = {
        "door": Door(facts["door"]).label,
        "told": Told(facts["told"]).label,
        "number": facts["number"],
    }
    sentence = render_to_string(f"messages/{message.template}.txt", context).strip()
    return sentence, reverse("doors:answers")
