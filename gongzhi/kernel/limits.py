"""How often one source may ask: a counter per source and window, kept in the cache."""

from datetime import datetime

from django.core.cache import cache

from gongzhi.kernel.refusals import TooMany


def within_limit(what: str, source: str, *, most: int, seconds: int, at: datetime) -> None:
    """Count one request of `source` for `what`; TooMany beyond `most` in a window of `seconds`."""
    window = int(at.timestamp()) // seconds
    key = f"limit:{what}:{source}:{window}"
    cache.add(key, 0, timeout=seconds + 5)
    try:
        count = cache.incr(key)
    except ValueError:  # evicted between the two calls: the count starts again
        cache.set(key, 1, timeout=seconds + 5)
        count = 1
    if count > most:
        minutes = max(1, seconds // 60)
        raise TooMany(f"提交得太频繁了，请{minutes}分钟后再试。紧急情况请直接拨打电话。")
