"""How the channel board words figures; `{% load doors %}`."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def how_long(span: timedelta | None) -> str:
    """40秒, 12分钟, 3小时, 2天; empty for none."""
    if span is None:
        return ""
    seconds = max(0, int(span.total_seconds()))
    for size, words in ((86400, _("%(n)s天")), (3600, _("%(n)s小时")), (60, _("%(n)s分钟"))):
        if seconds >= 2 * size or (size == 60 and seconds >= 60):
            return words % {"n": seconds // size}
    return _("%(n)s秒") % {"n": seconds}
