"""What a person was told and has not seen yet."""

from gongzhi.access.models import Person
from gongzhi.messages.models import Message


def unread_of(person: Person | None) -> int:
    """How many messages wait for the person; none for strangers."""
    return Message.objects.filter(to=person, read_at=None).count() if person else 0
