"""{% lucide "check" size=16 %}: each icon is drawn once and kept, because a list has a hundred."""

from functools import lru_cache

from django.template import Library
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as drawn

MOST = 2048  # of names, sizes and attributes together
register = Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> SafeString:
    """The icon as SVG; attributes with _ for -. IconDoesNotExist for a name that is none."""
    return _kept(name, size, tuple(sorted(attributes.items())))


@lru_cache(MOST)
def _kept(name: str, size: int | None, attributes: tuple[tuple[str, object], ...]) -> SafeString:
    return SafeString(drawn(name, size=size, **dict(attributes)))
