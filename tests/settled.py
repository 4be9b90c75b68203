"""Waiting until what is committed may be read from the stream.

The oldest open transaction of the whole PostgreSQL server holds the stream's horizon, whichever
database it works in: also that of a test running in another worker beside this one.
"""

import time

from django.db import connection

from gongzhi.journal.models import Event
from gongzhi.journal.stream import after, place_of


def wait_until_settled(*, seconds: float = 60) -> None:
    """Return once the event written last can be read; AssertionError when that takes too long.

    Nothing settles inside the transaction of a test that rolls back: there it returns at once.
    """
    if connection.in_atomic_block:
        return
    last = Event.objects.order_by("-pk").first()
    if last is None:
        return
    before = place_of(last)._replace(id=last.pk - 1)
    until = time.monotonic() + seconds
    while not after(before, most=1):
        assert time.monotonic() < until, "a transaction elsewhere never ended"
        time.sleep(0.02)
