"""The curve of a replay as a picture: mean latency against false alarms a day."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gongzhi.care.replay.figures import PUBLISHED_RATE, Figures

WIDE, HIGH = 1200, 760
LEFT, RIGHT, TOP, BOTTOM = 100, 40, 90, 90
INK, FAINT, PAPER = (31, 41, 55), (209, 213, 219), (255, 255, 255)
HUES = {"contacts": (180, 83, 9), "rich": (3, 105, 161)}
PUBLISHED_HOURS = 5.39  # Wilhelm and Wahl 2024


def draw(groups: Sequence[Figures], path: Path) -> None:
    """Write the PNG. Nothing is drawn for a group without collapses."""
    image = Image.new("RGB", (WIDE, HIGH), PAPER)
    pen = ImageDraw.Draw(image)
    groups = [group for group in groups if group.collapses]
    points = [(level.a_day, level.mean) for group in groups for level in group.levels]
    most_x = _round_up(max([x for x, _ in points if x < 1] + [0.12]), 0.05)
    most_y = _round_up(max([y for _, y in points] + [8]), 2)
    plot = _Plot(pen, most_x, most_y)
    plot.axes()
    plot.mark(PUBLISHED_RATE, PUBLISHED_HOURS, INK, "Wilhelm & Wahl 2024: 5.39 h at 0.09/day")
    for place, group in enumerate(groups):
        plot.curve(group, HUES.get(group.outfit, INK), place)
    pen.text((LEFT, 22), "Mean hours from collapse to alarm", INK, _font(26))
    pen.text(
        (LEFT, 56), "against false alarms per home and day; one dot per target r", INK, _font(18)
    )
    image.save(path, "PNG", optimize=True)


class _Plot:
    """Axes and what is drawn between them."""

    def __init__(self, pen: ImageDraw.ImageDraw, most_x: float, most_y: float) -> None:
        self.pen, self.most_x, self.most_y = pen, most_x, most_y

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a point."""
        across = LEFT + x / self.most_x * (WIDE - LEFT - RIGHT)
        return across, HIGH - BOTTOM - y / self.most_y * (HIGH - TOP - BOTTOM)

    def axes(self) -> None:
        """Grid lines with their numbers."""
        for n in range(6):
            x, y = self.most_x * n / 5, self.most_y * n / 5
            self.pen.line([self.at(x, 0), self.at(x, self.most_y)], FAINT)
            self.pen.line([self.at(0, y), self.at(self.most_x, y)], FAINT)
            across, down = self.at(x, 0)
            self.pen.text((across, down + 10), f"{x:.2f}", INK, _font(18), anchor="ma")
            across, down = self.at(0, y)
            self.pen.text((across - 12, down), f"{y:.1f}", INK, _font(18), anchor="rm")
        self.pen.text(
            (WIDE / 2, HIGH - 42), "false alarms per home and day", INK, _font(20), anchor="ma"
        )

    def mark(self, x: float, y: float, hue: tuple[int, int, int], text: str) -> None:
        """A cross with a word beside it."""
        across, down = self.at(x, y)
        for step in (-1, 1):
            self.pen.line([(across - 9, down - 9 * step), (across + 9, down + 9 * step)], hue, 3)
        self.pen.text((across + 16, down), text, hue, _font(18), anchor="lm")

    def curve(self, group: Figures, hue: tuple[int, int, int], place: int) -> None:
        """One group's levels, joined; the live level r of alarms is ringed."""
        dots = sorted((lv.a_day, lv.mean, lv.r) for lv in group.levels if lv.a_day <= self.most_x)
        self.pen.line([self.at(x, y) for x, y, _ in dots], hue, 4, joint="curve")
        for x, y, r in dots:
            across, down = self.at(x, y)
            big = 11 if r == group.alarm_r else 5
            self.pen.ellipse([across - big, down - big, across + big, down + big], hue)
            self.pen.text((across + 8, down - 22), f"{r:g}", hue, _font(15))
        words = f"{group.outfit}: {group.homes} homes, {group.home_months:.1f} home-months"
        self.pen.text((WIDE - RIGHT, TOP + 26 * place), words, hue, _font(19), anchor="ra")


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _round_up(value: float, step: float) -> float:
    return (int(value / step) + 1) * step
