"""How a case's status, deadline and phone are worded on every page; `{% load cases %}`."""

from datetime import datetime, timedelta

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.cases.reads.known import public_name
from gongzhi.cases.reads.tracking import staff_titles
from gongzhi.cases.words import Status
from gongzhi.catalogue.models import Item
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
    Status.ARBITRATION: "new",
    Status.MERGED: "off",
}
SOON = 4 * 3600  # seconds before the deadline from which it is shown as pressing


@register.simple_tag(takes_context=True)
def case_number(context: Context, case: Case) -> SafeString:
    """The number of a case, leading to its page at the desk for whoever may open that.

    Who took a call down knows the number of a case that is another community's to handle.
    """
    person = context["request"].user
    if isinstance(person, Person) and may(person, Can.SEE_CASES, within=case.area):
        href = reverse("staff:case", args=[case.pk])
        return format_html('<a class="mono" href="{}">{}</a>', href, case.number)
    return format_html('<span class="mono">{}</span>', case.number)


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


@register.filter
def limit_text(item: Item) -> str:
    """The promised limit of an item as people say it: 4工作小时, 7个工作日."""
    limit = rules.handling_limit(item.stages)
    if limit is None:
        return ""
    amount, unit = limit
    words = {
        "h": ngettext("%(n)s小时", "%(n)s小时", amount),
        "wh": ngettext("%(n)s工作小时", "%(n)s工作小时", amount),
        "wd": ngettext("%(n)s个工作日", "%(n)s个工作日", amount),
        "d": ngettext("%(n)s天", "%(n)s天", amount),
    }
    return words[unit] % {"n": amount}


@register.filter
def day(at: datetime) -> str:
    """The day alone: 今天, 昨天, 11-16; with the year when not this one."""
    local, today = localtime(at).date(), localtime(now()).date()
    if word := {0: _("今天"), 1: _("昨天")}.get((today - local).days):
        return word
    return f"{local:%m-%d}" if local.year == today.year else f"{local:%Y-%m-%d}"


@register.filter
def promise(case: Case) -> str:
    """What an open case's reporter is promised: 预计明天 18:00 前办结; when late, that it is."""
    if case.handled_at:
        return _("已处置，等待核查")
    if case.due_at < now():
        return _("已超过承诺时间")
    return _("预计 %(at)s 前办结") % {"at": clock(case.due_at)}


@register.filter
def promise_class(case: Case) -> str:
    """The colour of the promise."""
    if case.handled_at:
        return "check"
    return "new" if case.due_at < now() else "doing"


@register.filter
def item_icon(case: Case) -> str:
    """The icon of the class the case belongs to; a question mark while nobody has decided."""
    return case.item.item_class.icon if case.item else "circle-question-mark"


@register.filter
def star_words(_case: Case) -> list[tuple[int, str]]:
    """The five ratings and what each means, worst first."""
    words = [_("很差"), _("较差"), _("一般"), _("满意"), _("很满意")]
    return list(enumerate(words, start=1))


@register.filter
def status_label(status: str) -> str:
    """The word for a status."""
    return str(Status(status).label)


@register.filter
def step_title(name: str) -> str:
    """What staff call a step of the record: 派遣 for cases.dispatched."""
    return staff_titles().get(name, "")


register.filter("public_name", public_name)


@register.filter
def span_text(span: timedelta) -> str:
    """How long something took, in the largest unit: 3天, 5小时, 12分钟."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 60:
        return _amount(minutes, "minutes")
    if minutes < 48 * 60:
        return _amount(minutes // 60, "hours")
    return _amount(minutes // 1440, "days")


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
