"""Text unreadable at rest: sealed with a rotating key, found again by a keyed blind index."""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(k.encode()).digest())) for k in keys]
    )


def seal(text: str) -> str:
    """Encrypt with the newest of settings.SEAL_KEYS; an empty text stays empty."""
    return _box(tuple(settings.SEAL_KEYS)).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Decrypt with whichever of settings.SEAL_KEYS fits. ValueError if none does."""
    if not sealed:
        return ""
    try:
        return _box(tuple(settings.SEAL_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("sealed with a key that is not in SEAL_KEYS") from error


def blind_index(text: str) -> str:
    """A keyed fingerprint (32 hex digits) by which a sealed text is found; empty for empty."""
    if not text:
        return ""
    key = hashlib.sha256(b"blind-index:" + settings.INDEX_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


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
        return None if value is None else seal(value)
