"""Events in an order in which none can appear behind a reader's back."""

from typing import NamedTuple

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

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
    """Events, in stream order, before which no other can still be committed.

    A PostgreSQL transaction that took a smaller number may still be open; only what lies below the
    oldest open one is settled. SQLite has one writer: what is committed is settled, in order of id.
    """
    if connection.vendor != "postgresql":
        return Event.objects.order_by("id")
    horizon = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [])
    return Event.objects.filter(xact__lt=horizon).order_by("xact", "id")


def _behind(cursor: Cursor) -> QuerySet[Event]:
    """Settled events behind the cursor, found by a range of one index, however long the table."""
    if connection.vendor != "postgresql":
        return _settled().filter(id__gt=cursor.id)
    return _settled().filter(TupleGreaterThan(Tuple(F("xact"), F("id")), tuple(cursor)))


def after(cursor: Cursor, *, most: int = 500) -> list[Event]:
    """Up to `most` settled events behind the cursor, in stream order."""
    return list(_behind(cursor)[:most])


def count_after(cursor: Cursor, *, most: int) -> int:
    """How many settled events lie behind the cursor, counted up to `most`."""
    return _behind(cursor)[:most].count()


def now_at() -> Cursor:
    """The cursor behind the last settled event, for a reader who wants only what comes."""
    last = _settled().last()
    return Cursor(last.xact, last.pk) if last else Cursor(0, 0)


def place_of(event: Event) -> Cursor:
    """The cursor that a reader stands at after this event."""
    return Cursor(event.xact, event.pk)
