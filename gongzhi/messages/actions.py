"""What people do with what they were told."""

from collections.abc import Iterable
from datetime import datetime

from gongzhi.access.models import Person
from gongzhi.kernel.actions import action
from gongzhi.messages.models import Message


@action
def mark_read(*, by: Person, messages: Iterable[Message], at: datetime) -> int:
    """Note when the person first saw these messages of theirs; how many were new to them."""
    keys = [message.pk for message in messages]
    return Message.objects.filter(to=by, pk__in=keys, read_at=None).update(read_at=at)
