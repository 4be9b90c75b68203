"""The stretch of a long list that one page looks through, so that its cost never grows.

A rare filter over five years would read every case there ever was. A page looks through some
thousand neighbours in the list's order instead, says so, and offers to go on from there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db.models import Q

from gongzhi.cases.models import Case
from gongzhi.kernel.numbers import whole

LOOKED_AT = 10_000
REMEMBERED = 60  # seconds that the newest stretch may be old; it only grows meanwhile
WHOLE = "whole"  # remembered of a list that one page looks through to its end
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """Cases whose `column` lies from `near` on, as far as `far`; without it, to the end.

    Backwards in time unless `forwards`; `near` belongs to the stretch before, `far` to this one.
    """

    column: str  # "reported_at" or "ended_at"
    near: datetime | None = None
    far: datetime | None = None
    forwards: bool = False

    @property
    def condition(self) -> Q:
        """That a case lies in it."""
        found = Q()
        if self.near is not None:
            found &= Q(**{f"{self.column}__{'gt' if self.forwards else 'lt'}": self.near})
        if self.far is not None:
            found &= Q(**{f"{self.column}__{'lte' if self.forwards else 'gte'}": self.far})
        return found

    @property
    def next(self) -> str:
        """Where the next one begins, as an address carries it; empty at the end."""
        return "" if self.far is None else str((self.far - _EPOCH) // timedelta(microseconds=1))


def stretch(column: str, past: str = "", *, forwards: bool = False) -> Stretch:
    """The stretch of `LOOKED_AT` cases that begins at `past`, or at the list's own beginning."""
    near = moment(past)
    key = f"stretch:{column}:{forwards}"
    if near is None and (known := cache.get(key)):
        return Stretch(column, None, None if known == WHOLE else known, forwards)
    begun = Stretch(column, near, None, forwards)
    order = column if forwards else f"-{column}"
    ahead = Case.objects.filter(begun.condition, **{f"{column}__isnull": False})
    far = ahead.order_by(order).values_list(column, flat=True)[LOOKED_AT - 1 : LOOKED_AT].first()
    if near is None:
        cache.set(key, far or WHOLE, REMEMBERED)
    return Stretch(column, near, far, forwards)


def moment(past: str) -> datetime | None:
    """The moment that an address carries; None for anything else."""
    since = whole(past, 17)
    if since is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=since)
    except OverflowError:
        return None
