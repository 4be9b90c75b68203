"""Letters fetched from a mailbox; moved out of the inbox only when they are kept.

The inbox is the queue: what lies there was not taken yet. A batch is read, committed, then moved to
a folder. Whoever dies in between finds the same letters again, and they are known by their digests.
"""

import hashlib
import imaplib
import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models.functions import Coalesce

from gongzhi.doors.mail.actions import refuse_letter, set_aside, take_letters
from gongzhi.doors.mail.agreed import Mailbox, terms
from gongzhi.doors.mail.letters import Letter, read_letter
from gongzhi.doors.mail.words import Verdict
from gongzhi.doors.models import Fetch
from gongzhi.doors.words import Door
from gongzhi.kernel.refusals import Refusal
from gongzhi.kernel.struck import struck

BATCH = 200
BATCH_BYTES = 48 * 1024 * 1024
BEGINNING = 256 * 1024  # bytes of a letter that is too large to be fetched whole
SECONDS = 60.0
FOLDER_OF = {
    Verdict.AUTOMATIC: "automatic",
    Verdict.UNREADABLE: "unreadable",
    Verdict.REFUSED: "refused",
    Verdict.EMPTY: "refused",
}
SIZE = re.compile(rb"UID (\d+) RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+) UID (\d+)")
UID = re.compile(rb"UID (\d+)")
AWAY = (OSError, imaplib.IMAP4.error, EOFError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A letter in the inbox."""

    uid: int
    size: int


def fetch_due(at: datetime) -> int:
    """Fetch every mailbox whose time has come; how many letters were taken."""
    return sum(_fetch_if_due(box, at) for box in terms().mailboxes.values())


def _fetch_if_due(box: Mailbox, at: datetime) -> int:
    row, _new = Fetch.objects.get_or_create(
        door=Door.MAILBOX, issuer=box.code, defaults={"not_before": at}
    )
    again = at + timedelta(seconds=terms().every_seconds)
    claimed = Fetch.objects.filter(pk=row.pk, not_before=row.not_before, not_before__lte=at)
    if not claimed.update(not_before=again):
        return 0
    mine = Fetch.objects.filter(pk=row.pk)
    try:
        count = fetch(box, at)
    except AWAY as error:
        log.warning("mailbox %s cannot be fetched: %r", box.code, error)
        mine.update(
            failing_since=Coalesce("failing_since", at), last_error=struck(str(error))[:400]
        )
        return 0
    mine.update(fetched_at=at, failing_since=None, last_error="")
    return count


def fetch(box: Mailbox, at: datetime) -> int:
    """Take everything that lies in the inbox now; how many letters it was. Raises AWAY."""
    count = 0
    with _session(box) as server:
        for batch in _batches(_inbox(server)):
            taken = _take(box, dict(_read(server, batch)), at)
            _move(server, taken)
            count += len(taken)
    return count


@contextmanager
def _session(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    kind = imaplib.IMAP4_SSL if box.imap.tls == "yes" else imaplib.IMAP4
    server = kind(box.imap.host, box.imap.port, timeout=SECONDS)
    try:
        if box.imap.tls == "start":
            server.starttls()
        server.login(box.imap.user or box.address, box.password)
        for folder in terms().folders.values():
            server.create(folder)  # it says no when the folder is there, which is well
        _well(server.select("INBOX"))
        yield server
    finally:
        with suppress(*AWAY):
            server.logout()


def _inbox(server: imaplib.IMAP4) -> list[Waiting]:
    found = _well(server.uid("SEARCH", "ALL"))
    if not found or not found[0]:
        return []
    listed = _well(server.uid("FETCH", "1:*", "(UID RFC822.SIZE)"))
    waiting = []
    for line in listed:
        match = SIZE.search(line if isinstance(line, bytes) else b"")
        if match:
            uid, size = (match[1], match[2]) if match[1] else (match[4], match[3])
            waiting.append(Waiting(int(uid), int(size)))
    return sorted(waiting, key=lambda one: one.uid)


def _batches(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    batch: list[Waiting] = []
    for one in waiting:
        full = sum(w.size for w in batch) + one.size > BATCH_BYTES
        if batch and (full or len(batch) >= BATCH):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _read(
    server: imaplib.IMAP4, batch: Sequence[Waiting]
) -> Iterator[tuple[int, tuple[bytes, bool]]]:
    """(uid, (bytes, whether it is the whole letter)) of each that is still there."""
    most = terms().most_bytes
    small = [str(one.uid) for one in batch if one.size <= most]
    large = [str(one.uid) for one in batch if one.size > most]
    for uids, part, whole in (
        (small, "BODY.PEEK[]", True),
        (large, f"BODY.PEEK[]<0.{BEGINNING}>", False),
    ):
        if not uids:
            continue
        said = _well(server.uid("FETCH", ",".join(uids), f"(UID {part})"))
        for n, one in enumerate(said):
            if not isinstance(one, tuple):
                continue
            after = said[n + 1] if n + 1 < len(said) else b""
            tail = after if isinstance(after, bytes) else b""
            match = UID.search(one[0]) or UID.search(tail)
            if match:
                yield int(match[1]), (one[1], whole)


def _take(box: Mailbox, found: dict[int, tuple[bytes, bool]], at: datetime) -> dict[int, Verdict]:
    """What became of each, by uid, once it is committed."""
    own, taken = terms().own, {}
    letters: dict[int, Letter] = {}
    for uid, (raw, whole) in found.items():
        try:
            letters[uid] = read_letter(raw, own=own, whole=whole)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            log.warning("mailbox %s: letter %s cannot be read: %r", box.code, uid, error)
            digest = hashlib.sha256(raw).hexdigest()
            taken[uid] = set_aside(by=None, digest=digest, mailbox=box, at=at)
    for group in _groups(letters):
        taken |= _kept(box, group, at)
    return taken


def _groups(letters: dict[int, Letter]) -> Iterator[dict[int, Letter]]:
    """In their order; a letter that continues one of the same batch comes after that was taken."""
    group: dict[int, Letter] = {}
    seen: set[str] = set()
    for uid, letter in sorted(letters.items()):
        if not seen.isdisjoint(letter.threads):
            yield group
            group, seen = {}, set()
        group[uid] = letter
        seen.add(f"<{letter.message_id}>")
    if group:
        yield group


def _kept(box: Mailbox, letters: dict[int, Letter], at: datetime) -> dict[int, Verdict]:
    """When one of many cannot be taken, each is tried by itself; what cannot be is set aside."""
    try:
        became = take_letters(by=None, letters=list(letters.values()), mailbox=box, at=at)
        return {uid: became[letter.digest] for uid, letter in letters.items()}
    except (OperationalError, InterfaceError):  # the database is away: nothing is moved
        raise
    except Exception as error:
        if len(letters) > 1:
            alone = [_kept(box, {uid: letter}, at) for uid, letter in letters.items()]
            return {uid: verdict for one in alone for uid, verdict in one.items()}
        [(uid, letter)] = letters.items()
        if isinstance(error, Refusal):
            return {uid: refuse_letter(by=None, letter=letter, mailbox=box, refusal=error, at=at)}
        log.exception("mailbox %s: letter %s cannot be taken", box.code, uid)
        return {uid: set_aside(by=None, digest=letter.digest, mailbox=box, at=at)}


def _move(server: imaplib.IMAP4, taken: dict[int, Verdict]) -> None:
    # Asked anew: before the sign-in servers tell less of what they can.
    movable = b" MOVE" in b" ".join(_well(server.capability()))
    folders: dict[str, list[str]] = defaultdict(list)
    for uid, verdict in sorted(taken.items()):
        folders[terms().folders[FOLDER_OF.get(verdict, "taken")]].append(str(uid))
    for folder, uids in folders.items():
        if movable:
            _well(server.uid("MOVE", ",".join(uids), folder))
        else:
            _well(server.uid("COPY", ",".join(uids), folder))
            _well(server.uid("STORE", ",".join(uids), "+FLAGS", r"(\Deleted)"))
            _well(server.expunge())


def _well(said: tuple[str, Any]) -> Any:
    status, data = said
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data!r}"[:300])
    return data
