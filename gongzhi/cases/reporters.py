"""Who is reporting: a signed-in person, or a stranger known only by a token on their own device."""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from gongzhi.access.checks import person_or_none
from gongzhi.access.models import Person
from gongzhi.cases.models import Case

COOKIE = "device"
TWO_YEARS = 2 * 365 * 24 * 3600
UNLOCKED = "unlocked_cases"  # session key: cases opened with number and secret
UNLOCKED_MOST = 50


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
    known = _device_token(request)
    token = known or secrets.token_urlsafe(24)
    return Reporter(_device_ref(token), None, "" if known else token)


def reporter_with(token: str) -> Reporter:
    """The reporter behind a token that an app keeps itself and sends along; a new one for ""."""
    token, known = token or secrets.token_urlsafe(24), bool(token)
    return Reporter(_device_ref(token), None, "" if known else token)


def refs_of(request: HttpRequest) -> list[str]:
    """Everyone this request may speak for: the signed-in person and the device it comes from."""
    refs = []
    if person := person_or_none(request.user):
        refs.append(f"p:{person.pk}")
    if token := _device_token(request):
        refs.append(_device_ref(token))
    return refs


def owns(request: HttpRequest, case: Case) -> bool:
    """Whether the request comes from the reporter: person, device, or whoever knows the secret."""
    return case.reporter_ref in refs_of(request) or case.pk in request.session.get(UNLOCKED, [])


def unlock(request: HttpRequest, case: Case) -> None:
    """Remember in the session that number and secret of this case were given."""
    others = [pk for pk in request.session.get(UNLOCKED, []) if pk != case.pk]
    request.session[UNLOCKED] = [*others, case.pk][-UNLOCKED_MOST:]


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; a forwarded one counts only from our own proxies."""
    proxies = settings.AXES_IPWARE_PROXY_COUNT
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if proxies and len(hops) >= proxies and hops[-proxies]:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def _device_token(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", salt=COOKIE) or ""


def _device_ref(token: str) -> str:
    return "d:" + hashlib.sha256(token.encode()).hexdigest()
