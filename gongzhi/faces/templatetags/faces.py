"""What layouts are made of: inlined styles, icons, switches; `{% load faces %}`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString, mark_safe

from gongzhi.access.checks import may
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.faces.core_css import NO_SCRIPT, core_css
from gongzhi.kernel.icons import lucide
from gongzhi.places.models import Area

register = template.Library()
SELECTED = " selected"


@register.simple_tag
def core_styles() -> SafeString:
    """The styles of the phone faces; the policy knows exactly this text."""
    return mark_safe(  # noqa: S308 - our own files, no input
        f"<style>{core_css()}</style><noscript><style>{NO_SCRIPT}</style></noscript>"
    )


@register.simple_tag
def icon(name: str, size: int = 24) -> Any:
    """A lucide icon that screen readers skip; the word stands beside it."""
    return lucide(name, size=size, aria_hidden="true", focusable="false")


@register.simple_tag
def options(
    choices: Iterable[Any], picked: object = None, key: str = "pk", label: str = "name"
) -> SafeString:
    """The options of a select: pairs of value and word, or rows read by `key` and `label`.

    What is picked is compared as text, as it comes back from a form. One call renders a long list
    many times as fast as a loop in the template does.
    """
    chosen = "" if picked is None else str(picked)
    lines = [
        f'<option value="{escape(value)}"{SELECTED if str(value) == chosen else ""}>'
        f"{escape(word)}</option>"
        for value, word in _pairs(choices, key, label)
    ]
    return mark_safe("".join(lines))  # noqa: S308 - each value and word is escaped above


def _pairs(choices: Iterable[Any], key: str, label: str) -> Iterator[tuple[Any, Any]]:
    for one in choices:
        yield one if isinstance(one, tuple) else (getattr(one, key), getattr(one, label))


@register.simple_tag(takes_context=True)
def able(context: Context, can: str, within: Area | None = None) -> bool:
    """Whether the person on the page may do this there, or anywhere when no area is given."""
    request: HttpRequest | None = context.get("request")
    person = request.user if request else None
    return isinstance(person, Person) and may(person, Can(can), within=within)


@register.simple_tag(takes_context=True)
def come_back(context: Context) -> str:
    """Where a switch leads back to: this page, or the one before if this one was an answer."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return "/"
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return before
    return "/"


@register.simple_tag(takes_context=True)
def elder_switch(context: Context) -> str:
    """The address that turns the other mode on and comes back here."""
    other = "off" if context.get("elder") else "on"
    return f"{reverse('faces:elder', args=[other])}?{urlencode({'next': come_back(context)})}"


@register.filter
def guards_elders(person: object) -> bool:
    """Whether there are elders whom this person guards, so that the round has a tab for them."""
    return isinstance(person, Person) and may(person, Can.GUARD_ELDERS, within=None)
