"""Partners: the other programs that may report through a door."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """A program that may write; only the fingerprint of its key is kept."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    key_digest = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(_("启用"), default=True)
    per_minute = models.PositiveIntegerField(_("每分钟上限"), default=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


def new_key() -> str:
    """A key to hand to a partner once; 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """What is kept of a key. The key is random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
