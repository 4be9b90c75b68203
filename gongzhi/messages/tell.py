"""The one door through which the product tells people things."""

from collections.abc import Iterable
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.messages.models import Message


def tell(
    people: Iterable[Person | None], template: str, *, once: str, at: datetime, **facts: object
) -> None:
    """Put the message into each person's box, once per `once` key however often it is asked."""
    Message.objects.bulk_create(
        [
            Message(to=person, template=template, facts=facts, once=once, told_at=at)
            for person in {p.pk: p for p in people if p is not None}.values()
        ],
        ignore_conflicts=True,
    )
