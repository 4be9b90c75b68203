"""Who looks after what, as other packages ask for it."""

from gongzhi.access.models import Person
from gongzhi.access.roles import Role
from gongzhi.places.models import Area


def grid_workers_of(area: Area) -> list[Person]:
    """The grid workers posted to exactly this area, in the order they came."""
    posted = Person.objects.filter(
        posts__role=Role.GRID_WORKER, posts__area=area, is_active=True
    ).distinct()
    return list(posted.order_by("pk"))
