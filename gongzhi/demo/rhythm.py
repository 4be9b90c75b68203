"""When things happen in the demo: nights are quiet, weekends slower, desks keep hours."""

import math
from bisect import bisect
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random

from gongzhi.cases.words import Source

DAYS = 90
WEEK = [1.12, 1.06, 1.04, 1.02, 1.05, 0.86, 0.78]  # Monday first
# How many reports come in each hour of the day, from midnight.
HOURS: dict[str, Sequence[int]] = {
    Source.POCKET: [1, 1, 0, 0, 0, 1, 4, 9, 10, 8, 7, 7, 8, 6, 6, 6, 7, 9, 11, 12, 11, 8, 5, 2],
    Source.PATROL: [0, 0, 0, 0, 0, 0, 1, 6, 14, 18, 16, 8, 2, 3, 12, 16, 14, 8, 3, 2, 1, 0, 0, 0],
    Source.HOTLINE: [1, 1, 1, 0, 1, 1, 2, 6, 12, 14, 12, 8, 5, 6, 9, 10, 9, 7, 6, 6, 5, 4, 3, 2],
    Source.PHONE: [0, 0, 0, 0, 0, 0, 0, 2, 10, 14, 12, 7, 2, 4, 11, 12, 9, 6, 2, 1, 0, 0, 0, 0],
    Source.VISIT: [0, 0, 0, 0, 0, 0, 0, 0, 8, 14, 12, 5, 0, 1, 8, 10, 8, 3, 0, 0, 0, 0, 0, 0],
}
HOURS[Source.WECHAT] = HOURS[Source.POCKET]
ALWAYS = [1] * 24
DESK = (time(7, 40), time(21, 30))  # somebody sits at the dispatcher's desk, every day
ROUND = (time(7, 20), time(19, 40))  # grid workers and units are out


class Rhythm:
    """Draws moments of the last ninety days, ending now (aware, local)."""

    def __init__(self, now: datetime, rng: Random) -> None:
        self.now = now
        self._rng = rng
        passed = (now - now.replace(hour=0, minute=0, second=0)) / timedelta(days=1)
        weights = []
        for back in range(DAYS):
            day = now - timedelta(days=back)
            growth = 1.15 - 0.3 * back / DAYS
            weights.append(WEEK[day.weekday()] * growth * (passed if back == 0 else 1))
        self._days = list(accumulate(weights))

    def report(self, source: str) -> datetime:
        """When a report by this door came in, at least a minute ago."""
        hours = HOURS.get(source, ALWAYS)
        while True:
            back = bisect(self._days, self._rng.random() * self._days[-1])
            hour = self._rng.choices(range(24), hours)[0]
            day = self.now - timedelta(days=back)
            moment = day.replace(
                hour=hour,
                minute=self._rng.randrange(60),
                second=self._rng.randrange(60),
                microsecond=0,
            )
            if moment < self.now - timedelta(minutes=1):
                return moment

    def after(
        self, moment: datetime, median: timedelta, hours: tuple[time, time] | None, spread: float
    ) -> datetime:
        """About `median` later, within the hours; the night is waited for unless hours is None."""
        factor = math.exp(self._rng.gauss(0, spread))
        later = moment + timedelta(seconds=max(20.0, median.total_seconds() * factor))
        return later if hours is None else self._within(later, hours)

    def _within(self, moment: datetime, hours: tuple[time, time]) -> datetime:
        opens, closes = hours
        if moment.time() > closes:
            moment += timedelta(days=1)
        elif moment.time() >= opens:
            return moment
        start = moment.replace(hour=opens.hour, minute=opens.minute, second=0)
        return start + timedelta(seconds=self._rng.randrange(3600))
