"""What the desk's selects offer: areas of the person's scope, classes and items in force."""

from django.db.models import Prefetch

from gongzhi.access.reads import AreaChoice
from gongzhi.catalogue.models import Item, ItemClass
from gongzhi.places.words import Level


def area_named(choices: list[AreaChoice]) -> str:
    """What the head of the desk says it is about: 望湖社区 · 12 个网格."""
    return choices[0].name if choices else ""


def grids_among(choices: list[AreaChoice]) -> int:
    """How many grids there are among the areas."""
    return sum(choice.level == Level.GRID for choice in choices)


def top_classes() -> list[ItemClass]:
    """The classes in force, without their items; one query."""
    return list(ItemClass.objects.filter(edition__active=True))


def class_choices() -> list[ItemClass]:
    """The classes in force, each with its items in `offered`; two queries."""
    shown = Item.objects.only("code", "name", "item_class_id", "edition_id")
    classes = ItemClass.objects.filter(edition__active=True)
    return list(classes.prefetch_related(Prefetch("items", shown, to_attr="offered")))


def item_choices() -> dict[str, str]:
    """Code → what people say for the item, to be searched in while typing; one query."""
    rows = Item.objects.filter(edition__active=True).values_list("code", "synonyms")
    return {code: " ".join(synonyms) for code, synonyms in rows}
