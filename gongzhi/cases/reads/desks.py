"""Whose desk a case lies on."""

from gongzhi.cases import rules
from gongzhi.cases.models import Case
from gongzhi.catalogue.models import Item
from gongzhi.places.models import Area
from gongzhi.places.words import Level


def first_desk(area: Area, item: Item | None) -> Area:
    """The desk of a new case: that of the item's tier, the sub-district's while that is open."""
    level = Level(rules.DESK_OF_TIER[item.tier]) if item else Level.TOWNSHIP
    return area.at_level(level) or area.at_level(Level.DISTRICT) or area


def desks_above(case: Case) -> list[Area]:
    """The desks to which the case may be sent up, the next one first; none above the district.

    More than one only for an item that the catalogue lets skip levels.
    """
    over = [area for area in case.area.chain if area.pk != case.desk_id and area.holds(case.desk)]
    above = [area for area in reversed(over) if area.level in {Level.TOWNSHIP, Level.DISTRICT}]
    return above if case.item and case.item.skips_levels else above[:1]


def arbiters_desk(case: Case) -> Area:
    """Where it is ruled who must take the case: one desk above; the district rules itself."""
    above = case.desk.parent
    return above if above and above.level in {Level.TOWNSHIP, Level.DISTRICT} else case.desk


def is_one_step(case: Case, to: Area) -> bool:
    """Whether handing the case down to that desk skips no level that it may not skip."""
    if case.item and case.item.skips_levels:
        return True
    return case.desk.level != Level.DISTRICT or to.level == Level.TOWNSHIP
