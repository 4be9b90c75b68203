"""Drawn photographs for the demo: a street by day or night with one thing wrong, and put right."""

import io
import math
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gongzhi.cases import files
from gongzhi.cases.files import StoredFile

SIZE = W, H = 960, 720
HORIZON = 330
VARIANTS = 2
Draw = ImageDraw.ImageDraw
Paint = tuple[int, int, int]

# Which scene shows a class of the catalogue; the first part of an item's name that fits wins.
BY_NAME = [
    ("路灯", "lamp"), ("井盖", "manhole"), ("积水", "flood"), ("内涝", "flood"),
    ("消防通道", "cars"),
    ("停车", "cars"), ("停放", "cars"), ("单车", "bikes"), ("电动", "bikes"), ("路面", "pothole"),
    ("道路", "pothole"), ("人行道", "pothole"), ("垃圾", "rubbish"), ("渣土", "rubbish"),
    ("楼道", "stairs"), ("杂物", "stairs"), ("电梯", "stairs"), ("绿", "weeds"), ("树", "weeds"),
]  # fmt: skip
BY_CLASS = {
    "01": "rubbish", "02": "pothole", "03": "cars", "05": "stairs", "06": "flood", "07": "cars",
}  # fmt: skip
DRAWN = 2 * VARIANTS * 9  # pictures in an album
SCENES = ("lamp", "manhole", "flood", "cars", "bikes", "pothole", "rubbish", "stairs", "weeds")


def scene_of(code: str, name: str) -> str:
    """The scene for an item of the catalogue."""
    return next((scene for part, scene in BY_NAME if part in name), BY_CLASS.get(code[:2], "weeds"))


class Album:
    """A few drawn originals per scene, and as many copies as there are cases to show them."""

    def __init__(self, seed: int, progress: Callable[[int], None]) -> None:
        """Draw and store the originals; `progress` hears of each."""
        self._originals: dict[tuple[str, int, bool], StoredFile] = {}
        for scene in SCENES:
            for variant in range(VARIANTS):
                for fixed in (False, True):  # the same street before and after
                    rng = Random(f"{seed}:{scene}:{variant}")
                    self._originals[scene, variant, fixed] = self._stored(scene, rng, fixed=fixed)
                    progress(1)

    def copy(self, scene: str, variant: int, *, fixed: bool) -> StoredFile:
        """A photo of the scene under a name of its own; the disk holds the picture once."""
        original = self._originals[scene, variant % VARIANTS, fixed]
        token = secrets.token_urlsafe(32)
        for suffix in files.SUFFIX.values():
            there = _path(token, suffix)
            there.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(_path(original.token, suffix), there)
            except OSError:  # a file system without links
                shutil.copyfile(_path(original.token, suffix), there)
        return replace(original, token=token)

    @staticmethod
    def _stored(scene: str, rng: Random, *, fixed: bool) -> StoredFile:
        out = io.BytesIO()
        draw_scene(scene, rng, fixed=fixed).save(out, "JPEG", quality=88)
        return files.take_photo(ContentFile(out.getvalue(), name="demo.jpg"))


def _path(token: str, suffix: str) -> Path:
    return Path(settings.PHOTO_DIR) / token[:2] / (token + suffix)


def draw_scene(scene: str, rng: Random, *, fixed: bool) -> Image.Image:
    """A street (or a stairwell) with the thing wrong, or put right."""
    night = scene == "lamp"
    picture = _stairwell(rng) if scene == "stairs" else _street(rng, night=night)
    THINGS[scene](ImageDraw.Draw(picture, "RGBA"), rng, fixed=fixed)
    if night:
        picture = _night(picture, rng, lit=fixed)
    grain = Image.effect_noise(SIZE, 22).convert("RGB")
    picture = Image.blend(picture, ImageChops.overlay(picture, grain), 0.35)
    return picture.filter(ImageFilter.GaussianBlur(0.9))


def _shade(paint: Paint, by: float) -> Paint:
    r, g, b = (max(0, min(255, round(c * by))) for c in paint)
    return r, g, b


def _street(rng: Random, *, night: bool) -> Image.Image:
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    sky: Paint = (52, 62, 92) if night else rng.choice([(176, 203, 226), (199, 209, 214)])
    for y in range(HORIZON):
        draw.line([(0, y), (W, y)], _shade(sky, 0.85 + 0.25 * y / HORIZON))
    x = -20
    while x < W:
        width, top = rng.randint(90, 190), rng.randint(60, 210)
        wall: Paint = rng.choice(
            [(201, 190, 172), (178, 168, 158), (214, 206, 196), (168, 122, 98)]
        )
        draw.rectangle([x, top, x + width, HORIZON + 20], wall)
        for row in range(top + 16, HORIZON - 14, 34):
            for col in range(x + 12, x + width - 22, 32):
                glass: Paint = (232, 205, 132) if night and rng.random() < 0.3 else (96, 112, 126)
                draw.rectangle([col, row, col + 17, row + 20], glass)
        x += width + rng.randint(0, 26)
    for y in range(HORIZON, H):
        draw.line([(0, y), (W, y)], _shade((118, 118, 120), 0.82 + 0.35 * (y - HORIZON) / H))
    draw.polygon([(0, HORIZON + 14), (W, HORIZON + 14), (W, HORIZON + 62), (0, HORIZON + 92)],
                 (171, 164, 154))  # fmt: skip
    for i in range(7):
        left = 40 + i * 150 + rng.randint(-8, 8)
        draw.polygon([(left, 560), (left + 70, 556), (left + 76, 568), (left + 4, 572)],
                     (214, 214, 208))  # fmt: skip
    for _tree in range(rng.randint(2, 4)):
        foot = rng.randint(40, W - 40)
        draw.rectangle([foot - 7, 250, foot + 7, HORIZON + 50], (92, 74, 58))
        for _leaf in range(26):
            cx, cy = foot + rng.gauss(0, 34), 215 + rng.gauss(0, 30)
            draw.ellipse(
                [cx - 22, cy - 18, cx + 22, cy + 18], _shade((78, 112, 66), rng.uniform(0.7, 1.2))
            )
    return picture


def _stairwell(rng: Random) -> Image.Image:
    picture = Image.new("RGB", SIZE, (206, 202, 192))
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 0, W, 390], _shade((212, 208, 197), rng.uniform(0.9, 1.0)))
    draw.rectangle([0, 250, W, 390], (124, 148, 138))
    for y in range(390, H):
        draw.line([(0, y), (W, y)], _shade((150, 145, 138), 0.8 + 0.4 * (y - 390) / 330))
    for i in range(7):
        x, y = 560 + i * 52, i * 44
        draw.polygon([(x, 470 - y), (W, 450 - y), (W, 480 - y), (x, 498 - y)],
                     _shade((176, 170, 160), 0.75 + i / 20))  # fmt: skip
    draw.rectangle([90, 90, 270, 400], (112, 82, 62))
    draw.rectangle([104, 104, 256, 396], (134, 100, 76))
    draw.ellipse([236, 246, 250, 260], (206, 186, 120))
    return picture


def _night(picture: Image.Image, rng: Random, *, lit: bool) -> Image.Image:
    light = Image.new("L", SIZE, 74)
    if lit:
        glow = ImageDraw.Draw(light)
        for r in range(420, 0, -14):
            glow.ellipse(
                [500 - r, 170 - r // 2, 500 + r, 170 + r * 1.25], 74 + round(170 * (1 - r / 420))
            )
    light = light.filter(ImageFilter.GaussianBlur(24))
    warm = Image.merge(
        "RGB", [light, light.point(lambda v: v * 0.94), light.point(lambda v: v * 0.8)]
    )
    return ImageChops.multiply(picture, warm)


# ── the things themselves ────────────────────────────────────────────────────


class Thing(Protocol):
    """Draws one thing into a street, wrong or put right."""

    def __call__(self, draw: Draw, rng: Random, *, fixed: bool) -> None:
        """Into a picture of SIZE."""


def _lamp(draw: Draw, rng: Random, *, fixed: bool) -> None:
    draw.rectangle([494, 150, 506, 560], (70, 74, 80))
    draw.line([(500, 154), (560, 132)], (70, 74, 80), 9)
    draw.ellipse([546, 120, 606, 150], (255, 240, 190) if fixed else (58, 60, 64))


def _manhole(draw: Draw, rng: Random, *, fixed: bool) -> None:
    x, y = rng.randint(380, 560), rng.randint(540, 600)
    draw.ellipse([x - 118, y - 52, x + 118, y + 52], (86, 86, 88))
    draw.ellipse([x - 98, y - 41, x + 98, y + 41], (104, 100, 96) if fixed else (18, 18, 20))
    if fixed:
        for i in range(-3, 4):
            draw.line([(x + i * 26, y - 34), (x + i * 26, y + 34)], (76, 74, 72), 4)
    else:
        draw.polygon([(x + 60, y - 66), (x + 196, y - 20), (x + 150, y + 22)], (112, 106, 100))


def _flood(draw: Draw, rng: Random, *, fixed: bool) -> None:
    if fixed:
        for _spot in range(9):
            x, y = rng.randint(60, W - 60), rng.randint(500, 690)
            draw.ellipse([x - 40, y - 9, x + 40, y + 9], (92, 94, 98, 90))
        return
    shore = [(0, 470 + rng.randint(-10, 10))]
    shore += [(x, 455 + rng.randint(-18, 18)) for x in range(120, W, 120)]
    draw.polygon([*shore, (W, 470), (W, H), (0, H)], (116, 118, 104, 225))
    for _wave in range(60):
        x, y = rng.randint(0, W), rng.randint(490, H)
        draw.line([(x, y), (x + rng.randint(30, 110), y)], (186, 190, 178, 120), 2)


def _car(draw: Draw, x: int, y: int, paint: Paint, scale: float = 1.0) -> None:
    def at(*spots: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + dx * scale, y + dy * scale) for dx, dy in spots]

    draw.ellipse(at((-150, 40), (160, 78)), (40, 40, 42, 120))
    draw.polygon(at((-150, 50), (-146, 0), (-84, -10), (-48, -62), (60, -62), (104, -8), (150, 4),
                    (150, 52)), paint)  # fmt: skip
    draw.polygon(at((-70, -10), (-42, -52), (2, -52), (2, -10)), (54, 64, 74))
    draw.polygon(at((12, -10), (12, -52), (54, -52), (88, -10)), (54, 64, 74))
    for wheel in (-92, 96):
        draw.ellipse(at((wheel - 30, 22), (wheel + 30, 82)), (28, 28, 30))
        draw.ellipse(at((wheel - 14, 38), (wheel + 14, 66)), (140, 142, 146))


def _cars(draw: Draw, rng: Random, *, fixed: bool) -> None:
    for i in range(9):  # the yellow grid of a fire lane
        draw.line([(120 + i * 90, 470), (20 + i * 110, 700)], (222, 178, 44, 210), 7)
    draw.line([(90, 520), (880, 520)], (222, 178, 44, 210), 6)
    draw.line([(60, 610), (930, 610)], (222, 178, 44, 210), 7)
    if not fixed:
        paints: list[Paint] = [(232, 232, 230), (58, 62, 70), (150, 36, 34), (98, 118, 142)]
        rng.shuffle(paints)
        _car(draw, 300, 500, paints[0])
        _car(draw, 640, 560, paints[1], 1.25)


def _bike(draw: Draw, x: int, y: int, paint: Paint, tilt: float) -> None:
    for dx in (-46, 46):
        cy = y + dx * tilt
        draw.ellipse([x + dx - 33, cy - 33, x + dx + 33, cy + 33], outline=(30, 30, 32), width=7)
    draw.line([(x - 46, y - 46 * tilt), (x - 6, y - 52), (x + 46, y + 46 * tilt)], paint, 10)
    draw.line([(x - 6, y - 52), (x + 34, y - 66)], (40, 42, 46), 8)


def _bikes(draw: Draw, rng: Random, *, fixed: bool) -> None:
    paint: Paint = rng.choice([(60, 132, 196), (222, 176, 30), (70, 156, 96)])
    if fixed:
        for i in range(7):
            _bike(draw, 110 + i * 122, 470, paint, 0.0)
        return
    for _bike_no in range(15):
        _bike(draw, rng.randint(90, 860), rng.randint(460, 660), paint, rng.uniform(-0.7, 0.7))


def _pothole(draw: Draw, rng: Random, *, fixed: bool) -> None:
    x, y = rng.randint(380, 600), rng.randint(560, 620)
    ring = [
        (x + math.cos(a / 8) * rng.randint(120, 190), y + math.sin(a / 8) * rng.randint(38, 64))
        for a in range(51)
    ]
    draw.polygon(ring, (72, 72, 75) if fixed else (58, 52, 47))
    if not fixed:
        inner = [(x + (px - x) * 0.7, y + 8 + (py - y) * 0.66) for px, py in ring]
        draw.polygon(inner, (34, 31, 29))
        for _stone in range(34):
            sx, sy, r = x + rng.gauss(0, 130), y + rng.gauss(0, 46), rng.randint(3, 10)
            draw.ellipse(
                [sx - r, sy - r * 0.6, sx + r, sy + r * 0.6],
                _shade((128, 120, 112), rng.uniform(0.6, 1.2)),
            )


def _rubbish(draw: Draw, rng: Random, *, fixed: bool) -> None:
    for i, paint in enumerate([(52, 104, 176), (62, 132, 82), (104, 104, 108)]):
        x = 250 + i * 160
        draw.rectangle([x, 380, x + 120, 540], paint)
        draw.rectangle([x - 8, 364, x + 128, 388], _shade(paint, 0.8))
    if fixed:
        return
    bags: list[Paint] = [(30, 30, 33), (196, 196, 190), (172, 44, 42), (60, 92, 60)]
    for _bag in range(30):
        x, y, r = rng.randint(180, 720), rng.randint(530, 620), rng.randint(26, 52)
        draw.ellipse(
            [x - r, y - r * 0.7, x + r, y + r * 0.7],
            _shade(rng.choice(bags), rng.uniform(0.8, 1.2)),
        )
        draw.polygon([(x - 8, y - r * 0.6), (x + 8, y - r * 0.6), (x + 14, y - r), (x - 14, y - r)],
                     (44, 44, 46))  # fmt: skip


def _stairs(draw: Draw, rng: Random, *, fixed: bool) -> None:
    if fixed:
        return
    for _box in range(11):
        x, y, s = rng.randint(290, 700), rng.randint(420, 560), rng.randint(70, 130)
        paint = _shade((176, 138, 94), rng.uniform(0.7, 1.15))
        draw.rectangle([x, y, x + s, y + s * 0.8], paint, (92, 70, 48), 3)
        draw.line([(x + s / 2, y), (x + s / 2, y + s * 0.8)], (206, 186, 150), 8)
    _bike(draw, 420, 600, (150, 36, 34), 0.1)


def _weeds(draw: Draw, rng: Random, *, fixed: bool) -> None:
    for _blade in range(240 if fixed else 900):
        x, high = rng.randint(60, 900), rng.randint(8, 16) if fixed else rng.randint(30, 120)
        y = rng.randint(470, 640)
        draw.line([(x, y), (x + rng.randint(-14, 14), y - high)],
                  _shade((92, 128, 58), rng.uniform(0.6, 1.3)), 3)  # fmt: skip
    if not fixed:
        draw.line([(220, 600), (700, 470)], (98, 76, 58), 26)


THINGS: dict[str, Thing] = {
    "lamp": _lamp,
    "manhole": _manhole,
    "flood": _flood,
    "cars": _cars,
    "bikes": _bikes,
    "pothole": _pothole,
    "rubbish": _rubbish,
    "stairs": _stairs,
    "weeds": _weeds,
}
