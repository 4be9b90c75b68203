"""Questions whose quick way depends on what is asked for: PostgreSQL plans them anew each time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def planned_for_these_values(**settings: str) -> Iterator[None]:
    """Inside, no plan is kept for all values; `settings` of PostgreSQL hold inside as well.

    A status that a handful of cases have and one that nearly all have are found in different ways,
    and so are a rare word and a common one. SQLite plans without looking at values: nothing to do.
    """
    if connection.vendor != "postgresql":
        yield
        return
    wanted = {"plan_cache_mode": "force_custom_plan", **settings}
    calls = ", ".join("set_config(%s, %s, true)" for _setting in wanted)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in wanted.items() for part in pair])
        yield
