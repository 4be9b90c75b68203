"""What is still owed after the end: return visits and answers to appeals."""

from datetime import datetime

from django.db.models import QuerySet

from gongzhi.access.models import Person
from gongzhi.cases.models import Appeal, FollowUp


def visits_owed(person: Person, *, at: datetime) -> QuerySet[FollowUp]:
    """Return visits to be made now, soonest first."""
    owed = FollowUp.objects.visible_to(person).owed().filter(begins_at__lte=at)
    return owed.order_by("due_at", "pk")


def appeals_owed(person: Person) -> QuerySet[Appeal]:
    """Appeals that wait for a decision, soonest first."""
    return Appeal.objects.visible_to(person).owed().order_by("due_at", "pk")
