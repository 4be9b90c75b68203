"""When an alert has ended, the case that was opened for it ends too and says how."""

from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from gongzhi.care.models import Alert
from gongzhi.care.words import CloseCode
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to
from gongzhi.kernel.refusals import NotPossible


@reacts_to("care.closed", called="crossings.alarm_ends_case")
def alarm_ends_case(event: Event) -> None:
    """Closed in the words of the close code; what was found at the door is added.

    While units that were asked to help owe their answer the case stays with its dispatcher, who is
    told the result.
    """
    alert = Alert.objects.get(pk=event.subject_id)
    ref, key = f"g:{alert.pk}", uuid5(NAMESPACE_URL, f"gongzhi:alert:{alert.pk}")
    case = Case.objects.filter(reporter_ref=ref, key=key).select_related("area").first()
    if case is None or not case.is_open:
        return
    said = (
        _("守护告警已结束：%(code)s。") % {"code": CloseCode(alert.close_code).label} + alert.note
    )
    try:
        cases.close_at_source(by=event.by, case=case, text=said, at=event.at)
    except NotPossible:
        cases.supplement(by=None, case=case, reporter_ref=ref, text=said, at=event.at)
