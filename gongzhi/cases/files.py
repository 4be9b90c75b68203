"""Photos and voice notes: checked by content, then stored under names nobody can guess."""

import os
import re
import secrets
from collections.abc import Iterator, Sequence, Sized
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from gongzhi.cases import pictures
from gongzhi.cases.words import FileKind
from gongzhi.kernel.refusals import NotUnderstood, TooLarge

FULL, THUMB = "full", "thumb"
SIZES = (FULL, THUMB)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
SUFFIX = {FULL: ".jpg", THUMB: ".thumb.jpg"}
VOICE_SUFFIX = ".voice"

VOICES: tuple[tuple[re.Pattern[bytes], str], ...] = (  # what the file begins with, media type
    (re.compile(rb"\x1aE\xdf\xa3"), "audio/webm"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"....ftyp(M4A|M4B|iso|mp4|3gp|dash)", re.DOTALL), "audio/mp4"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "audio/aac"),
)


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store already and waits for its case; sizes in pixels and bytes."""

    token: str
    kind: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0

    def as_fields(self) -> dict[str, str | int]:
        """The fields of the Attachment row that will point to it."""
        return asdict(self)


def photo_count_ok(files: Sized) -> None:
    """NotUnderstood when there are more photos than one report may carry."""
    if len(files) > settings.PHOTOS_MOST:
        raise NotUnderstood(
            _("照片最多%(most)s张，您选了%(now)s张，请去掉几张再提交。")
            % {"most": settings.PHOTOS_MOST, "now": len(files)},
            field="photos",
        )


def take_photos(uploads: Sequence[File]) -> list[StoredFile]:  # type: ignore[type-arg]
    """Check and store all of them, or refuse and keep none."""
    photo_count_ok(uploads)
    taken: list[StoredFile] = []
    try:
        taken.extend(take_photo(upload) for upload in uploads)
    except BaseException:
        discard(taken)
        raise
    return taken


def take_photo(upload: File) -> StoredFile:  # type: ignore[type-arg]
    """Check, clean and store one uploaded photo.

    NotUnderstood (422) when it is no photo or cannot be opened, TooLarge (413) beyond
    settings.PHOTO_MOST_BYTES or PHOTO_MOST_PIXELS.
    """
    size = upload.size or 0
    if not size:
        raise NotUnderstood(_("这张照片是空的，请重新选择或重拍一张。"), field="photos")
    if size > settings.PHOTO_MOST_BYTES:
        raise TooLarge(
            _("照片太大了，每张最多%(most)sMB。请把照片缩小，或发送截图。")
            % {"most": settings.PHOTO_MOST_BYTES // 1024**2},
            field="photos",
        )
    picture = pictures.remake(upload)
    token = secrets.token_urlsafe(32)
    _keep(token, {SUFFIX[THUMB]: picture.thumb, SUFFIX[FULL]: picture.full})
    return StoredFile(
        token=token,
        kind=FileKind.PHOTO.value,
        media_type="image/jpeg",
        size=len(picture.full),
        width=picture.width,
        height=picture.height,
    )


def take_voice(upload: File) -> StoredFile:  # type: ignore[type-arg]
    """Check and store one voice note as it came; NotUnderstood for anything else, TooLarge."""
    size = upload.size or 0
    if not size:
        raise NotUnderstood(_("这段语音是空的，请重新录一段，或者写几个字。"), field="voice")
    if size > settings.VOICE_MOST_BYTES:
        raise TooLarge(
            _("语音太长了，最多%(most)sMB，大约三分钟。请分段录，或者写几个字。")
            % {"most": settings.VOICE_MOST_BYTES // 1024**2},
            field="voice",
        )
    upload.seek(0)
    content = upload.read()
    media_type = _voice_type(content[:16])
    if not media_type:
        raise NotUnderstood(_("这段语音听不了，请在页面上重新录，或者写几个字。"), field="voice")
    token = secrets.token_urlsafe(32)
    _keep(token, {VOICE_SUFFIX: content})
    return StoredFile(
        token=token, kind=FileKind.VOICE.value, media_type=media_type, size=len(content)
    )


def open_file(token: str, size: str) -> BinaryIO:
    """The stored file: a photo in `size` full or thumb, a voice note in full.

    FileNotFoundError for everything else, whatever the token looks like.
    """
    if size not in SIZES or not TOKEN.fullmatch(token):
        raise FileNotFoundError(token)
    try:
        return (_shelf(token) / (token + SUFFIX[size])).open("rb")
    except FileNotFoundError:
        if size != FULL:
            raise
        return (_shelf(token) / (token + VOICE_SUFFIX)).open("rb")


def discard(stored: Sequence[StoredFile]) -> None:
    """Remove files that no case will ever point to."""
    for one in stored:
        for suffix in (*SUFFIX.values(), VOICE_SUFFIX):
            (_shelf(one.token) / (one.token + suffix)).unlink(missing_ok=True)


def older_than(moment: datetime) -> Iterator[tuple[str, Path]]:
    """(token, path) of every file last written before `moment`, unfinished ones too."""
    for path in Path(settings.PHOTO_DIR).glob("??/*"):
        with suppress(FileNotFoundError):  # somebody else removed it meanwhile
            if path.is_file() and path.stat().st_mtime < moment.timestamp():
                yield path.name.lstrip(".").split(".", 1)[0], path


def _voice_type(head: bytes) -> str:
    return next((media_type for sign, media_type in VOICES if sign.match(head)), "")


def _shelf(token: str) -> Path:
    return Path(settings.PHOTO_DIR) / token[:2]


def _keep(token: str, contents: dict[str, bytes]) -> None:
    """Write all the files of a token durably, or none: a reader never meets half a file."""
    shelf = _shelf(token)
    shelf.mkdir(mode=0o750, parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for suffix, content in contents.items():
            path = shelf / (token + suffix)
            _write(path, content)
            written.append(path)
        _sync_folder(shelf)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with open(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
