"""What the desk's selects offer: areas of the person's scope, items in force."""

from gongzhi.access.reads import AreaChoice
from gongzhi.catalogue import reads as catalogue
from gongzhi.places.words import Level


def area_named(choices: list[AreaChoice]) -> str:
    """What the head of the desk says it is about: 望湖社区 · 12 个网格."""
    return choices[0].name if choices else ""


def grids_among(choices: list[AreaChoice]) -> int:
    """How many grids there are among the areas."""
    return sum(choice.level == Level.GRID for choice in choices)


def item_choices() -> dict[str, str]:
    """Code → what people say for the item, to be searched in while typing."""
    items = [item for one in catalogue.classes() for item in one.offered]
    return {item.code: " ".join(item.synonyms) for item in items}
