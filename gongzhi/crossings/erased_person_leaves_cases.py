"""When a person is taken out of the register, cases that have ended forget how to reach them."""

from gongzhi.cases.actions.forget import forget_contact
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to

ERASED = "residents.erased"


@reacts_to(ERASED, called="crossings.ended_cases_forget")
def ended_cases_forget(event: Event) -> None:
    """Cases that the person's own account reported; those still open follow when they end."""
    if account := event.facts.get("account"):
        cases = Case.objects.filter(reported_by=account).values_list("pk", flat=True)
        forget_contact(by=None, cases=cases, at=event.at)


@reacts_to("cases.closed", "cases.declined", called="crossings.ending_case_forgets")
def ending_case_forgets(event: Event) -> None:
    """A case that was open when its reporter was erased."""
    account = Case.objects.filter(pk=event.subject_id).values_list("reported_by", flat=True).first()
    if account and Event.objects.filter(name=ERASED, facts__account=account).exists():
        forget_contact(by=None, cases=[event.subject_id], at=event.at)
