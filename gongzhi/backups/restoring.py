"""Bringing a copy back: read through and checked to the last byte before anything is touched."""

import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.timezone import localtime

from gongzhi.backups import manifest as manifests
from gongzhi.backups import postgresql, rules, sqlite
from gongzhi.backups.making import Hashing, folders
from gongzhi.backups.manifest import Manifest, UnfitError

Progress = Callable[[int], None]
CHUNK = 1 << 20


@dataclass(frozen=True)
class Restored:
    """What was brought back, and under which names lies what was there before."""

    manifest: Manifest
    aside: list[Path]


def look_through(archive: Path, progress: Progress = lambda _n: None) -> Manifest:
    """Read the whole archive and compare everything with its signed manifest; nothing is written.

    UnfitError, in words for the operator, when it is torn, changed, made elsewhere or no archive.
    """
    digests: dict[str, str] = {}
    listing, signed, content = hashlib.sha256(), "", b""
    files = file_bytes = 0
    with _opened(archive) as tar:
        for entry in _members(tar):
            source = tar.extractfile(entry)
            if source is None:
                raise UnfitError("备份里有不认识的内容，没有恢复。")
            if entry.name in {rules.MANIFEST, rules.SIGNATURE}:
                part = source.read(64 * CHUNK)
                content = part if entry.name == rules.MANIFEST else content
                signed = part.decode("ascii", "replace") if entry.name != rules.MANIFEST else signed
                continue
            digest = _digest(Hashing(source))
            if rules.is_file_name(entry.name):
                listing.update(f"{digest} {entry.size} {entry.name}\n".encode())
                files, file_bytes = files + 1, file_bytes + entry.size
            else:
                digests[entry.name] = digest
            progress(entry.size)
    if not content or not signed:
        raise UnfitError("备份没有写完（缺少清单），没有恢复。请换一份备份。")
    manifest = manifests.read(content, signed)
    if digests != dict(manifest.digests) or listing.hexdigest() != manifest.digests[rules.LIST]:
        raise UnfitError("备份的内容与清单对不上，可能损坏或被改动，没有恢复。请换一份备份。")
    return manifest


def restore(
    archive: Path, *, at: datetime, over: bool = False, progress: Progress = lambda _n: None
) -> Restored:
    """Bring everything back into this installation's database and store of files.

    UnfitError, with nothing changed, when the archive is unfit, the keys do not fit, others use the
    database, or something lies there already and `over` was not said. What is replaced on disk is
    renamed, not removed; PostgreSQL's tables are replaced in one transaction.
    """
    manifest = look_through(archive, progress)
    manifests.keys_fit(manifest)
    if manifest.database != connection.vendor:
        raise UnfitError(
            f"备份来自 {manifest.database}，这里用的是 {connection.vendor}，不能直接恢复。"
        )
    _require_free(over=over)
    aside = f"before-{localtime(at):%Y%m%d-%H%M%S}"
    home = Path(settings.DATA_DIR)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as scratch:
        database = _unpack(archive, Path(scratch), progress)
        connection.close()
        moved = []
        if manifest.database == "postgresql":
            postgresql.put_back(database)
        elif old := sqlite.put_back(database, aside):
            moved.append(old)
        moved += _put_files_back(Path(scratch) / "files", aside)
    return Restored(manifest, moved)


def _require_free(*, over: bool) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        postgresql.require_free(over=over)
    else:
        sqlite.require_free(over=over)
    for top in folders().values():
        if not over and top.exists() and any(top.rglob("*.*")):
            raise UnfitError(
                f"{top} 里已经有文件，没有恢复。确实要换掉，请加 --over，原有文件会改名留存。"
            )


def _unpack(archive: Path, scratch: Path, progress: Progress) -> Path:
    database = scratch / "none"
    with _opened(archive) as tar:
        for entry in _members(tar):
            if entry.name not in rules.DATABASES and not rules.is_file_name(entry.name):
                continue
            path = scratch / entry.name
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            source = tar.extractfile(entry)
            if source is None:
                raise UnfitError("备份里有不认识的内容，没有恢复。")
            with source, path.open("wb") as out:
                shutil.copyfileobj(source, out, CHUNK)
            if entry.name in rules.DATABASES:
                database = path
            progress(entry.size)
    return database


def _put_files_back(unpacked: Path, aside: str) -> list[Path]:
    moved = []
    for label, top in folders().items():
        fresh = unpacked / label
        if top.exists() and any(top.rglob("*.*")):
            old = top.with_name(f"{top.name}.{aside}")
            top.rename(old)
            moved.append(old)
        elif top.exists():
            shutil.rmtree(top)  # empty folders only
        if fresh.exists():
            top.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(fresh, top)
        else:
            top.mkdir(parents=True, exist_ok=True)
    return moved


def differences(manifest: Manifest) -> list[str]:
    """Tables whose number of rows is not what the manifest says, now that it is all back."""
    if connection.vendor == "postgresql":
        with postgresql.frozen() as frozen:
            now = frozen.counts()
    else:
        now = sqlite.counts_in(sqlite.path_now())
    return [
        f"{table}: {now.get(table)} ≠ {count}"
        for table, count in manifest.counts.items()
        if now.get(table) != count
    ]


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise UnfitError(f"备份读不完，可能没有传完或已损坏（{error}），没有恢复。") from error
    except FileNotFoundError as error:
        raise UnfitError(f"没有这个文件：{archive}") from error
    except OSError as error:
        raise UnfitError(f"备份读不出来：{error}") from error


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Each member once, in order; UnfitError for anything that has no business in there."""
    known = {*rules.DATABASES, rules.LIST, rules.MANIFEST, rules.SIGNATURE}
    seen: set[str] = set()
    for entry in tar:
        fits = entry.isreg() and (entry.name in known or rules.is_file_name(entry.name))
        if not fits or (entry.name in known and entry.name in seen):
            raise UnfitError(f"备份里有不该有的内容（{entry.name[:60]}），没有恢复。")
        seen |= {entry.name} & known
        yield entry


def _digest(reader: Hashing) -> str:
    while reader.read(CHUNK):
        pass
    return reader.hexdigest()
