"""City components as cases know them: what is usually wrong with one, and which cases it has."""

from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db.models import QuerySet

from gongzhi.access.models import Person
from gongzhi.cases.models import Case
from gongzhi.catalogue import reads as catalogue
from gongzhi.catalogue.models import Item
from gongzhi.places.models import Component

FILE = "components.yaml"


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
