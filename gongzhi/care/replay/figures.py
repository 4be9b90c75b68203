"""What a replay found, as figures held against the goals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gongzhi.care.replay.running import RICH_FROM, HomeRun, Judged, levels
from gongzhi.care.rules.silence import DAY
from gongzhi.care.rules.tail import ALARM_R, DAYS_A_MONTH, NOTICE_R

PUBLISHED_RATE = 0.09  # false alarms a day; Wilhelm and Wahl 2024: mean 5.39 h there


@dataclass(frozen=True, slots=True)
class Goal:
    """The goals of one outfit: false alarms a home-month, median and 95 % latency in hours."""

    false_alarms: float
    median: float
    p95: float
    mean_at_published: float | None = None  # the published data are motion and water sensors


GOALS = {"contacts": Goal(1.0, 9.5, 15.0), "rich": Goal(1.2, 5.0, 9.5, 5.0)}


@dataclass(frozen=True)
class Level:
    """One target r over all homes: false alarms, and hours from collapse to alarm."""

    r: float
    alarms: int
    alarms_long: int  # of these, in silences of a day and more
    a_month: float  # without those in long silences, per home-month without them
    a_month_all: float
    a_day: float
    found: int
    missed: int
    mean: float
    median: float
    p95: float
    mean_from_last_event: float


@dataclass(frozen=True)
class Figures:
    """All figures of one group of homes."""

    outfit: str
    homes: int
    events: int
    home_months: float  # counted, without silences of a day and more and without blind time
    home_months_all: float
    warm_up_days: float  # the mean of what was only learnt from
    levels: list[Level]
    alarm_r: float
    out_alarms: int
    out_notices: int
    unopened: int
    night_doors: int
    while_out: int  # silence alarms during outings (entrance before and after)
    already_alarmed: int
    collapses: int
    mean_at_published: float | None
    published_reached: bool  # else the nearest point of the curve was taken

    def level(self, r: float) -> Level:
        """The figures at a target r that was followed."""
        return next(level for level in self.levels if level.r == r)

    @property
    def alarm(self) -> Level:
        """The level that wakes a grid worker."""
        return self.level(self.alarm_r)

    @property
    def notice(self) -> Level:
        """The level that is shown at the desk."""
        return self.level(NOTICE_R)

    def as_json(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)


def outfit_of(run: HomeRun) -> str:
    """`rich` or `contacts`, told by how much a home says a day."""
    days = max((run.ends - run.begins) / DAY, 1)
    return "rich" if run.events / days >= RICH_FROM else "contacts"


def figures(outfit: str, runs: Sequence[HomeRun], *, alarm_r: float = ALARM_R) -> Figures:
    """The figures of one group of homes."""
    all_days = sum(run.days for run in runs)
    hidden = sum(run.absent_seconds + run.blind_seconds for run in runs) / DAY
    days = max(all_days - hidden, 1e-9)
    judged = [found for run in runs for found in run.judged]
    listed = [_level(n, r, judged, runs, days, all_days) for n, r in enumerate(levels(alarm_r))]
    mean, reached = mean_at(listed, PUBLISHED_RATE)
    case = levels(alarm_r).index(alarm_r)
    signs = Counter((sign.ground.value, sign.alarm) for run in runs for sign in run.signs)
    return Figures(
        outfit=outfit,
        homes=len(runs),
        events=sum(run.events for run in runs),
        home_months=days / DAYS_A_MONTH,
        home_months_all=all_days / DAYS_A_MONTH,
        warm_up_days=float(np.mean([(r.counted_from - r.begins) / DAY for r in runs])),
        levels=listed,
        alarm_r=alarm_r,
        out_alarms=signs["out_too_long", True],
        out_notices=signs["out_too_long", False],
        unopened=signs["unopened", False],
        night_doors=signs["night_door", False],
        while_out=sum(1 for j in judged if j.alarm.level == case and j.out and not j.long),
        already_alarmed=sum(run.already_alarmed for run in runs),
        collapses=sum(len(run.collapses) for run in runs),
        mean_at_published=mean,
        published_reached=reached,
    )


def _level(
    n: int, r: float, judged: list[Judged], runs: Sequence[HomeRun], days: float, all_days: float
) -> Level:
    here = [found for found in judged if found.alarm.level == n]
    long = sum(1 for found in here if found.long)
    collapses = [collapse for run in runs for collapse in run.collapses]
    hours = np.array([c.hours[n] for c in collapses], np.float64)
    waited = np.array([(c.at - c.last_event) / 3600 for c in collapses], np.float64)
    known = hours > 0  # neither missed nor reached before: the same is left out at every level
    return Level(
        r=r,
        alarms=len(here),
        alarms_long=long,
        a_month=(len(here) - long) / days * DAYS_A_MONTH,
        a_month_all=len(here) / max(all_days, 1e-9) * DAYS_A_MONTH,
        a_day=(len(here) - long) / days,
        found=int(known.sum()),
        missed=int(np.isnan(hours).sum()),
        mean=_of(np.mean, hours[known]),
        median=_of(np.median, hours[known]),
        p95=_of(lambda x: np.quantile(x, 0.95), hours[known]),
        mean_from_last_event=_of(np.mean, (hours + waited)[known]),
    )


def _of(statistic: object, values: npt.NDArray[np.float64]) -> float:
    return float(statistic(values)) if len(values) else float("nan")  # type: ignore[operator]


def mean_at(listed: Sequence[Level], rate: float) -> tuple[float | None, bool]:
    """Mean latency at a rate of false alarms a day, between the two levels around it.

    Beyond the ends of the curve the nearest level that makes no more false alarms is taken, and
    the second value is False. None when nothing was put in.
    """
    points = sorted((level.a_day, level.mean) for level in listed if level.found)
    if not points:
        return None, False
    if rate >= points[-1][0]:
        return points[-1][1], False
    if rate < points[0][0]:
        return None, False
    for (low, slow), (high, fast) in pairwise(points):
        if low <= rate < high:
            part = (rate - low) / (high - low)
            return slow + part * (fast - slow), True
    return None, False
