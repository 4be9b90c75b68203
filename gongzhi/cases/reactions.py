"""What follows from what happened to a case; done later by the worker, perhaps twice."""

from collections.abc import Sequence

from django.db import models

from gongzhi.access.checks import may
from gongzhi.access.models import Person, Post
from gongzhi.access.roles import ALLOWED, Can, Role
from gongzhi.cases.actions.recount import begin_recount
from gongzhi.cases.models import Appeal, Case
from gongzhi.cases.reads.colleagues import can_see
from gongzhi.cases.reads.flows import flow_of
from gongzhi.cases.words import SupervisionKind
from gongzhi.flows.words import Turn
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.messages.tell import tell
from gongzhi.places.models import Area

# Rarer steps of which those who watch hear; of the usual ones they hear with the claimants, since
# an errand of its own for each step of each case would double what is owed.
WATCHED_FOR = (
    "cases.reworked", "cases.sent_up", "cases.sent_down", "cases.arbitration_called",
    "cases.ruling_asked", "cases.split", "cases.supplemented", "cases.noted", "cases.rated",
    "cases.appealed",
    "cases.overdue", "cases.nature_changed", "cases.returned",
)  # fmt: skip
AT_DESK = [role for role in Role if Can.DISPATCH_CASES in ALLOWED[role]]


def _case(event: Event) -> Case:
    cases = Case.objects.select_related("area", "desk", "handler", "reported_by", "unit")
    return cases.get(pk=event.subject_id)


def _tell(event: Event, template: str, people: Sequence[Person | None]) -> None:
    once = f"event:{event.pk}:{template}"
    tell(people, template, once=once, at=event.at, case=event.subject_id, event=event.pk)


@reacts_to(
    "cases.reported",
    "cases.sent_up",
    "cases.sent_down",
    "cases.arbitration_called",
    "cases.ruling_asked",
    "cases.split",
    "cases.reopened",
    called="cases.tell_the_dispatchers",
)
def tell_the_dispatchers(event: Event) -> None:
    """Those at the desk that now has the case hear of it; the next desk up if nobody sits there."""
    _tell(event, "cases/new_case", dispatchers_of(_case(event).desk))


@reacts_to("cases.returned", called="cases.tell_the_dispatchers_of_the_return")
def tell_the_dispatchers_of_the_return(event: Event) -> None:
    """Whoever sits at the desk hears that a case came back."""
    _tell(event, "cases/returned", dispatchers_of(_case(event).desk))


@reacts_to("cases.dispatched", "cases.arbitrated", called="cases.tell_the_handlers")
def tell_the_handlers(event: Event) -> None:
    """The chosen handler, or everyone of the chosen unit; and who had it before."""
    facts = event.facts
    people = Person.objects.filter(is_active=True)
    if "handler" in facts:
        _tell(event, "cases/for_you", list(people.filter(pk=facts["handler"])))
    else:
        _tell(event, "cases/for_you", list(_people_of(facts["unit"])))
    if "taken_from" in facts:
        _tell(event, "cases/taken_from_you", list(people.filter(pk=facts["taken_from"])))


@reacts_to("cases.reworked", called="cases.tell_the_handler_of_rework")
def tell_the_handler_of_rework(event: Event) -> None:
    """The handler hears that checking found it not fixed."""
    _tell(event, "cases/rework", [_case(event).handler])


@reacts_to("cases.handled", called="cases.tell_the_checkers")
def tell_the_checkers(event: Event) -> None:
    """The desk hears that something waits to be checked."""
    _tell(event, "cases/to_check", dispatchers_of(_case(event).desk))


@reacts_to("cases.supplemented", called="cases.tell_whose_turn_it_is")
def tell_whose_turn_it_is(event: Event) -> None:
    """Whoever is to act next hears that the reporter added something."""
    case = _case(event)
    if flow_of(case).state(case.status).turn != Turn.HANDLER:
        _tell(event, "cases/supplemented_at_desk", dispatchers_of(case.desk))
    elif case.handler:
        _tell(event, "cases/supplemented", [case.handler])
    else:
        _tell(event, "cases/supplemented", list(_people_of(case.unit_id)))


@reacts_to(
    "cases.dispatched",
    "cases.arbitrated",
    "cases.merged",
    "cases.accepted",
    "cases.handled",
    "cases.closed",
    "cases.declined",
    "cases.redo_ordered",
    "cases.reopened",
    "cases.merged_again",
    called="cases.tell_the_claimants",
)
def tell_the_claimants(event: Event) -> None:
    """The reporter and everyone who said “me too” hear of every step that concerns them."""
    case = _case(event)
    joined = Person.objects.filter(claims__case=case)
    _tell(event, "cases/news", [case.reported_by, *joined])
    tell_who_watches(event)


@reacts_to("cases.assist_asked", called="cases.tell_the_assisting_unit")
def tell_the_assisting_unit(event: Event) -> None:
    """Everyone of the unit hears that its help is asked for."""
    _tell(event, "cases/assist_asked", list(_people_of(event.facts["unit"])))


@reacts_to(
    "cases.assist_answered",
    "cases.extended",
    "cases.extension_refused",
    "cases.nearly_due",
    called="cases.tell_who_has_it",
)
def tell_who_has_it(event: Event) -> None:
    """Whoever has the case in hand hears what bears on their work and its time."""
    _tell(event, "cases/in_hand", list(_in_hand(_case(event))))


@reacts_to("cases.extension_asked", called="cases.tell_the_desk_of_a_request")
def tell_the_desk_of_a_request(event: Event) -> None:
    """The desk hears that somebody asks for more time."""
    _tell(event, "cases/extension_asked", dispatchers_of(_case(event).desk))


@reacts_to("cases.supervised", called="cases.tell_who_is_pressed")
def tell_who_is_pressed(event: Event) -> None:
    """Whoever has the case hears the demand; from a yellow card on the desk hears it too."""
    case = _case(event)
    people = list(_in_hand(case))
    if event.facts["kind"] != SupervisionKind.REMINDER:
        people += dispatchers_of(case.desk)
    _tell(event, "cases/supervised", people)


@reacts_to("cases.merged", called="cases.tell_who_is_relieved")
def tell_who_is_relieved(event: Event) -> None:
    """Whoever had a case that is now handled with another one need not go."""
    _tell(event, "cases/taken_from_you", list(Person.objects.filter(pk=event.facts.get("handler"))))


@reacts_to(
    "calendars.spans_set", "calendars.year_published", called="cases.recount_after_the_calendar"
)
def recount_after_the_calendar(event: Event) -> None:
    """Every open case is held against the changed calendar, by and by."""
    begin_recount(by=None, cause=event, at=event.at)


@reacts_to("cases.redo_ordered", called="cases.tell_who_redoes_it")
def tell_who_redoes_it(event: Event) -> None:
    """Whoever had it hears that it was not fixed; the desk hears it too."""
    case = _case(event)
    people = [case.handler] if case.handler else list(_people_of(case.unit_id))
    _tell(event, "cases/redo", people)
    _tell(event, "cases/redo_at_desk", dispatchers_of(case.desk))


@reacts_to("cases.appealed", called="cases.tell_the_level_above")
def tell_the_level_above(event: Event) -> None:
    """Those who may decide hear that a reporter is not content."""
    appeal = Appeal.objects.select_related("desk").get(pk=event.facts["appeal"])
    _tell(event, "cases/appealed", dispatchers_of(appeal.desk))


@reacts_to(
    "cases.appeal_upheld",
    "cases.appeal_refused",
    "cases.asking_again",
    called="cases.tell_the_reporter",
)
def tell_the_reporter(event: Event) -> None:
    """The reporter alone hears what was decided on their appeal, and is asked again."""
    _tell(event, "cases/reporter", [_case(event).reported_by])


@reacts_to("cases.noted", called="cases.tell_who_was_called")
def tell_who_was_called(event: Event) -> None:
    """Everybody called in a note hears of it, and is led to the page they work on."""
    people = Person.objects.filter(pk__in=event.facts.get("told", []), is_active=True)
    at_desk = [p for p in people if may(p, Can.SEE_CASES, within=None)]
    _tell(event, "cases/called", at_desk)
    _tell(event, "cases/called_at_work", [p for p in people if p not in at_desk])


@reacts_to(*WATCHED_FOR, called="cases.tell_who_watches")
def tell_who_watches(event: Event) -> None:
    """Whoever watches a case hears of every step, except of their own."""
    watching = Person.objects.filter(is_active=True, watches__case=event.subject_id)
    able = [p for p in watching if p.pk != event.by_id and can_see(p, _case(event))]
    _tell(event, "cases/watched", able)


def _people_of(unit: int | None) -> models.QuerySet[Person]:
    return Person.objects.filter(is_active=True, posts__unit=unit).distinct()


def _in_hand(case: Case) -> list[Person]:
    """The handler, else the unit, else the desk."""
    if case.handler:
        return [case.handler]
    return list(_people_of(case.unit_id)) if case.unit_id else dispatchers_of(case.desk)


def dispatchers_of(desk: Area) -> list[Person]:
    """Who sits at the desk of this area; at the next one up if nobody sits there."""
    for above in reversed(desk.chain):
        posts = Post.objects.filter(
            area=above, role__in=AT_DESK, person__is_active=True
        ).select_related("person")
        if people := list({post.person_id: post.person for post in posts}.values()):
            return people
    return []
