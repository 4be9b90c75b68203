"""What is owed and not done, over the whole journal: for whoever checks an installation."""

from typing import NamedTuple

from django.db.models import Count

from gongzhi.journal.models import Errand
from gongzhi.journal.record import stuck


class Owing(NamedTuple):
    """Errands not done, those of them that failed too often, and those written down twice."""

    waiting: int
    stuck: int
    doubled: int


def owing() -> Owing:
    """Counted now; on an installation at rest all three are 0."""
    twice = Errand.objects.values("event_id", "reaction").annotate(n=Count("pk")).filter(n__gt=1)
    return Owing(
        waiting=Errand.objects.filter(done_at=None).count(),
        stuck=stuck().count(),
        doubled=twice.count(),
    )
