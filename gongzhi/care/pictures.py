"""One elder's rhythm as a picture: sizes and places only, the template draws it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from gongzhi.care.reads.rhythm import BINS, Day, Rhythm

LEFT, WIDE = 62, 864  # px before the hours begin, and of the 24 hours
CURVE_TOP, CURVE_HIGH = 8, 96
GRID_TOP, ROW, GAP = 132, 13, 2
HOUR_WIDE = WIDE / 24
MOST_HOURS = 24.0


@dataclass(frozen=True)
class Cell:
    """A mark on the picture; `kind` is its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Label:
    """A word on the picture."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Picture:
    """Everything to be drawn, in pixels of the view box."""

    width: int
    height: int
    cells: list[Cell]
    spans: list[Cell]  # the present silence, and the way to the alarm
    marks: list[Cell]  # now, notice and alarm
    days: list[Label]
    hours: list[Label]
    bars: list[Cell]
    line: str  # points of the alarm line
    scale: list[Label]
    grid_top: int
    grid_bottom: int
    curve_bottom: int


def picture(found: Rhythm, *, at: datetime) -> Picture:
    """The rhythm drawn: above what is usual and allowed by the hour, below the days."""
    top = {day.day: GRID_TOP + n * (ROW + GAP) for n, day in enumerate(found.days)}
    bottom = GRID_TOP + len(found.days) * (ROW + GAP)
    cells = [cell for day in found.days for cell in _cells(day, top[day.day])]
    spans, marks = _silence(found, at, top, bottom)
    extra = 1 if any(mark.y >= bottom for mark in [*spans, *marks]) else 0
    return Picture(
        width=LEFT + WIDE + 34,
        height=bottom + extra * (ROW + GAP) + 6,
        cells=cells,
        spans=spans,
        marks=marks,
        days=[_day_label(day, top[day.day]) for day in found.days],
        hours=[Label(LEFT + h * HOUR_WIDE, GRID_TOP - 8, f"{h}") for h in range(0, 25, 3)],
        bars=[_bar(h, share) for h, share in enumerate(found.usual)],
        line=_line(found.line),
        scale=[Label(LEFT + WIDE + 6, _hours_y(h) + 4, f"{h:.0f}h") for h in (6.0, 12.0, 24.0)],
        grid_top=GRID_TOP,
        grid_bottom=bottom,
        curve_bottom=CURVE_TOP + CURVE_HIGH,
    )


def _cells(day: Day, y: float) -> list[Cell]:
    wide = WIDE / BINS
    cells = []
    for n, (inside, door) in enumerate(zip(day.inside, day.door, strict=True)):
        if inside or door:
            strong = "2" if inside + door > 3 else "1"
            kind = f"door{strong}" if door else f"in{strong}"
            cells.append(Cell(round(LEFT + n * wide, 1), y, round(wide - 0.6, 1), ROW, kind))
    return cells


def _silence(
    found: Rhythm, at: datetime, top: Mapping[date, float], bottom: float
) -> tuple[list[Cell], list[Cell]]:
    """The present silence as a bar, what is left until the alarm, and the marks on it."""
    if found.last_at is None:
        return [], []
    places: dict[date, float] = dict(top)
    tomorrow = localtime(at).date() + timedelta(days=1)
    places[tomorrow] = bottom
    spans = _span(found.last_at, at, "silent", places)
    marks = _mark(at, "now", places)
    if found.alarm_at is not None:
        if found.alarm_at > at:
            spans += _span(at, found.alarm_at, "ahead", places)
        marks += _mark(found.alarm_at, "alarm", places)
    if found.notice_at is not None:
        marks += _mark(found.notice_at, "notice", places)
    return spans, marks


def _span(start: datetime, end: datetime, kind: str, top: Mapping[date, float]) -> list[Cell]:
    """A stretch of time, cut at midnights; the part of each day that is on the picture."""
    cells: list[Cell] = []
    now, end = localtime(start), localtime(end)
    while now < end:
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        stop = min(end, midnight)
        if (y := top.get(now.date())) is not None:
            x = _x(now)
            wide = (stop - now) / timedelta(hours=1) * HOUR_WIDE
            cells.append(Cell(round(x, 1), y + 3, round(max(wide, 0.5), 1), ROW - 6, kind))
        now = stop
    return cells


def _mark(at: datetime, kind: str, top: Mapping[date, float]) -> list[Cell]:
    local = localtime(at)
    y = top.get(local.date())
    return [] if y is None else [Cell(round(_x(local) - 1.5, 1), y - 2, 3, ROW + 4, kind)]


def _x(at: datetime) -> float:
    local = localtime(at)
    return LEFT + (local.hour + local.minute / 60 + local.second / 3600) * HOUR_WIDE


def _day_label(day: Day, y: float) -> Label:
    return Label(LEFT - 8, y + ROW - 2, f"{day.day:%m-%d}")


def _bar(hour: int, share: float) -> Cell:
    high = share * CURVE_HIGH
    y = CURVE_TOP + CURVE_HIGH - high
    x = LEFT + hour * HOUR_WIDE
    return Cell(round(x + 1, 1), round(y, 1), round(HOUR_WIDE - 2, 1), round(high, 1), "usual")


def _hours_y(hours: float) -> float:
    return CURVE_TOP + CURVE_HIGH * (1 - min(hours, MOST_HOURS) / MOST_HOURS)


def _line(hours: list[float]) -> str:
    if len(hours) != 24:
        return ""
    points = [(LEFT + h * HOUR_WIDE, _hours_y(value)) for h, value in enumerate(hours)]
    points.append((LEFT + WIDE, _hours_y(hours[0])))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
