"""Danger stops a form: the number to call comes before anything is filed."""

from django.utils.translation import gettext as _

from gongzhi.catalogue.rules.grading import Emergency
from gongzhi.kernel.refusals import NotUnderstood


class Danger(NotUnderstood):
    """Somebody describes an emergency: call first. `call` is the number, `notice` what to do."""

    def __init__(self, emergency: Emergency) -> None:
        sentence = _("您写的情况可能有危险，请先打 %(call)s 求助；打过以后再提交。")
        super().__init__(sentence % {"call": emergency.call}, field="danger")
        self.call, self.notice = emergency.call, emergency.notice
