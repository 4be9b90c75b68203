"""Files with personal data, sealed piece by piece outside of the web root.

A file is one sealed piece of at most a megabyte per line, so that neither sealing nor reading needs
more memory for a longer file. Keys are those of `kernel.sealed`, and rotate with them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from gongzhi.kernel.sealed import seal_bytes, unseal_bytes

PIECE = 1024 * 1024


def place(name: str) -> Path:
    """Where the file of that name is kept; the directory is made when it is missing."""
    directory = Path(settings.TABLE_DIR)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory / name


def keep(content: bytes | Path) -> str:
    """Seal the content (of a plain file, which is removed then) and give its name."""
    name = uuid4().hex
    target = place(name)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        for piece in _pieces(content):
            out.write(seal_bytes(piece) + b"\n")
    if isinstance(content, Path):
        content.unlink()
    return name


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield from (content[n : n + PIECE] for n in range(0, len(content), PIECE))
        return
    with content.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def pieces(name: str) -> Iterator[bytes]:
    """The content of a kept file, piece by piece. FileNotFoundError when it is gone."""
    with place(name).open("rb") as opened:
        for line in opened:
            yield unseal_bytes(line.rstrip(b"\n"))


def content(name: str) -> bytes:
    """The content of a kept file in one."""
    return b"".join(pieces(name))


def forget(name: str) -> None:
    """Remove a kept file, if it is there."""
    if name:
        place(name).unlink(missing_ok=True)
