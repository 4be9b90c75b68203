"""What follows from what happened to a case; done later by the worker, perhaps twice."""

from gongzhi.access.models import Person, Post
from gongzhi.access.roles import Role
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.words import Party
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.tell import tell
from gongzhi.places.models import Area


def _case(event: Event) -> Case:
    return Case.objects.select_related("area", "handler", "reported_by", "unit").get(
        pk=event.subject_id
    )


def _tell(event: Event, template: str, people: list[Person | None]) -> None:
    once = f"event:{event.pk}:{template}"
    tell(people, template, once=once, at=event.at, case=event.subject_id, event=event.pk)


@reacts_to("cases.reported", called="cases.tell_the_dispatchers")
def tell_the_dispatchers(event: Event) -> None:
    """Those at the nearest desk above the case hear of it; the next desk up if there is none."""
    _tell(event, "cases/new_case", list(dispatchers_of(_case(event).area)))


@reacts_to("cases.returned", called="cases.tell_the_dispatchers_of_the_return")
def tell_the_dispatchers_of_the_return(event: Event) -> None:
    """Whoever sits at the desk hears that a case came back."""
    _tell(event, "cases/returned", list(dispatchers_of(_case(event).area)))


@reacts_to("cases.dispatched", called="cases.tell_the_handlers")
def tell_the_handlers(event: Event) -> None:
    """The chosen handler, or everyone of the chosen unit; and who had it before."""
    facts = event.facts
    people = Person.objects.filter(is_active=True)
    if "handler" in facts:
        _tell(event, "cases/for_you", list(people.filter(pk=facts["handler"])))
    else:
        _tell(event, "cases/for_you", list(people.filter(posts__unit=facts["unit"]).distinct()))
    if "taken_from" in facts:
        _tell(event, "cases/taken_from_you", list(people.filter(pk=facts["taken_from"])))


@reacts_to("cases.reworked", called="cases.tell_the_handler_of_rework")
def tell_the_handler_of_rework(event: Event) -> None:
    """The handler hears that checking found it not fixed."""
    _tell(event, "cases/rework", [_case(event).handler])


@reacts_to("cases.handled", called="cases.tell_the_checkers")
def tell_the_checkers(event: Event) -> None:
    """The desk hears that something waits to be checked."""
    _tell(event, "cases/to_check", list(dispatchers_of(_case(event).area)))


@reacts_to("cases.supplemented", called="cases.tell_whose_turn_it_is")
def tell_whose_turn_it_is(event: Event) -> None:
    """Whoever is to act next hears that the reporter added something."""
    case = _case(event)
    if rules.TURN[case.status] != Party.HANDLER:
        _tell(event, "cases/supplemented_at_desk", list(dispatchers_of(case.area)))
    elif case.handler:
        _tell(event, "cases/supplemented", [case.handler])
    else:
        unit = Person.objects.filter(is_active=True, posts__unit=case.unit_id)
        _tell(event, "cases/supplemented", list(unit.distinct()))


@reacts_to(
    "cases.dispatched",
    "cases.accepted",
    "cases.handled",
    "cases.closed",
    "cases.declined",
    called="cases.tell_the_claimants",
)
def tell_the_claimants(event: Event) -> None:
    """The reporter and everyone who said “me too” hear of every step that concerns them."""
    case = _case(event)
    joined = Person.objects.filter(claims__case=case)
    _tell(event, "cases/news", [case.reported_by, *joined])


def dispatchers_of(area: Area) -> list[Person]:
    """Who sits at the nearest desk above; where no dispatcher is at all, the community's people."""
    for role in (Role.DISPATCHER, Role.COMMUNITY_WORKER):
        for above in reversed(area.chain):
            posts = Post.objects.filter(area=above, role=role, person__is_active=True)
            if people := [post.person for post in posts.select_related("person")]:
                return people
    return []
