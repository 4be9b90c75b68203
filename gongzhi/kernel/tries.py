"""Tries at a secret, counted in the database: together for all processes, also after a restart.

`limits` counts in the process and costs nothing, which is right for floods; whoever guesses must
not get as many tries again from each process. One upsert a try: docs/adr/0030.
"""

from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from gongzhi.kernel.limits import too_often
from gongzhi.kernel.models import Tries

_COUNT = (
    "INSERT INTO kernel_tries (what, source, ends, count) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (what, source, ends) DO UPDATE SET count = kernel_tries.count + 1 "
    "RETURNING count"
)


def count_try(what: str, source: str, *, most: int, seconds: int, at: datetime) -> None:
    """Count one try of `source` at `what`; TooMany beyond `most` in a window of `seconds`."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [what, digest(source), _end(seconds, at)])
        [(count,)] = cursor.fetchall()
    if count == 1:
        Tries.objects.filter(ends__lt=int(at.timestamp())).delete()
    if count > most:
        raise too_often(seconds)


def take_back(what: str, source: str, *, seconds: int, at: datetime) -> None:
    """Take one try back out of the count: it was right, and only wrong ones are limited."""
    Tries.objects.filter(
        what=what, source=digest(source), ends=_end(seconds, at), count__gt=0
    ).update(count=F("count") - 1)


def digest(source: str) -> str:
    """What is kept instead of an address or a name; the same in every process."""
    told = source.encode("utf-8", "surrogatepass")
    return salted_hmac("gongzhi.kernel.tries", told, algorithm="sha256").hexdigest()[:40]


def _end(seconds: int, at: datetime) -> int:
    return (int(at.timestamp()) // seconds + 1) * seconds
