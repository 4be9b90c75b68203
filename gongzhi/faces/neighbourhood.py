"""Who looks after a place: its community, its grid, the grid workers and their telephone."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest

from gongzhi.access.checks import person_or_none
from gongzhi.access.models import Unit
from gongzhi.access.reads import grid_workers_of
from gongzhi.places import reads as places
from gongzhi.places.models import Area
from gongzhi.places.words import Level

COOKIE = "grid"  # the code of the area somebody looked up, kept on their own device only


@dataclass(frozen=True)
class Neighbourhood:
    """A place as residents know it; `phone` is the community's, else the helpline."""

    area: Area
    community: Area | None
    township: Area | None
    workers: list[str] = field(default_factory=list)
    phone: str = ""
    phone_of: str = ""

    @property
    def name(self) -> str:
        """望湖社区, or the area itself above communities."""
        return self.community.name if self.community else self.area.name


def of(area: Area) -> Neighbourhood:
    """The neighbourhood around an area, usually a grid."""
    community, township = area.community, area.township
    desk = Unit.objects.filter(kind="community", area=community).first() if community else None
    phone = desk.phone if desk and desk.phone else settings.HELPLINE
    return Neighbourhood(
        area=area,
        community=community,
        township=township,
        workers=[p.name for p in grid_workers_of(area)] if area.level == Level.GRID else [],
        phone=phone,
        phone_of=desk.name if desk and desk.phone else "",
    )


def around(request: HttpRequest) -> Neighbourhood | None:
    """Where the reader lives: by their post as a resident, else what they looked up before.

    None when nothing is known but the district, or not even that.
    """
    area = _home(request)
    return of(area) if area else None


def district_name() -> str:
    """The district served; empty before areas were loaded."""
    try:
        return places.district().name
    except LookupError:
        return ""


def _home(request: HttpRequest) -> Area | None:
    person = person_or_none(request.user)
    if person:
        for post in person.held:
            if post.area.level in {Level.GRID, Level.COMMUNITY}:
                return post.area
    code = request.COOKIES.get(COOKIE, "")
    if not code or len(code) > 20 or "\x00" in code:
        return None
    return Area.objects.filter(code=code, level__in=[Level.GRID, Level.COMMUNITY]).first()
