"""The button by which a list leaves the house; `{% load tables %}`."""

from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.kernel.icons import lucide
from gongzhi.sheets.forms import filters_in
from gongzhi.sheets.kinds import LISTINGS

register = template.Library()


@register.simple_tag(takes_context=True)
def take_out(context: template.Context, name: str, label: str = "", **more: object) -> SafeString:
    """`{% take_out "visits.stops" round=one.pk %}`: the list as it is filtered in the address.

    The key e presses it, the first where a page has several.

    Nothing for who may not take it out; `more` are filters that the address does not have.
    """
    request: HttpRequest = context["request"]
    person, listing = request.user, LISTINGS[name]
    if not (isinstance(person, Person) and may(person, listing.can, within=None)):
        return SafeString("")
    query = urlencode({**filters_in(request.GET), **more})
    return format_html(
        '<a class="btn line" aria-keyshortcuts="e" href="{}{}">{}<span>{}</span></a>',
        reverse("tables:ask", args=[name]),
        f"?{query}" if query else "",
        lucide("download", size=16, aria_hidden="true"),
        label or _("导出与打印"),
    )
