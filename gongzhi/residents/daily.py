"""Once a day, early: people grow older, manual tags end."""

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from gongzhi.journal.chores import chore
from gongzhi.journal.models import Event
from gongzhi.residents.actions.tagging import retag_everybody
from gongzhi.residents.models import Resident

FROM_HOUR = 3  # when few people work; five million take about a minute
DONE = "residents.tags_recomputed"


@chore("residents.tags_of_the_day", every=timedelta(minutes=10))
def tags_of_the_day(at: datetime) -> bool:
    """Decide all tags once a day; twice, by two workers at the same moment, does no harm."""
    here = localtime(at)
    if here.hour < FROM_HOUR or not Resident.objects.exists():
        return False
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if Event.objects.filter(name=DONE, at__gte=midnight).exists():
        return False
    retag_everybody(by=None, at=at)
    return True
