"""Charts drawn by the server: numbers in, coordinates of a 100 × 100 box out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongzhi.insight.rules import Counts

INTERVALS = 4
NAMES_MOST = 11  # names below a trend, at equal distances, the first and the last step among them


@dataclass(frozen=True)
class Column:
    """One step of the trend; `named` says whether there is room for its name."""

    begin: date
    reported: int
    ended: int
    named: bool


@dataclass(frozen=True)
class Trend:
    """Two lines over the same steps, and the marks of their scale from the top down."""

    came: str
    area: str
    ended: str
    ticks: list[int]
    columns: list[Column]


def trend(steps: Sequence[tuple[date, Counts]]) -> Trend:
    """What came in and what was closed; at least one step."""
    top = _top(max(max(c.reported, c.ended) for _begin, c in steps))
    came = _line([c.reported for _begin, c in steps], top)
    named = _named(len(steps))
    return Trend(
        came=came,
        area=f"{came}L100 100L0 100Z",
        ended=_line([c.ended for _begin, c in steps], top),
        ticks=[top * n // INTERVALS for n in reversed(range(INTERVALS + 1))],
        columns=[
            Column(begin, c.reported, c.ended, named=n in named)
            for n, (begin, c) in enumerate(steps)
        ],
    )


def _named(count: int) -> set[int]:
    """Which steps get a name; an odd number of them, so that every second may be left out."""
    last = count - 1
    spaces = min(last, NAMES_MOST - 1)
    spaces -= spaces % 2 if spaces > 1 else 0
    return {round(n * last / spaces) for n in range(spaces + 1)} if spaces else {0}


def _top(most: int) -> int:
    """The end of the scale: the next number above that divides well into four."""
    step = 1
    while True:
        for nice in (4 * step, 8 * step, 12 * step, 20 * step):
            if nice >= most:
                return nice
        step *= 10


def _line(counts: Sequence[int], top: int) -> str:
    width = 100 / max(len(counts) - 1, 1)
    points = [f"{n * width:.2f} {100 - 100 * count / top:.2f}" for n, count in enumerate(counts)]
    if len(points) == 1:
        points.append(f"100 {points[0].split()[1]}")
    return "M" + "L".join(points)
