"""Who is reporting: a signed-in person, or a stranger known only by a token on their own device."""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from gongzhi.access.checks import person_or_none
from gongzhi.access.models import Person

COOKIE = "device"
TWO_YEARS = 2 * 365 * 24 * 3600


@dataclass(frozen=True)
class Reporter:
    """`ref` goes into the case; `token` is set only for a device seen for the first time."""

    ref: str
    person: Person | None
    token: str = ""

    def remember(self, response: HttpResponseBase) -> None:
        """Give a new device its token, so that it finds its own reports again."""
        if self.token:
            response.set_signed_cookie(
                COOKIE,
                self.token,
                salt=COOKIE,
                max_age=TWO_YEARS,
                httponly=True,
                samesite="Lax",
                secure=settings.SECURE_COOKIES,
            )


def reporter_of(request: HttpRequest) -> Reporter:
    """The reporter behind a request; the database keeps only a fingerprint of a device's token."""
    if person := person_or_none(request.user):
        return Reporter(f"p:{person.pk}", person)
    known = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    token = known or secrets.token_urlsafe(24)
    return Reporter("d:" + hashlib.sha256(token.encode()).hexdigest(), None, "" if known else token)
