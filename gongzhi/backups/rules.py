"""Names, signatures and how many copies to keep: no database, no disk, no clock."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime

FORMAT = 1  # of the archive; raised when an older product could not read it
NAME = re.compile(r"gongzhi-(\d{8}-\d{6})\.tar")
# What may lie in an archive, and nothing else: a name is also a place on the disk.
DATABASES = ("database.sqlite3.gz", "database.pgdump")
LIST, MANIFEST, SIGNATURE = "files.list", "manifest.json", "manifest.sig"
_FILE = re.compile(r"files/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")


def archive_name(at: datetime) -> str:
    """The name of a copy made at that (local) moment; names sort by age."""
    return f"gongzhi-{at:%Y%m%d-%H%M%S}.tar"


def is_file_name(name: str) -> bool:
    """Whether a member may be put down as a stored file: below files/, no dots that lead out."""
    return _FILE.fullmatch(name) is not None


def to_forget(names: Iterable[str], keep: int) -> list[str]:
    """The oldest copies beyond the newest `keep`; never anything that is not named like a copy."""
    ours = sorted(name for name in names if NAME.fullmatch(name))
    return ours[: max(len(ours) - keep, 0)] if keep > 0 else []


def signature(key: str, manifest: bytes) -> str:
    """HMAC-SHA-256 of the manifest, 64 hex digits."""
    derived = hashlib.sha256(b"gongzhi-backup:" + key.encode()).digest()
    return hmac.new(derived, manifest, hashlib.sha256).hexdigest()


def is_signed(key: str, manifest: bytes, claimed: str) -> bool:
    """Whether the signature was made with this key over exactly these bytes."""
    return hmac.compare_digest(signature(key, manifest), claimed.strip())


def fingerprint(key: str) -> str:
    """Sixteen hex digits by which a key is known again without being told."""
    return hmac.new(key.encode(), b"gongzhi-key-fingerprint", hashlib.sha256).hexdigest()[:16]
