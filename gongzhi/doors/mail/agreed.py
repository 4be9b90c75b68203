"""Which mailboxes there are and how they are reached: config/doors/mail.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings


@dataclass(frozen=True)
class Server:
    """A mail server; `tls` is "yes" from the start, "start" by STARTTLS, or "no"."""

    host: str
    port: int
    tls: str
    user: str


@dataclass(frozen=True)
class Mailbox:
    """One mailbox; the code of the area where its letters belong when they name no place."""

    code: str
    name: str
    address: str
    imap: Server
    smtp: Server
    area: str = ""

    @property
    def password(self) -> str:
        """From the environment, GONGZHI_MAIL_PASSWORD_<CODE>; never written in a file."""
        passwords: Mapping[str, str] = settings.MAIL_PASSWORDS
        return passwords.get(self.code, "")


@dataclass(frozen=True)
class Terms:
    """The file, read once."""

    mailboxes: Mapping[str, Mailbox]
    every_seconds: int
    most_bytes: int
    acknowledged_a_day: int
    folders: Mapping[str, str]

    @property
    def own(self) -> frozenset[str]:
        """Our own addresses: what comes from them came round in a circle."""
        return frozenset(box.address.lower() for box in self.mailboxes.values())


def terms() -> Terms:
    """What is configured. KeyError when the file lacks something."""
    return _read(Path(settings.MAIL_CONFIG))


@lru_cache(maxsize=8)
def _read(path: Path) -> Terms:
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    boxes = {
        code: Mailbox(
            code=code,
            name=box["name"],
            address=box["address"],
            imap=_server(box["imap"], 993),
            smtp=_server(box["smtp"], 465),
            area=str(box.get("area") or ""),
        )
        for code, box in (words.get("mailboxes") or {}).items()
    }
    return Terms(
        boxes,
        words["every_seconds"],
        words["most_megabytes"] * 1024 * 1024,
        words["acknowledged_a_day"],
        words["folders"],
    )


def _server(said: dict[str, Any], port: int) -> Server:
    tls = said.get("tls", True)
    how = "yes" if tls is True else "no" if tls is False else str(tls)
    return Server(said["host"], int(said.get("port", port)), how, str(said.get("user", "")))
