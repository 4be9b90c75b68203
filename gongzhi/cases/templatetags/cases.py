"""How a case's status, deadline and phone are worded on every page; `{% load cases %}`."""

from datetime import datetime

from django import template
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.words import Status
from gongzhi.kernel import sealed

register = template.Library()

STATUS_CLASSES = {
    Status.REPORTED: "new",
    Status.RETURNED: "new",
    Status.DISPATCHED: "todo",
    Status.ACCEPTED: "doing",
    Status.HANDLED: "check",
    Status.CHECKED: "check",
    Status.CLOSED: "done",
    Status.DECLINED: "off",
}
SOON = 4 * 3600  # seconds before the deadline from which it is shown as pressing


@register.filter
def status_class(case: Case | str) -> str:
    """The colour of a status: new, todo, doing, check, done or off; takes a case or a status."""
    return STATUS_CLASSES[Status(case.status if isinstance(case, Case) else case)]


@register.filter
def due_text(case: Case) -> str:
    """剩3天, 超2小时; once handled, whether that was in time; empty when nothing was handled."""
    if case.handled_at:
        return _("按时处置") if case.handled_at <= case.due_at else _("超时处置")
    if not case.is_open:
        return ""
    over, amount, unit = rules.time_left(case.due_at, now())
    how_long = _amount(amount, unit)
    return _("超%(time)s") % {"time": how_long} if over else _("剩%(time)s") % {"time": how_long}


@register.filter
def due_class(case: Case) -> str:
    """How pressing the deadline is: late, soon or ok; empty when it no longer runs."""
    if case.handled_at:
        return "ok" if case.handled_at <= case.due_at else "late"
    if not case.is_open:
        return ""
    seconds = (case.due_at - now()).total_seconds()
    if seconds < 0:
        return "late"
    return "soon" if seconds < SOON else "ok"


@register.filter
def masked_phone(phone: str) -> str:
    """138****6021."""
    return sealed.masked_phone(phone or "")


@register.filter
def masked_name(name: str) -> str:
    """王**."""
    return sealed.masked_name(name or "")


@register.filter
def clock(at: datetime | None) -> str:
    """A moment as people say it: 今天 18:00, 11-16 19:42; with the year when not this one."""
    if at is None:
        return ""
    local, today = localtime(at), localtime(now()).date()
    names = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}
    if day := names.get((local.date() - today).days):
        return f"{day} {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


@register.inclusion_tag("cases/_status_chip.html")
def status_chip(case: Case | str) -> dict[str, str]:
    """Colour, dot and word of a status; takes a case or a status."""
    status = Status(case.status if isinstance(case, Case) else case)
    return {"colour": STATUS_CLASSES[status], "label": str(status.label)}


@register.inclusion_tag("cases/_due_chip.html")
def due_chip(case: Case) -> dict[str, str]:
    """The deadline in words and colour; nothing when it no longer runs."""
    return {"colour": due_class(case), "label": due_text(case)}


def _amount(amount: int, unit: str) -> str:
    if unit == "minutes":
        return ngettext("%(n)s分钟", "%(n)s分钟", amount) % {"n": amount}
    if unit == "hours":
        return ngettext("%(n)s小时", "%(n)s小时", amount) % {"n": amount}
    return ngettext("%(n)s天", "%(n)s天", amount) % {"n": amount}
