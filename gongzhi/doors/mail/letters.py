"""A letter out of the bytes of a mail: whatever charset it claims, however it is put together.

No database, no clock: bytes become words, pictures and what is needed to answer in place.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from gongzhi.cases.rules import clean
from gongzhi.doors.mail import rules
from gongzhi.doors.plain import plain

PARTS_MOST = 100
TEXT_MOST = 200_000  # characters looked at
SAFE_FIRST = re.compile(r"^(iso-2022|hz|utf-?7|utf-?16|utf-?32)", re.IGNORECASE)
FALSE_CLAIMS = frozenset({"us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", ""})
HAN = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030"}
ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}")


@dataclass(frozen=True)
class Letter:
    """One letter. `automatic` says why nobody wrote it; `bounced` are our own that it returns."""

    digest: str
    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    threads: tuple[str, ...]
    pictures: tuple[bytes, ...]
    others: tuple[str, ...]
    automatic: str
    bounced: tuple[str, ...]
    sent_at: datetime | None
    whole: bool

    @property
    def number(self) -> str:
        """The number the letter has on its own side, never that of another letter."""
        return f"{self.message_id[:100]} {self.digest[:12]}".strip()


def read_letter(raw: bytes, *, own: Collection[str], whole: bool = True) -> Letter:
    """The letter; `whole` is False when only its beginning was fetched. ValueError for no mail."""
    message = message_from_bytes(raw, policy=policy.compat32)
    if not message.keys():
        raise ValueError("no headers")
    headers = {name.lower(): header(message, name) for name in message}
    name, sender = parseaddr(headers.get("from", ""))
    sender = sender.strip().lower() if ADDRESS.fullmatch(sender.strip()) else ""
    words = _Words(whole=whole)
    words.take(message)
    quoted = headers.get("references", "") + " " + headers.get("in-reply-to", "")
    automatic = rules.automatic({**headers, "from-address": sender}, own)
    return Letter(
        digest=_digest(headers, raw),
        message_id=clean(headers.get("message-id", "")).strip("<> ")[:180],
        sender=sender[:254],
        name=clean(name)[:40],
        subject=" ".join(clean(headers.get("subject", "")).split())[:200],
        text=clean(rules.new_words(words.text())),
        threads=tuple(re.findall(r"<[^<>\s]{3,250}>", quoted))[-50:],
        pictures=tuple(words.pictures),
        others=tuple(words.others),
        automatic=automatic,
        bounced=_returned(raw) if automatic == "bounce" else (),
        sent_at=_sent_at(headers.get("date", "")),
        whole=whole,
    )


def header(message: Message, name: str) -> str:
    """A header in words, encoded or raw, however wrong it was made."""
    value = message.get(name)
    if value is None:
        return ""
    raw = str(value) if isinstance(value, str) else "".join(_raw(value))
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        parts = [(raw, None)]
    said = []
    for part, charset in parts:
        if isinstance(part, str):
            part = part.encode("ascii", "surrogateescape")  # raw bytes that nobody encoded
        said.append(decoded(part, charset or ""))
    return " ".join("".join(said).split())


def _raw(value: object) -> Iterator[str]:
    for part, _charset in getattr(value, "_chunks", []):
        yield part.encode("utf-8", "surrogateescape").decode("ascii", "surrogateescape")


def decoded(raw: bytes, charset: str) -> str:
    """The words in the bytes; what they are counts for more than what they claim to be.

    UTF-8 is never right by accident; a claim of Latin letters in this country mostly is wrong.
    """
    claimed = HAN.get(charset.strip().lower(), charset.strip().lower())
    tries = ["utf-8", *([] if claimed in FALSE_CLAIMS else [claimed]), "gb18030", claimed, "big5"]
    if SAFE_FIRST.match(claimed):
        tries.insert(0, claimed)
    for codec in filter(None, tries):
        try:
            return raw.decode(codec)
        except (LookupError, ValueError):
            continue
    return raw.decode("gb18030", "replace")


class _Words:
    """What the parts of a mail hold: words, pictures, names of everything else."""

    def __init__(self, *, whole: bool) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.pictures: list[bytes] = []
        self.others: list[str] = []
        self.whole = whole
        self.seen = 0

    def take(self, part: Message) -> None:
        """Look at a part and what is inside; a letter inside the letter stays closed."""
        self.seen += 1
        if self.seen > PARTS_MOST:
            return
        kind = part.get_content_type()
        if part.is_multipart() and kind != "message/rfc822":
            inner = part.get_payload()
            for one in inner if isinstance(inner, list) else []:
                if isinstance(one, Message):
                    self.take(one)
            return
        name = self._name(part)
        content = part.get_payload(decode=True)
        raw = content if isinstance(content, bytes) else b""
        if kind in {"text/plain", "text/html"} and not self._is_attached(part):
            words = decoded(raw, str(part.get_content_charset() or ""))[:TEXT_MOST]
            (self.plain if kind == "text/plain" else self.html).append(words)
        elif kind.startswith("image/") and raw and self.whole:
            self.pictures.append(raw)
        elif name or kind != "text/plain":
            self.others.append(name or kind)

    def text(self) -> str:
        """The plain words, else those of the marked-up version."""
        words = "\n".join(self.plain).strip()
        return words or "\n".join(plain(_without_quotes(html)) for html in self.html).strip()

    @staticmethod
    def _is_attached(part: Message) -> bool:
        return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")

    @staticmethod
    def _name(part: Message) -> str:
        try:
            return " ".join(clean(header_words(part.get_filename() or "")).split())[:80]
        except (ValueError, LookupError, TypeError):
            return "?"


def header_words(text: str) -> str:
    """A file's name, decoded where a program encoded it like a header."""
    try:
        return "".join(
            decoded(part, charset or "") if isinstance(part, bytes) else part
            for part, charset in decode_header(text)
        )
    except (HeaderParseError, ValueError):
        return text


def _without_quotes(html: str) -> str:
    return re.sub(r"<blockquote\b.*?(</blockquote>|\Z)", "", html, flags=re.DOTALL | re.IGNORECASE)


def _digest(headers: dict[str, str], raw: bytes) -> str:
    """The same letter however it travelled: who, when, what, and not by which machines."""
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]
    known = "\n".join(headers.get(name, "") for name in ("message-id", "from", "date", "subject"))
    return hashlib.sha256(known.encode("utf-8", "replace") + b"\n\n" + body.strip()).hexdigest()


def _returned(raw: bytes) -> tuple[str, ...]:
    found = rules.OUR_ID.finditer(raw[-64_000:].decode("ascii", "replace"))
    return tuple(dict.fromkeys(match.group(0) for match in found))


def _sent_at(text: str) -> datetime | None:
    try:
        sent = parsedate_to_datetime(text)
        return sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
