"""Turns whatever a phone sends as a photo into a clean JPEG and a thumbnail, or says what is wrong.

Nothing of the original file is kept: the picture is decoded, turned upright, brought to sRGB and
written anew, so that no place, device name or hidden content survives.
"""

import io
import logging
import threading
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile

from gongzhi.kernel.refusals import NotUnderstood, TooLarge

LONGEST, LONGEST_THUMB = 1280, 320  # pixels
QUALITY = 82
ORIENTATION = 0x0112  # the EXIF tag

# Pillow would warn or raise by bounds of its own; ours are checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
# One decoded picture can take 4 bytes a pixel: a crowd of large ones must wait for each other.
_decoding = threading.BoundedSemaphore(2)

log = logging.getLogger(__name__)

KINDS: tuple[tuple[int, bytes, str], ...] = (  # (offset, signature, kind)
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WEBP"),
    (0, b"GIF8", "GIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypmsf1", "HEIC"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyp", "VIDEO"),
    (0, b"\x1aE\xdf\xa3", "VIDEO"),
    (0, b"PK", "ZIP"),
    (0, b"Rar!", "ZIP"),
    (0, b"7z\xbc\xaf", "ZIP"),
    (0, b"%PDF", "PDF"),
)
TAKEN = ("JPEG", "PNG", "WEBP")

# How to turn a picture upright, by its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """A photo made anew: JPEG bytes of at most 1280 pixels, a thumbnail, its size in pixels."""

    full: bytes
    thumb: bytes
    width: int
    height: int


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes: one of KINDS, or "" when unknown."""
    return next((kind for at, sign, kind in KINDS if head[at : at + len(sign)] == sign), "")


def remake(upload: IO[bytes]) -> Picture:
    """The picture made anew. NotUnderstood when it is none or is damaged, TooLarge by pixels."""
    kind = kind_of(_head(upload))
    if kind not in TAKEN:
        raise NotUnderstood(_why_not(kind), field="photos")
    with _decoding:
        small = _decoded(upload, kind)
        return _encoded(small)


def _head(upload: IO[bytes]) -> bytes:
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    return head


def _why_not(kind: str) -> str:
    if kind == "HEIC":
        return _(
            "这张照片是苹果手机的HEIC格式，暂时打不开。"
            "请在手机“设置—相机—格式”中选“兼容性最佳”后重拍，或发送截图。"
        )
    if kind == "GIF":
        return _("不支持GIF动图，请换一张普通照片。")
    if kind == "VIDEO":
        return _("这是视频，不是照片。请拍一张照片上传。")
    return _("这个文件不是照片，请换一张JPG、PNG或WebP格式的照片。")


def _decoded(upload: IO[bytes], kind: str) -> Image.Image:
    """Upright, sRGB, at most 1280 pixels long, and without anything but its pixels."""
    try:
        with Image.open(upload, formats=[kind]) as opened:
            _bounded(opened)
            # Lets the JPEG decoder skip detail that would be thrown away; other kinds ignore it.
            opened.draft("RGB", (LONGEST, LONGEST))
            turn = _orientation(opened)
            opened.load()
            profile = opened.info.get("icc_profile")
            small = _flat(opened)
            small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
            small = _srgb(small, profile)
            return small.transpose(TURNS[turn]) if turn in TURNS else small
    except (NotUnderstood, TooLarge):
        raise
    except Exception as error:  # a damaged file makes decoders raise nearly anything
        log.info("a photo could not be decoded: %r", error)
        raise NotUnderstood(
            _("这张照片打不开，可能没有传完整或已经损坏。请重新选择或重拍一张。"), field="photos"
        ) from error


def _bounded(picture: Image.Image) -> None:
    """Looked up in the header alone, so that a small file cannot unfold into all the memory."""
    if picture.width * picture.height > settings.PHOTO_MOST_PIXELS:
        raise TooLarge(
            _("这张照片有%(now)s万像素，太大了，最多%(most)s万像素。请把照片缩小，或发送截图。")
            % {
                "now": picture.width * picture.height // 10_000,
                "most": settings.PHOTO_MOST_PIXELS // 10_000,
            },
            field="photos",
        )


def _orientation(picture: Image.Image) -> int:
    """How the phone was held; upright when the metadata is damaged."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # metadata is written by anything and damaged in many ways
        return 1


def _flat(picture: Image.Image) -> Image.Image:
    """In a mode that shrinks well (L, RGB or CMYK), with white behind what is transparent."""
    if picture.mode in {"L", "RGB", "CMYK"} and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in {"RGBA", "LA", "PA", "P", "RGBa", "La"} or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        white.alpha_composite(seen)
        return white.convert("RGB")
    return picture.convert("RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as every screen shows them; phones photograph in wider spaces."""
    if profile:
        try:
            shown = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            shown = None  # a profile that does not fit its picture is ignored
        if shown is not None:
            return shown
    return picture.convert("RGB")


def _encoded(small: Image.Image) -> Picture:
    thumb = small.copy()
    thumb.thumbnail((LONGEST_THUMB, LONGEST_THUMB), Image.Resampling.LANCZOS)
    return Picture(_jpeg(small), _jpeg(thumb), small.width, small.height)


def _jpeg(picture: Image.Image) -> bytes:
    picture.info.clear()  # a comment or profile kept there would be written too
    out = io.BytesIO()
    # A larger buffer than Pillow's guess: one write instead of a restart for busy pictures.
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


if ImageFile.LOAD_TRUNCATED_IMAGES:  # pragma: no cover - only another module could set it
    raise RuntimeError("half a photo must be refused, not shown half grey")
