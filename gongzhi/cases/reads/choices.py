"""What the desk's selects offer: areas of the person's scope, classes and items in force."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q

from gongzhi.access.checks import scope
from gongzhi.access.models import Person
from gongzhi.access.roles import Can
from gongzhi.catalogue.models import Item, ItemClass
from gongzhi.places.models import Area
from gongzhi.places.words import Level

INDENT = "\u3000"  # a full-width space: what a select shows of a tree


@dataclass(frozen=True)
class AreaChoice:
    """An area in the order of the tree; `label` is indented below its parent."""

    code: str
    name: str
    label: str
    level: str
    path: str


def area_choices(person: Person, can: Can) -> list[AreaChoice]:
    """The areas where the person may do it, as a tree from the top; one query."""
    within = Q(pk=None)
    for path in scope(person, can):
        within |= Q(path__startswith=path)
    rows = Area.objects.filter(within).order_by("path").values_list("code", "name", "level", "path")
    top = min((path.count("/") for *_, path in rows), default=0)
    return [
        AreaChoice(code, name, INDENT * (path.count("/") - top) + name, level, path)
        for code, name, level, path in rows
    ]


def area_named(choices: list[AreaChoice]) -> str:
    """What the head of the desk says it is about: 望湖社区 · 12 个网格."""
    return choices[0].name if choices else ""


def grids_among(choices: list[AreaChoice]) -> int:
    """How many grids there are among the areas."""
    return sum(choice.level == Level.GRID for choice in choices)


def class_choices() -> list[ItemClass]:
    """The classes in force, each with its items in `offered`; two queries."""
    shown = Item.objects.only("code", "name", "item_class_id", "edition_id")
    classes = ItemClass.objects.filter(edition__active=True)
    return list(classes.prefetch_related(Prefetch("items", shown, to_attr="offered")))


def item_choices() -> dict[str, str]:
    """Code → what people say for the item, to be searched in while typing; one query."""
    rows = Item.objects.filter(edition__active=True).values_list("code", "synonyms")
    return {code: " ".join(synonyms) for code, synonyms in rows}
