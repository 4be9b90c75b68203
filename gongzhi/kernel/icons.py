"""{% lucide "check" size=16 %}: each icon is drawn once and kept, because a list has a hundred."""

import re
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import lucide as library
from django.template import Library
from django.utils.html import escape
from django.utils.safestring import SafeString

MOST = 2048  # of names, sizes and attributes together
_SVG = re.compile(r"<svg(?P<attributes>[^>]*)>(?P<drawing>.*</svg>)", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
register = Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> SafeString:
    """The icon as SVG; attributes with _ for -. IconDoesNotExist for a name that is none."""
    return _kept(name, size, tuple(sorted(attributes.items())))


@cache
def drawings() -> ZipFile:
    """All icons of the library, which itself reads the list of them anew for each that it draws."""
    return ZipFile(BytesIO((Path(library.__file__).parent / "lucide.zip").read_bytes()))


@lru_cache(MOST)
def _kept(name: str, size: int | None, attributes: tuple[tuple[str, object], ...]) -> SafeString:
    try:
        svg = _SVG.search(drawings().read(f"{name}.svg").decode())
    except KeyError:
        svg = None
    if svg is None:
        raise library.IconDoesNotExist(f"The icon {name!r} does not exist.")
    said = dict(_ATTRIBUTE.findall(svg["attributes"]))
    del said["xmlns"]  # it stands inside a page
    if size is not None:
        said |= {"width": str(size), "height": str(size)}
    said |= {key.replace("_", "-"): str(value) for key, value in attributes}
    words = "".join(f' {key}="{escape(value)}"' for key, value in said.items())
    return SafeString(f"<svg{words}>{svg['drawing']}")
