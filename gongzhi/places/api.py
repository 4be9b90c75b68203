"""Places for other programs: which grid a position lies in."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from gongzhi.kernel.answers import Refused, refusals
from gongzhi.kernel.refusals import NotUnderstood
from gongzhi.places import reads
from gongzhi.places.coordinates import to_wgs84
from gongzhi.places.words import Datum

router = Router(tags=["places"])


class Position(Schema):
    """A position on earth, in degrees."""

    lng: float
    lat: float
    datum: Datum = Datum.WGS84


class AreaOut(Schema):
    """The lowest area that holds a position: its grid where one is drawn."""

    code: str
    name: str
    level: str
    full_name: str


@router.get(
    "/places/locate",
    response={200: AreaOut, 404: Refused, **refusals()},
    summary="Which grid a position lies in",
    url_name="locate",
)
def locate(request: HttpRequest, position: Query[Position]) -> AreaOut:
    """404 outside the district served."""
    try:
        area = reads.area_at(*to_wgs84(position.lng, position.lat, position.datum))
    except ValueError as error:
        raise NotUnderstood(str(error), field="place") from error
    if area is None:
        raise Http404(_("这个位置在本区以外。"))
    return AreaOut.from_orm(area)
