"""How often one source may ask: a counter per source and window, kept in the cache."""

import hashlib
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from gongzhi.kernel.refusals import TooMany


def within_limit(what: str, source: str, *, most: int, seconds: int, at: datetime) -> None:
    """Count one request of `source` for `what`; TooMany beyond `most` in a window of `seconds`."""
    key = _key(what, source, seconds, at)
    cache.add(key, 0, timeout=seconds + 5)
    try:
        count = cache.incr(key)
    except ValueError:  # evicted between the two calls: the count starts again
        cache.set(key, 1, timeout=seconds + 5)
        count = 1
    if count > most:
        raise TooMany(
            _("操作太频繁了，请%(minutes)s分钟后再试。紧急情况请直接拨打电话。")
            % {"minutes": max(1, seconds // 60)}
        )


def give_back(what: str, source: str, *, seconds: int, at: datetime) -> None:
    """Take one request back out of the count, where only the failed ones are to be limited.

    Counting before the try and giving back after a good one leaves no gap for guesses made at
    the same moment.
    """
    try:
        cache.decr(_key(what, source, seconds, at))
    except ValueError:  # evicted: nothing is counted any more
        return


def _key(what: str, source: str, seconds: int, at: datetime) -> str:
    # Sources are typed by people: a digest is short and holds nothing a cache would choke on.
    digest = hashlib.blake2b(source.encode(errors="replace"), digest_size=16).hexdigest()
    return f"limit:{what}:{digest}:{int(at.timestamp()) // seconds}"
