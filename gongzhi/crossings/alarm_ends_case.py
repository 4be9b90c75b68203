"""When an alert has ended, the case that was opened for it says how."""

from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from gongzhi.care.models import Alert
from gongzhi.care.words import CloseCode
from gongzhi.cases import actions as cases
from gongzhi.cases.models import Case
from gongzhi.journal.models import Event
from gongzhi.journal.record import reacts_to


@reacts_to("care.closed", called="crossings.alarm_ends_case")
def alarm_ends_case(event: Event) -> None:
    """The result is added to the open case, so that its dispatcher can end it knowing why."""
    alert = Alert.objects.get(pk=event.subject_id)
    ref, key = f"g:{alert.pk}", uuid5(NAMESPACE_URL, f"gongzhi:alert:{alert.pk}")
    case = Case.objects.filter(reporter_ref=ref, key=key).first()
    if case is None or not case.is_open:
        return
    said = _("守护告警已结束：%(code)s。") % {"code": CloseCode(alert.close_code).label}
    cases.supplement(by=None, case=case, reporter_ref=ref, text=said, at=event.at)
