"""Whose desk a case lies on."""

from gongzhi.cases import rules
from gongzhi.catalogue.models import Item
from gongzhi.places.models import Area
from gongzhi.places.words import Level


def first_desk(area: Area, item: Item | None) -> Area:
    """The desk of a new case: that of the item's tier, the sub-district's while that is open."""
    level = Level(rules.DESK_OF_TIER[item.tier]) if item else Level.TOWNSHIP
    return area.at_level(level) or area.at_level(Level.DISTRICT) or area
