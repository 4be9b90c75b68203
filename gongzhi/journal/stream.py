"""Events in an order in which none can appear behind a reader's back."""

from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from gongzhi.journal.models import Event


class Cursor(NamedTuple):
    """How far a reader has come; written "xact-id" on the wire."""

    xact: int
    id: int

    def __str__(self) -> str:
        return f"{self.xact}-{self.id}"


def cursor_from(text: str) -> Cursor | None:
    """Read a cursor as the wire carries it; None for anything else."""
    head, _, tail = text.partition("-")
    if head.isdecimal() and tail.isdecimal() and len(text) < 42:
        return Cursor(int(head), int(tail))
    return None


def _settled() -> QuerySet[Event]:
    """Events behind which no other can still be committed.

    A PostgreSQL transaction that took a smaller number may still be open; only what lies below the
    oldest open one is settled. SQLite has one writer, so everything committed is settled.
    """
    events = Event.objects.order_by("xact", "id")
    if connection.vendor == "postgresql":
        horizon = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [])
        events = events.filter(xact__lt=horizon)
    return events


def after(cursor: Cursor, *, most: int = 500) -> list[Event]:
    """Up to `most` settled events behind the cursor, in stream order."""
    behind = Q(xact__gt=cursor.xact) | Q(xact=cursor.xact, id__gt=cursor.id)
    return list(_settled().filter(behind)[:most])


def now_at() -> Cursor:
    """The cursor behind the last settled event, for a reader who wants only what comes."""
    last = _settled().last()
    return Cursor(last.xact, last.pk) if last else Cursor(0, 0)


def place_of(event: Event) -> Cursor:
    """The cursor that a reader stands at after this event."""
    return Cursor(event.xact, event.pk)
