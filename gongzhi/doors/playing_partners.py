"""How a simulated partner signs what it sends and checks what it gets.

Written from docs/doors.md and not with the product's own signing, so that one is held against the
other.
"""

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

WINDOW = 300  # seconds that a signature is good for


@dataclass(frozen=True)
class Partner:
    """A partner as the district admitted it: the key both sign with, its code, the address."""

    key: str
    code: str
    target: str

    def call(self, path: str, said: Any, faults: Mapping[str, Any]) -> dict[str, Any]:
        """Call the district, signed; `faults` spoil it: timestamp, nonce, signature, body …"""
        body = faults.get("body", json.dumps(said, ensure_ascii=False))
        raw = body.encode(faults.get("encoding", "utf-8"))
        stamp = str(faults.get("timestamp", int(time.time())))
        nonce = str(faults.get("nonce", secrets.token_hex(16)))
        url = self.target.rstrip("/") + path
        right = sign(self.key, stamp, nonce, "POST", urlsplit(url).path, body=raw)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Gongzhi-Partner": self.code,
            "X-Gongzhi-Timestamp": stamp,
            "X-Gongzhi-Nonce": nonce,
            "X-Gongzhi-Signature": faults.get("signature") or right,
        }
        request = urllib.request.Request(url, data=raw, headers=headers)  # noqa: S310 - the address is the demo's own
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - the address is the demo's own
                return {"status": response.status, "said": json.load(response)}
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code, "said": json.load(error)}
        except (OSError, ValueError) as error:
            return {"status": 0, "said": repr(error)}


def sign(key: str, *parts: str, body: bytes) -> str:
    """The agreed signature over timestamp, nonce, method, path and the body's digest."""
    said = "\n".join((*parts, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


def fault_of(key: str, head: Message, method: str, path: str, body: bytes) -> str:
    """What is wrong with the signature of a call from the district; empty when nothing is."""
    stamp, nonce = head.get("X-Gongzhi-Timestamp", "0"), head.get("X-Gongzhi-Nonce", "")
    right = sign(key, stamp, nonce, method, path, body=body)
    if not hmac.compare_digest(right, head.get("X-Gongzhi-Signature", "")):
        return "签名不对"
    fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= WINDOW
    return "" if fresh else "时间戳过期"
