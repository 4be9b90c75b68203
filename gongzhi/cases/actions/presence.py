"""Who has a case open: one short-lived row a person, so that two do not answer the same matter."""

from datetime import datetime, timedelta

from gongzhi.access.models import Person
from gongzhi.cases.models import Case, Presence
from gongzhi.kernel.actions import action

AGAIN = timedelta(seconds=30)  # a row younger than this need not be written again


@action
def look_at(*, by: Person, case: Case, at: datetime) -> None:
    """Say that the person has the case open; the one they had open before is open no more."""
    if Presence.objects.filter(person=by, case=case, at__gt=at - AGAIN).exists():
        return
    Presence.objects.update_or_create(person=by, defaults={"case": case, "at": at})
