"""Rates and times as people read them; `{% load insight %}`."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

from gongzhi.insight.tables import DASH

register = template.Library()


@register.filter
def rate(value: float | None) -> str:
    """96.4%; a dash for a rate of nothing."""
    return DASH if value is None else f"{value:.1f}%"


@register.filter
def lasting(value: timedelta | None) -> str:
    """45 分钟, 6.5 小时 or 3.2 天, whichever says it best; a dash for none."""
    if value is None:
        return DASH
    minutes = value.total_seconds() / 60
    if minutes < 90:
        return _("%(n)s 分钟") % {"n": round(minutes)}
    if minutes < 48 * 60:
        return _("%(n)s 小时") % {"n": f"{minutes / 60:.1f}"}
    return _("%(n)s 天") % {"n": f"{minutes / 1440:.1f}"}
