"""Danger stops a form: the number to call comes before anything is filed.

Where nobody fills in a form – a letter, a message, an order of the city, another program – the
matter is taken in as urgent, since a refusal might never be read, and the answer begins with whom
to call.
"""

from django.utils.translation import gettext as _

from gongzhi.cases.models import Case
from gongzhi.catalogue.rules.grading import Emergency
from gongzhi.kernel.refusals import NotUnderstood


class Danger(NotUnderstood):
    """Somebody describes an emergency: call first. `call` is the number, `notice` what to do."""

    def __init__(self, emergency: Emergency) -> None:
        sentence = _("您写的情况可能有危险，请先打 %(call)s 求助；打过以后再提交。")
        super().__init__(sentence % {"call": emergency.call}, field="danger")
        self.call, self.notice = emergency.call, emergency.notice


def call_first(case: Case) -> str:
    """Whom to call before anything else and what to do, in one sentence; empty without danger.

    From what the reporter wrote, else from what the matter is.
    """
    said = case.suggestion.get("emergency") or (case.item.emergency if case.item else None)
    if not said:
        return ""
    return _("紧急情况请先打 %(call)s。%(notice)s") % {
        "call": said["call"],
        "notice": said["notice"],
    }
