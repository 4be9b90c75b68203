"""How silence, moods and calls are worded on every page; `{% load care %}`."""

from datetime import datetime, timedelta

from django import template
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gongzhi.care.models import Alert, Elder, Step
from gongzhi.care.reads.board import place_of
from gongzhi.care.words import Call, CloseCode, Ground, Mood, Outcome, View
from gongzhi.kernel import sealed
from gongzhi.sensing.models import Device
from gongzhi.sensing.words import Health

register = template.Library()

EVENTS = {
    "care.alert_raised": gettext_lazy("告警"),
    "care.notice_raised": gettext_lazy("提醒"),
    "care.step_taken": gettext_lazy("梯次"),
    "care.step_answered": gettext_lazy("结果"),
    "care.accepted": gettext_lazy("接单"),
    "care.arrived": gettext_lazy("到达门口"),
    "care.closed": gettext_lazy("结束"),
    "care.enrolled": gettext_lazy("登记守护"),
    "care.withdrawn": gettext_lazy("撤回同意，停止守护"),
    "care.family_consent_set": gettext_lazy("家属查看的同意"),
    "care.contact_added": gettext_lazy("添加联系人"),
    "care.contact_removed": gettext_lazy("删除联系人"),
    "care.contact_first": gettext_lazy("调整拨打次序"),
    "care.link_made": gettext_lazy("生成专属链接"),
    "care.link_revoked": gettext_lazy("停用专属链接"),
    "care.sensitivity_set": gettext_lazy("调整灵敏度"),
    "care.absence_begun": gettext_lazy("登记外出"),
    "care.absence_ended": gettext_lazy("外出结束"),
}

MOOD_CLASSES = {
    Mood.ALARM: "new",
    Mood.NOTICE: "todo",
    Mood.BLIND: "check",
    Mood.QUIET: "todo",
    Mood.FINE: "done",
    Mood.NEW: "doing",
    Mood.AWAY: "off",
}
GROUND_ICONS = {
    Ground.SILENCE: "hourglass",
    Ground.ELECTRICITY: "zap",
    Ground.OUT_TOO_LONG: "footprints",
    Ground.UNOPENED: "door-open",
    Ground.NIGHT_DOOR: "moon",
    Ground.INTRUSION: "shield-check",
    Ground.BLIND: "wifi-off",
    Ground.SOS: "bell-ring",
    Ground.SMOKE: "siren",
    Ground.GAS: "siren",
    Ground.WATER: "siren",
}
OUTCOME_CLASSES = {
    Outcome.WAITING: "off",
    Outcome.CALLING: "doing",
    Outcome.SAFE: "done",
    Outcome.COMING: "done",
    Outcome.HELP: "new",
    Outcome.NO_ANSWER: "todo",
    Outcome.ASKED: "doing",
    Outcome.SKIPPED: "off",
}
HEALTH_CLASSES = {
    Health.ONLINE: "done",
    Health.LOW_BATTERY: "todo",
    Health.LATE: "todo",
    Health.OFFLINE: "new",
    Health.TAMPER: "new",
}


@register.filter
def lasting(span: timedelta | None) -> str:
    """A stretch of time as people say it: 20分钟, 5小时20分, 3天."""
    if span is None:
        return ""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)s分钟", "%(n)s分钟", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        if not rest:
            return ngettext("%(n)s小时", "%(n)s小时", hours) % {"n": hours}
        return _("%(h)s小时%(m)s分") % {"h": hours, "m": rest}
    days = minutes // 1440
    return ngettext("%(n)s天", "%(n)s天", days) % {"n": days}


@register.filter
def since(at: datetime | None) -> str:
    """How long ago: 5小时20分."""
    return lasting(now() - at) if at else ""


@register.filter
def hours_text(hours: float) -> str:
    """Hours with a fraction as people say them."""
    return lasting(timedelta(hours=hours))


@register.filter
def mood_class(mood: str) -> str:
    """The colour of a mood."""
    return MOOD_CLASSES[Mood(mood)]


@register.filter
def ground_icon(alert: Alert) -> str:
    """The icon of what an alert is about."""
    return GROUND_ICONS[Ground(alert.ground)]


@register.filter
def outcome_class(outcome: str) -> str:
    """The colour of what became of a rung or a call."""
    return OUTCOME_CLASSES[Outcome(outcome)]


@register.filter
def health_class(device: Device) -> str:
    """The colour of a device's health."""
    return HEALTH_CLASSES[Health(device.health)]


@register.filter
def elder_name(elder: Elder) -> str:
    """王**: the name as boards show it."""
    return sealed.masked_name(elder.name)


@register.filter
def elder_place(elder: Elder) -> str:
    """The building, never the address."""
    return place_of(elder)


@register.filter
def phone_tail(phone: str) -> str:
    """138****6021."""
    return sealed.masked_phone(phone or "")


@register.filter
def masked(name: str) -> str:
    """王**."""
    return sealed.masked_name(name or "")


@register.filter
def step_words(step: Step) -> str:
    """What a rung does, with which call or contact it is: 致电联系人（第2位）."""
    word = str(Call(step.call).label)
    if step.call == Call.CONTACT:
        return _("%(word)s（第%(n)s位）") % {"word": word, "n": step.order + 1}
    if step.call == Call.ELDER and step.order:
        return _("再次%(word)s") % {"word": word}
    return word


@register.filter
def ended_words(alert: Alert) -> str:
    """What an ended alert turned out to be."""
    return str(CloseCode(alert.close_code).label) if alert.close_code else ""


@register.filter
def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share * 100:.0f}%"


@register.filter
def at_clock(at: datetime | None) -> str:
    """The time of day alone: 21:40; with the day when it is not today's."""
    if at is None:
        return ""
    local = localtime(at)
    return f"{local:%H:%M}" if local.date() == localtime(now()).date() else f"{local:%m-%d %H:%M}"


@register.filter
def care_event(name: str) -> str:
    """What an event of the record is called."""
    return str(EVENTS.get(name, name))


@register.filter
def view_words(what: str) -> str:
    """What somebody looked at."""
    return str(View(what).label) if what in View.values else what


@register.filter
def call_words(call: str) -> str:
    """What a rung does."""
    return str(Call(call).label)


@register.filter
def outcome_words(outcome: str) -> str:
    """What became of a rung."""
    return str(Outcome(outcome).label)


@register.filter
def code_words(code: str) -> str:
    """What an alert turned out to be."""
    return str(CloseCode(code).label)
