"""What the channel board and its list show of letters that made no case."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.utils.functional import Promise

from gongzhi.access.models import Person
from gongzhi.doors.mail.agreed import terms
from gongzhi.doors.mail.models import Regret
from gongzhi.doors.reads import Owed
from gongzhi.doors.words import Delivery, Otherwise

AT_ONCE = 50


@dataclass(frozen=True)
class Line:
    """A letter that did not get through, and the name of the mailbox it was to answer for."""

    regret: Regret
    mailbox: str
    folder: str  # where the writer's own letter lies
    ways: Sequence[tuple[str, Promise | str]]


def undelivered(person: Person) -> list[Line]:
    """Those of the person's areas, given-up ones first; the oldest fifty."""
    found = Regret.objects.undelivered().visible_to(person).select_related("taken")
    now = terms()
    names = {code: box.name for code, box in now.mailboxes.items()}
    return [
        Line(
            regret,
            names.get(regret.taken.mailbox, regret.taken.mailbox),
            now.folders["refused"],
            Otherwise.choices,
        )
        for regret in found.order_by("state", "pk")[:AT_ONCE]
    ]


def owed() -> Owed:
    """What the channel board counts of them."""
    waiting, tried = Q(state=Delivery.OWED), Q(state=Delivery.OWED, tries__gt=0)
    figures = Regret.objects.filter(state__in=[Delivery.OWED, Delivery.DEAD]).aggregate(
        owed=Count("pk", filter=waiting),
        oldest=Min("taken__at", filter=waiting),
        tried_since=Min("taken__at", filter=tried),
        dead=Count("pk", filter=Q(state=Delivery.DEAD)),
    )
    return Owed(**figures)
