"""What is kept of a private link."""

import hashlib


def fingerprint(secret: str) -> str:
    """What is kept of a link's secret, which has 256 random bits: a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()
