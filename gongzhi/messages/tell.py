"""The one door through which the product tells people things."""

from collections.abc import Iterable
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.messages.models import Message, Text


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


def text(phone: str, words: str, *, about: str, once: str, at: datetime) -> None:
    """Owe a telephone a short message, once per `once` key; for people without an account.

    Written in the caller's transaction and delivered by the worker afterwards, so that nothing is
    sent of what was rolled back. `about` (alert:17) says what it belongs to.
    """
    if phone:
        Text.objects.bulk_create(
            [Text(phone=phone, words=words, about=about, once=once, owed_at=at, not_before=at)],
            ignore_conflicts=True,
        )
