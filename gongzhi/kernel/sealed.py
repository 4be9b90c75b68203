"""Text unreadable at rest: sealed with a rotating key, found again by a keyed blind index."""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

# Sealed values look like 2.<8 hex digits naming the key>.<base64 of nonce and ciphertext>. Values
# from before are Fernet tokens, which begin with "gAAAA"; they stay readable (ADR 0010, 0020).
FORM = "2."
HEAD = len(FORM) + 8 + 1  # characters before the base64
NONCE = 12  # bytes, random


@lru_cache(maxsize=8)
def _old_box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(k.encode()).digest())) for k in keys]
    )


@lru_cache(maxsize=8)
def _boxes(keys: tuple[str, ...]) -> dict[str, AESGCM]:
    """What seals and opens under each key, by the key's name; the newest first."""
    return {
        hashlib.sha256(b"name-of:" + k.encode()).hexdigest()[:8]: AESGCM(
            hashlib.sha256(b"aes-gcm:" + k.encode()).digest()
        )
        for k in keys
    }


def newest_form() -> str:
    """What every value sealed with the newest of settings.SEAL_KEYS begins with."""
    return f"{FORM}{next(iter(_boxes(tuple(settings.SEAL_KEYS))))}."


def seal(text: str) -> str:
    """Encrypt with the newest of settings.SEAL_KEYS; an empty text stays empty."""
    if not text:
        return ""
    name, box = next(iter(_boxes(tuple(settings.SEAL_KEYS)).items()))
    nonce = os.urandom(NONCE)
    sealed = base64.b64encode(nonce + box.encrypt(nonce, text.encode(), None)).decode()
    return f"{FORM}{name}.{sealed}"


class Sealed(str):
    """A text that is sealed already: a `SealedTextField` writes it as it is."""


def sealed_ahead(text: str) -> Sealed:
    """The text sealed now, so that the transaction that writes it need not."""
    return Sealed(seal(text))


def unseal(sealed: str) -> str:
    """Decrypt with whichever of settings.SEAL_KEYS fits. ValueError if none does."""
    return unseal_many((sealed,))[0]


def unseal_many(sealed: Iterable[str | None]) -> list[str]:
    """As `unseal`, of many: keys are looked up once. Nothing, as an empty text, is empty."""
    keys = tuple(settings.SEAL_KEYS)
    opens = {f"{FORM}{name}.": box.decrypt for name, box in _boxes(keys).items()}
    found = []
    try:
        for one in sealed:
            if not one:
                found.append("")
            elif one.startswith(FORM):
                raw = binascii.a2b_base64(one[HEAD:])
                found.append(opens[one[:HEAD]](raw[:NONCE], raw[NONCE:], None).decode())
            else:
                found.append(_old_box(keys).decrypt(one.encode()).decode())
    except (InvalidToken, InvalidTag, KeyError) as error:
        raise ValueError("sealed with a key that is not in SEAL_KEYS") from error
    return found


def seal_bytes(content: bytes) -> bytes:
    """Encrypt a piece of a file with the newest of settings.SEAL_KEYS; holds no line breaks."""
    name, box = next(iter(_boxes(tuple(settings.SEAL_KEYS)).items()))
    nonce = os.urandom(NONCE)
    return f"{FORM}{name}.".encode() + base64.b64encode(nonce + box.encrypt(nonce, content, None))


def unseal_bytes(sealed: bytes) -> bytes:
    """Decrypt a piece of a file. ValueError when no key of settings.SEAL_KEYS fits."""
    name, _dot, text = sealed[len(FORM) :].partition(b".")
    try:
        raw = base64.b64decode(text)
        box = _boxes(tuple(settings.SEAL_KEYS))[name.decode()]
        return box.decrypt(raw[:NONCE], raw[NONCE:], None)
    except (InvalidTag, KeyError) as error:
        raise ValueError("sealed with a key that is not in SEAL_KEYS, or damaged") from error


@lru_cache(maxsize=8)
def _index_key(key: str) -> bytes:
    return hashlib.sha256(b"blind-index:" + key.encode()).digest()


def _fingerprint(text: str) -> bytes:
    return hmac.digest(_index_key(settings.INDEX_KEY), text.encode(), "sha256")[:16]


def blind_index(text: str) -> str:
    """A keyed fingerprint (32 hex digits) by which a sealed text is found; empty for empty."""
    return _fingerprint(text).hex() if text else ""


def blind_uuid(text: str) -> UUID | None:
    """The blind index as 16 bytes, for large tables; None for empty."""
    return UUID(bytes=_fingerprint(text)) if text else None


def masked_id(number: str) -> str:
    """3****************X of an ID number: its first and last character."""
    return number[:1] + "*" * max(len(number) - 2, 0) + number[-1:] if len(number) > 1 else "*"


def masked_phone(phone: str) -> str:
    """138****6021 for a mobile number; only the last two digits of anything shorter."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:]


def masked_name(name: str) -> str:
    """The surname and a star for the rest, as on a public board: 王*."""
    return name[:1] + "*" * (len(name) - 1)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column that is encrypted on the way in and readable on the way out."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return None if value is None else unseal(value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if isinstance(value, Sealed):
            return str(value)
        return None if value is None else seal(value)
