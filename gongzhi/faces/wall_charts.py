"""The wall's charts, drawn by the server: numbers in, coordinates of a 100 × 100 box out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

STEPS = [digits * 10**power for power in range(6) for digits in (1, 2, 2.5, 5)]
INTERVALS = 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line over days: `solid` up to yesterday, `dashed` on to today, `area` below both."""

    solid: str
    dashed: str
    area: str


@dataclass(frozen=True)
class Slice:
    """A part of a ring whose length is 100: drawn for `dash`, beginning at `offset`."""

    label: str
    count: int
    percent: float
    dash: str
    offset: str


def ticks(most: int) -> list[int]:
    """The marks of a scale for counts up to `most`, highest first, at equal distances down to 0."""
    whole = (int(step) for step in STEPS if step == int(step))
    step = next((s for s in whole if s * INTERVALS >= most), -(-most // INTERVALS))
    return [step * n for n in reversed(range(INTERVALS + 1))]


def line(counts: Sequence[int], top: int) -> Line:
    """A smooth line through the counts; each stands in the middle of its share of the width."""
    width = 100 / len(counts)
    points = [(width * (n + 0.5), 100 - 100 * count / top) for n, count in enumerate(counts)]
    curves = _curves(points)
    start = f"M{_at(points[0])}"
    solid, last = " ".join(curves[:-1]), curves[-1:]
    close = f"V100H{points[0][0]:.2f}Z"
    return Line(
        solid=f"{start}{solid}",
        dashed=f"M{_at(points[-2])}{last[0]}" if last else start,
        area=f"{start}{' '.join(curves)}{close}",
    )


def ring(parts: Sequence[tuple[str, int]]) -> list[Slice]:
    """The parts of a ring, clockwise from the top; nothing for parts that are nothing."""
    total = sum(count for _label, count in parts)
    found, done = [], 0.0
    for label, count in parts:
        if not count:
            continue
        percent = 100 * count / total
        found.append(
            Slice(label, count, percent, f"{percent:.2f} {100 - percent:.2f}", f"{-done:.2f}")
        )
        done += percent
    return found


def _curves(points: Sequence[Point]) -> list[str]:
    """Cubic curves from each point to the next that never overshoot (Fritsch and Carlson, 1980)."""
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairwise(points)]
    if not slopes:
        return []
    inner = [
        0.0 if before * after <= 0 else 2 * before * after / (before + after)
        for before, after in pairwise(slopes)
    ]
    tangents = [slopes[0], *inner, slopes[-1]]
    curves = []
    for n, ((x1, y1), (x2, y2)) in enumerate(pairwise(points)):
        third = (x2 - x1) / 3
        bend = [(x1 + third, y1 + third * tangents[n]), (x2 - third, y2 - third * tangents[n + 1])]
        curves.append("C" + " ".join(_at(point) for point in [*bend, (x2, y2)]))
    return curves


def _at(point: Point) -> str:
    return f"{point[0]:.2f},{point[1]:.2f}"
