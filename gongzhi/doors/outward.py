"""Signed calls to the other side, bounded in time and size, never led elsewhere."""

import json
import secrets
import time
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from gongzhi.doors import signing
from gongzhi.doors.models import Partner

SECONDS = 10.0
MOST = 4 * 1024 * 1024  # bytes of one answer


class Unreachable(Exception):  # noqa: N818 - the other side is away, which is no fault of ours
    """The other side did not answer, or answered that it cannot just now."""


class Refused(Exception):  # noqa: N818 - an answer as well
    """The other side answered that it will not take this."""


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: HTTPMessage, newurl: str,
    ) -> None:  # fmt: skip
        """A signature is good for one address: whoever points elsewhere is not followed."""
        return


# Without the proxies of the environment: partners are reached over the government's own network.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)


def call(
    partner: Partner, method: str, path: str, says: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Call `path` below the partner's address and give its JSON; raises as `deliver` does."""
    return _json(deliver(partner, method, path, says))


def deliver(partner: Partner, method: str, path: str, says: dict[str, Any] | None = None) -> bytes:
    """Call `path` below the partner's address and give whatever it says.

    It is signed with the time of this machine's clock, whatever day the caller is working on.
    Unreachable when a later try may succeed (no connection, 5xx, 408, 429), Refused when it will
    not (other 4xx).
    """
    url = partner.url.rstrip("/") + path
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise Refused(f"no address for {partner.code}")
    body = b"" if says is None else json.dumps(says, ensure_ascii=False).encode()
    headers = signing.headers(
        partner.secret,
        partner=partner.code,
        timestamp=int(time.time()),
        nonce=secrets.token_urlsafe(24),
        method=method,
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        body=body,
    )
    headers["Content-Type"] = "application/json; charset=utf-8"
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        url, data=body or None, headers=headers, method=method
    )
    return _ask(request)


def _ask(request: urllib.request.Request) -> bytes:
    try:
        with _opener.open(request, timeout=SECONDS) as response:
            read: bytes = response.read(MOST + 1)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(400).decode(errors="replace")
        if error.code >= 500 or error.code in {408, 425, 429} or 300 <= error.code < 400:
            raise Unreachable(f"{error.code} {said}") from error
        raise Refused(f"{error.code} {said}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(repr(error)) from error
    if len(read) > MOST:
        raise Unreachable("the answer is too long")
    return read


def _json(read: bytes) -> dict[str, Any]:
    try:
        said = json.loads(read or b"{}")
    except (ValueError, RecursionError) as error:
        raise Unreachable("the answer is no JSON") from error
    if not isinstance(said, dict):
        raise Unreachable("the answer is no JSON object")
    return said
