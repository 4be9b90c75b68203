"""When the case that was opened for an alert has ended, the alert is not left open."""

from contextlib import suppress

from gongzhi.care.actions.listening import settle
from gongzhi.care.models import Alert
from gongzhi.care.words import CloseCode
from gongzhi.cases.models import Case
from gongzhi.cases.words import Source
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.kernel.refusals import Overtaken


@reacts_to("cases.closed", "cases.declined", called="crossings.case_ends_alarm")
def case_ends_alarm(event: Event) -> None:
    """Its ladder stops and nothing is learnt from it: nobody said at the door what it was."""
    case = Case.objects.get(pk=event.subject_id)
    prefix, _colon, number = case.reporter_ref.partition(":")
    if case.source != Source.SENSOR or prefix != "g" or not number.isdigit() or case.is_open:
        return
    for alert in Alert.objects.open().filter(pk=number).select_related("elder__home__area"):
        with suppress(Overtaken):
            settle(by=event.by, alert=alert, code=CloseCode.CASE_ENDED, at=event.at)
