"""Files as phones, and people who mean no good, would send them."""

import io
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (40, 60, 200), (255, 255, 255)


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """The bytes as an upload; the type a browser claims for it is always image/jpeg."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def photo(
    size: tuple[int, int] = (640, 480),
    *,
    form: str = "JPEG",
    mode: str = "RGB",
    colour: Any = RED,
    **how: Any,
) -> bytes:
    """A picture of one colour, encoded."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, form, **how)
    return out.getvalue()


def sideways(orientation: int) -> bytes:
    """A photo 400 × 200 whose upper left quarter is blue, with that EXIF orientation and GPS."""
    picture = Image.new("RGB", (400, 200), RED)
    picture.paste(BLUE, (0, 0, 200, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 47.0, 31.2)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"taken at home", quality=95)
    return out.getvalue()


def with_profile() -> bytes:
    """A JPEG that carries a colour profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return photo(icc_profile=profile)


def zip_named_jpg() -> bytes:
    """A ZIP archive with a page inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return out.getvalue()


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that says it unfolds to width × height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 4_000_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


WEBM = b"\x1aE\xdf\xa3" + b"\x9fB\x86\x81\x01" + bytes(200)
OGG = b"OggS\x00\x02" + bytes(200)
M4A = b"\x00\x00\x00\x20ftypM4A " + bytes(200)
WAV = b"RIFF\x24\x08\x00\x00WAVEfmt " + bytes(200)
MP3 = b"\xff\xfb\x90\x64" + bytes(200)
