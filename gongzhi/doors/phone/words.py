"""The words of the phone desk: what happens to a call, what came of it, how an order stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Moment(TextChoices):
    """What the phone system tells of a call."""

    RINGING = "ringing", _("振铃")
    ANSWERED = "answered", _("接听")
    ENDED = "ended", _("挂断")
    MISSED = "missed", _("未接")


class Result(TextChoices):
    """What came of a call."""

    CASE = "case", _("已立案")
    SUPPLEMENT = "supplement", _("并入原案")
    SERVICE = "service", _("已派服务单")
    ANSWERED = "answered", _("当场答复")
    ELSEWHERE = "elsewhere", _("转其他部门")
    CALLBACK = "callback", _("约好回电")
    SILENT = "silent", _("无人说话")
    WRONG = "wrong", _("打错")


class OrderState(TextChoices):
    """How a service order stands."""

    PLACED = "placed", _("待上门")
    DONE = "done", _("待回访")
    RATED = "rated", _("已回访")
    CANCELLED = "cancelled", _("已取消")


class Satisfaction(TextChoices):
    """What the household says of a service."""

    SATISFIED = "satisfied", _("满意")
    ORDINARY = "ordinary", _("一般")
    UNSATISFIED = "unsatisfied", _("不满意")


class Why(TextChoices):
    """Why somebody is to be called back."""

    MISSED = "missed", _("未接来电")
    PROMISED = "promised", _("答应回电")


class Outcome(TextChoices):
    """How calling back went; only the first leaves it open."""

    NOBODY = "nobody", _("没有人接")
    TALKED = "talked", _("已通话")
    CALLED_AGAIN = "again", _("对方又打来，已接通")
    GIVEN_UP = "given_up", _("多次没接通，不再打")
