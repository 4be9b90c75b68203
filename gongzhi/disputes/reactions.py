"""What follows from the steps of a dispute: the mediator and the desk hear of their turn."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.reactions import dispatchers_of
from gongzhi.disputes.models import Dispute
from gongzhi.disputes.reads import flow_of
from gongzhi.flows.words import Turn
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.models import Message
from gongzhi.messages.tell import tell

# Messages that lead a mediator to the page in their pocket; all others lead to the desk's.
MEDIATORS = {"disputes/for_you", "disputes/follow_up", "disputes/nearly_due", "disputes/late"}


@reacts_to("disputes.opened", "disputes.followed_up", called="disputes.tell_the_desk")
def tell_the_desk(event: Event) -> None:
    """The desk hears of a new dispute, and of one that waits for review."""
    dispute = _dispute(event)
    name = "opened" if event.name == "disputes.opened" else "to_review"
    _tell(event, f"disputes/{name}", dispatchers_of(dispute.desk))


@reacts_to("disputes.assigned", called="disputes.tell_the_mediator")
def tell_the_mediator(event: Event) -> None:
    """The chosen mediator hears of it."""
    _tell(event, "disputes/for_you", Person.objects.filter(pk=event.facts["mediator"]))


@reacts_to("disputes.follow_up_due", called="disputes.tell_that_it_is_time")
def tell_that_it_is_time(event: Event) -> None:
    """The mediator hears that it is time to look whether the agreement is kept."""
    _tell(event, "disputes/follow_up", [_dispute(event).mediator])


@reacts_to("disputes.nearly_due", "disputes.overdue", called="disputes.press_whose_turn_it_is")
def press_whose_turn_it_is(event: Event) -> None:
    """Whoever owes the step hears that its time runs out, or has run out."""
    name = "nearly_due" if event.name == "disputes.nearly_due" else "late"
    dispute = _dispute(event)
    mine = flow_of(dispute).state(dispute.status).turn == Turn.HANDLER
    people = [dispute.mediator] if mine else dispatchers_of(dispute.desk)
    _tell(event, f"disputes/{name}{'' if mine else '_at_desk'}", people)


@reacts_to("disputes.supervised", called="disputes.tell_the_desk_above")
def tell_the_desk_above(event: Event) -> None:
    """A step that is a working day late is seen to by the desk above."""
    dispute = _dispute(event)
    _tell(event, "disputes/supervised", dispatchers_of(dispute.desk.parent or dispute.desk))


def _dispute(event: Event) -> Dispute:
    return Dispute.objects.select_related("desk__parent", "mediator").get(pk=event.subject_id)


def _tell(event: Event, template: str, people: Iterable[Person | None]) -> None:
    once = f"event:{event.pk}:{template}"
    tell(people, template, once=once, at=event.at, dispute=event.subject_id)


def worded(message: Message) -> tuple[str, str]:
    """A message about a dispute in words, and the page it leads to."""
    dispute = Dispute.objects.filter(pk=message.facts["dispute"]).first()
    if dispute is None:
        return _("这件纠纷已经不在了。"), ""
    sentences = {
        "disputes/opened": _("新的纠纷“%(title)s”等待归类分流。"),
        "disputes/to_review": _("纠纷“%(title)s”已回访，等待考评归档。"),
        "disputes/for_you": _("请您调解“%(title)s”。"),
        "disputes/nearly_due": _("纠纷“%(title)s”快到时限了，请抓紧调解。"),
        "disputes/nearly_due_at_desk": _("纠纷“%(title)s”快到时限了，请抓紧办这一步。"),
        "disputes/late": _("纠纷“%(title)s”已超过时限，请尽快调解并记下进展。"),
        "disputes/late_at_desk": _("纠纷“%(title)s”已超过时限，请马上办这一步。"),
        "disputes/supervised": _("纠纷“%(title)s”超时一个工作日没有进展，请督办。"),
        "disputes/follow_up": _("“%(title)s”到了回访的日子，请看看协议履行得怎样。"),
    }
    mine = message.template in MEDIATORS
    page = "disputes_patrol:show" if mine else "disputes:show"
    said = sentences[message.template] % {"title": dispute.title}
    return said, reverse(page, args=[dispute.pk])
