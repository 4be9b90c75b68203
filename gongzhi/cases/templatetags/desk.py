"""What only the desk's pages show: icons of classes, lengths of time; `{% load desk %}`."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lucide import IconDoesNotExist

from gongzhi.calendars.words import LimitUnit
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.words import Evidence
from gongzhi.kernel.icons import lucide
from gongzhi.places.words import Level

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def class_icon(name: str, size: int = 20) -> SafeString:
    """The icon of a class; a circle with a question mark when there is none of that name."""
    try:
        return mark_safe(lucide(name or "circle-question-mark", size=size, aria_hidden="true"))  # noqa: S308 - an icon drawn by the library; the name only picks it
    except IconDoesNotExist:
        return mark_safe(lucide("circle", size=size, aria_hidden="true"))  # noqa: S308 - an icon drawn by the library; the name only picks it


@register.filter
def took(time: timedelta | None) -> str:
    """A length of time as people say it: 35分钟, 6.2小时, 3天."""
    if time is None:
        return "—"
    hours = time.total_seconds() / 3600
    if hours < 1:
        return ngettext("%(n)s分钟", "%(n)s分钟", round(hours * 60)) % {"n": round(hours * 60)}
    if hours < 48:
        return _("%(n)s小时") % {"n": f"{hours:.1f}".removesuffix(".0")}
    return _("%(n)s天") % {"n": f"{hours / 24:.1f}".removesuffix(".0")}


@register.filter
def grid_name(case: Case) -> str:
    """Where a case lies, short: 望湖社区07网格; needs the area's parent to be read with it."""
    area = case.area
    if area.level == Level.GRID and area.parent:
        return f"{area.parent.name}{area.name}"
    return area.name


@register.filter
def percent(share: float) -> int:
    """0.873 as 87."""
    return round(100 * share)


@register.filter
def stage_text(stage: Mapping[str, object]) -> str:
    """One stage of an item with its limit: 修复 2工作日."""
    unit = LimitUnit(str(stage["unit"])).label
    return f"{stage['name']} {stage['limit']}{unit}"


@register.filter
def evidence_word(code: str) -> str:
    """What an item asks to be shown, in words; the code where there is none."""
    return str(Evidence(code).label) if code in Evidence.values else code


@register.filter
def unit_kind(code: str) -> str:
    """The name of a kind of unit; its code where the edition in force knows none."""
    return catalogue.unit_kinds().get(code, code)
