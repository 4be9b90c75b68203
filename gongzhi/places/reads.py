"""Areas as the rest of the product asks for them."""

from gongzhi.places.locate import locate
from gongzhi.places.models import Area
from gongzhi.places.words import Level


def area_at(lng: float, lat: float) -> Area | None:
    """The grid, else the lowest area, that holds the position (WGS-84); None outside."""
    pk = locate(lng, lat)
    return None if pk is None else Area.objects.get(pk=pk)


def district() -> Area:
    """The district this installation serves. LookupError before areas were loaded."""
    top = Area.objects.filter(level=Level.DISTRICT).order_by("code").first()
    if top is None:
        raise LookupError("no district: load areas first")
    return top
