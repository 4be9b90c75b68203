"""City components as cases know them: what is usually wrong with one, and which cases it has."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import reads as places
from gongzhi.places.coordinates import Position
from gongzhi.places.models import Component

FILE = "components.yaml"


@dataclass(frozen=True)
class Thing:
    """A component as a form offers it: how far, whether chosen, how many open cases it has."""

    component: Component
    metres: int
    chosen: bool
    open: int


def things_beside(position: Position | None, chosen: str = "") -> list[Thing]:
    """The components around a position, nearest first; the one chosen (its code) is among them."""
    found = places.components_beside(*position) if position else []
    if chosen and chosen not in {one.component.code for one in found}:
        found = [*places.components_coded(chosen, position), *found]
    counts = open_about([one.component.code for one in found])
    return [
        Thing(one.component, one.metres, one.component.code == chosen,
              counts.get(one.component.code, 0))
        for one in found
    ]  # fmt: skip


def painted_code(text: str, position: Position | None) -> str:
    """The code of the component meant by what is painted on it; empty for an empty text.

    NotUnderstood when nothing near the position, or more than one component, is called so.
    """
    if not text:
        return ""
    found = places.components_painted(text, position)
    if len(found) == 1:
        return found[0].code
    sentence = (
        _("有几个设施的编号以“%(code)s”结尾，请写全 16 位，或从列表中选。")
        if found
        else _("没有找到编号“%(code)s”的设施。请核对编号，先定好位置，或留空不填。")
    )
    raise NotUnderstood(sentence % {"code": text}, field="component")


def item_for(component: Component) -> Item | None:
    """The item that such a component is usually reported for; None when the file names none."""
    path = Path(settings.CONFIG_DIR) / FILE
    if not path.exists():
        return None
    for piece, code in _read(path, path.stat().st_mtime_ns):
        if piece in component.name:
            return catalogue.item(code)
    return None


@lru_cache(maxsize=4)
def _read(path: Path, _changed_at: int) -> tuple[tuple[str, str], ...]:
    """(piece of a component's name, code of an item), in the order of the file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple((str(piece), str(code)) for piece, code in content.items())


def cases_about(component: Component, person: Person) -> QuerySet[Case]:
    """The component's cases that the person may see, newest first."""
    return (
        Case.objects.visible_to(person)
        .filter(component=component)
        .order_by("-reported_at")
        .distinct()
    )


def open_about(codes: list[str]) -> dict[str, int]:
    """How many open cases each of the components with these codes has; without a word of them."""
    found: dict[str, int] = {}
    rows = Case.objects.open().filter(component__code__in=codes)
    for code in rows.values_list("component__code", flat=True):
        found[code] = found.get(code, 0) + 1
    return found
