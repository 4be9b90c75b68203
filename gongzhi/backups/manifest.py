"""What an archive says about itself, signed, so that a torn or changed one is recognized."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from gongzhi.backups import rules


class UnfitError(Exception):
    """The archive or the place it should go to is not fit; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """Counts by table; checksums by member; which of the district's keys sealed the data.

    `missing` are files that rows point to and that were not there when the copy was made, `extra`
    how many files no row of the snapshot points to: stored after it, or waiting for their case.
    """

    made_at: str
    database: str  # sqlite | postgresql
    migrations: Mapping[str, str]  # the last of each package
    counts: Mapping[str, int]
    digests: Mapping[str, str]
    sizes: Mapping[str, int]
    files: int
    file_bytes: int
    seal_keys: Sequence[str]
    index_key: str
    missing: Sequence[str] = field(default_factory=tuple)
    extra: int = 0
    format: int = rules.FORMAT

    def as_json(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def signing_key() -> str:
    """GONGZHI_BACKUP_KEY, else the index key, which stays with the data for ever anyway."""
    return str(settings.BACKUP_KEY or settings.INDEX_KEY)


def read(content: bytes, claimed: str) -> Manifest:
    """The manifest of an archive of ours; UnfitError for one made elsewhere or changed."""
    if not rules.is_signed(signing_key(), content, claimed):
        raise UnfitError(
            "备份的签名不对：不是本平台的备份，或内容被改动过，没有恢复。"
            "如果换过密钥，请先设回备份时的 GONGZHI_BACKUP_KEY（没有设过就是 GONGZHI_INDEX_KEY）。"
        )
    given: dict[str, Any] = json.loads(content)
    if given.get("format") != rules.FORMAT:
        raise UnfitError(f"备份的格式是第 {given.get('format')} 版，本程序读第 {rules.FORMAT} 版。")
    return Manifest(**given)


def keys_fit(manifest: Manifest) -> None:
    """UnfitError when names and phones in the archive could not be read or found here."""
    known = {rules.fingerprint(key) for key in settings.SEAL_KEYS}
    if not known & set(manifest.seal_keys):
        raise UnfitError(
            "这里的 GONGZHI_SEAL_KEYS 打不开备份里的姓名和电话，请先把当时的密钥加进去。"
        )
    if rules.fingerprint(settings.INDEX_KEY) != manifest.index_key:
        raise UnfitError("GONGZHI_INDEX_KEY 与备份时不同，电话将无法检索，请先设回当时的密钥。")


def key_fingerprints() -> tuple[list[str], str]:
    """(of the sealing keys, of the index key)."""
    seal = [rules.fingerprint(key) for key in settings.SEAL_KEYS]
    return seal, rules.fingerprint(settings.INDEX_KEY)


def migrations_now() -> dict[str, str]:
    """The last migration of each package in the connected database."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: name for app, name in sorted(applied)}
