"""A copy of everything while it runs: first the database of one moment, then the stored files.

In this order nothing is missed: a file is stored, durably, before the row that points to it, and
never changed; so every file of the snapshot's rows is there when files are copied. What is there
beside them came later or waits for its case; it is taken too and counted as extra.
"""

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.utils.timezone import localtime

from gongzhi.backups import postgresql, rules, sqlite
from gongzhi.backups.manifest import Manifest, key_fingerprints, migrations_now, signing_key

Progress = Callable[[int], None]
PHOTOS = "photos"
TOLD_MOST = 1000  # missing files named in the manifest


@dataclass(frozen=True)
class Made:
    """A finished copy and what lies in it."""

    path: Path
    manifest: Manifest
    forgotten: list[str]


@dataclass(frozen=True)
class _Snapshot:
    file: Path
    counts: dict[str, int]
    tokens: set[str]
    migrations: dict[str, str]


def bytes_ahead() -> int:
    """About how many bytes `back_up` will report."""
    is_pg = connection.vendor == "postgresql"
    database = postgresql.size_now() if is_pg else sqlite.size_now()
    return database + sum(path.stat().st_size for _name, path in stored_files())


def back_up(
    target: Path, *, at: datetime, keep: int = 0, progress: Progress = lambda _n: None
) -> Made:
    """Write one signed archive into the directory `target`; `keep` older and newer ones, 0 = all.

    UnfitError when the database is damaged or a tool is missing. What was being written when it
    failed is removed; an archive appears under its name only when it is whole and on the disk.
    """
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / rules.archive_name(localtime(at))
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".gongzhi-", dir=target) as scratch:
            shot = _snapshot(Path(scratch), progress)
            with _durable(unfinished) as out:
                manifest = _fill(out, shot, at, progress)
        unfinished.replace(path)
        _sync(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    forgotten = rules.to_forget((p.name for p in target.iterdir()), keep)
    for name in forgotten:
        (target / name).unlink(missing_ok=True)
    return Made(path, manifest, forgotten)


def folders() -> dict[str, Path]:
    """Where stored files lie here, by what an archive calls the folder, wherever that was made."""
    return {PHOTOS: Path(settings.PHOTO_DIR), **{Path(d).name: Path(d) for d in settings.KEPT_DIRS}}


def stored_files() -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of every stored file, in order; unfinished ones are left out."""
    for label, top in folders().items():
        for path in sorted(top.rglob("*")):
            name = f"files/{label}/{path.relative_to(top).as_posix()}"
            if rules.is_file_name(name) and path.is_file() and not path.is_symlink():
                yield name, path


def _snapshot(scratch: Path, progress: Progress) -> _Snapshot:
    if connection.vendor == "postgresql":
        size = postgresql.size_now()
        with postgresql.frozen() as now:
            counts, tokens, dump = now.counts(), set(now.tokens()), now.dump(scratch)
        progress(size)
        return _Snapshot(dump, counts, tokens, migrations_now())
    copy = sqlite.snapshot(scratch, progress)
    counts, tokens = sqlite.counts_in(copy), set(sqlite.tokens_in(copy))
    return _Snapshot(sqlite.packed(copy), counts, tokens, migrations_now())


def _fill(out: IO[bytes], shot: _Snapshot, at: datetime, progress: Progress) -> Manifest:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        digests = {shot.file.name: _add(tar, shot.file.name, shot.file)}
        sizes = {shot.file.name: shot.file.stat().st_size}
        with tempfile.TemporaryFile() as listing:
            lines = _add_files(tar, stored_files(), listing, progress)
            size = listing.tell()
            listing.seek(0)
            digests[rules.LIST] = _add_open(tar, rules.LIST, listing, size)
            sizes[rules.LIST] = size
        seal, index = key_fingerprints()
        manifest = Manifest(
            made_at=localtime(at).isoformat(),
            database=connection.vendor,
            migrations=shot.migrations,
            counts=shot.counts,
            digests=digests,
            sizes=sizes,
            files=lines.count,
            file_bytes=lines.bytes,
            seal_keys=seal,
            index_key=index,
            missing=sorted(shot.tokens - lines.tokens)[:TOLD_MOST],
            extra=len(lines.tokens - shot.tokens),
        )
        content = manifest.as_json()
        signed = rules.signature(signing_key(), content).encode()
        _add_open(tar, rules.MANIFEST, io.BytesIO(content), len(content))
        _add_open(tar, rules.SIGNATURE, io.BytesIO(signed), len(signed))
    return manifest


@dataclass
class _Lines:
    count: int
    bytes: int
    tokens: set[str]


def _add_files(
    tar: tarfile.TarFile,
    files: Iterable[tuple[str, Path]],
    listing: IO[bytes],
    progress: Progress,
) -> _Lines:
    """Add every file and a line for it; one removed meanwhile (swept up) is left out."""
    lines = _Lines(0, 0, set())
    for name, path in files:
        try:
            size = path.stat().st_size
            digest = _add(tar, name, path)
        except FileNotFoundError:
            continue
        listing.write(f"{digest} {size} {name}\n".encode())
        lines.count += 1
        lines.bytes += size
        if name.startswith(f"files/{PHOTOS}/"):
            lines.tokens.add(path.name.split(".", 1)[0])
        progress(size)
    return lines


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        return _add_open(tar, name, file, os.fstat(file.fileno()).st_size)


def _add_open(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> str:
    """Add exactly `size` bytes under the name; their SHA-256."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o640
    reader = Hashing(file)
    tar.addfile(entry, reader)
    return reader.hexdigest()


class Hashing(io.RawIOBase):
    """A file that knows the SHA-256 of what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As much as there is, up to `size`."""
        part = self._file.read(size)
        self._sum.update(part)
        return part

    def hexdigest(self) -> str:
        """Of everything read so far."""
        return self._sum.hexdigest()


@contextmanager
def _durable(path: Path) -> Iterator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def room_for(target: Path) -> tuple[int, int]:
    """(bytes needed at most while writing, bytes free) for a copy into the directory."""
    place = target if target.exists() else target.parent
    return 2 * bytes_ahead(), shutil.disk_usage(place).free
