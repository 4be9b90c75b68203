"""Signed calls between machines: who sent it, that nobody changed it, and when it was sent.

Both sides keep one key. A call carries four headers; its signature is, in hex, the HMAC-SHA256 with
that key of five lines joined by line feeds: timestamp, nonce, METHOD, path with query, and the
SHA-256 of the body in hex.

No Django, no database, no clock.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

PARTNER = "X-Gongzhi-Partner"  # the partner's code
TIMESTAMP = "X-Gongzhi-Timestamp"  # seconds since 1970
NONCE = "X-Gongzhi-Nonce"  # 16 to 64 letters, digits, - and _, never used twice
SIGNATURE = "X-Gongzhi-Signature"
WINDOW = 300  # seconds a clock may be wrong, and a call may be under way

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


def signature(key: str, *, timestamp: str, nonce: str, method: str, path: str, body: bytes) -> str:
    """The signature of a call in lower-case hex."""
    digest = hashlib.sha256(body).hexdigest()
    said = "\n".join((timestamp, nonce, method.upper(), path, digest))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


def headers(
    key: str, *, partner: str, timestamp: int, nonce: str, method: str, path: str, body: bytes
) -> dict[str, str]:
    """The four headers of a signed call."""
    signed = signature(
        key, timestamp=str(timestamp), nonce=nonce, method=method, path=path, body=body
    )
    return {PARTNER: partner, TIMESTAMP: str(timestamp), NONCE: nonce, SIGNATURE: signed}


def is_genuine(key: str, given: Mapping[str, str], *, method: str, path: str, body: bytes) -> bool:
    """Whether the headers sign exactly this call with this key; takes as long for any guess."""
    right = signature(
        key,
        timestamp=given.get(TIMESTAMP, ""),
        nonce=given.get(NONCE, ""),
        method=method,
        path=path,
        body=body,
    )
    guess = given.get(SIGNATURE, "").strip().lower()
    return hmac.compare_digest(right.encode(), guess.encode(errors="replace"))


def is_fresh(timestamp: str, now: float) -> bool:
    """Whether the call was sent within the window around `now` (seconds since 1970)."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now) <= WINDOW


def is_nonce(text: str) -> bool:
    """Whether the text can be a nonce."""
    return _NONCE.fullmatch(text) is not None
