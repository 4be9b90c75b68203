"""Calls to WeChat through wechatpy: one token for all processes, bounded, errors as answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import requests
from django.utils.timezone import now
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException, WeChatOAuthException
from wechatpy.oauth import WeChatOAuth
from wechatpy.session import SessionStorage

from gongzhi.doors.outward import Refused, Unreachable
from gongzhi.doors.wechat.agreed import Account
from gongzhi.doors.wechat.models import Token

SECONDS = 10
MEDIA_MOST = 20 * 1024 * 1024
BUSY = frozenset({-1, 45009, 45011})  # busy, or called too often: later it will do
T = TypeVar("T")


class Said(Refused):
    """WeChat's own refusal, with its code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}"[:300])
        self.code = code


class _Shared(SessionStorage):  # type: ignore[misc]
    """Keeps tokens in the database: a token that another process fetched ends ours."""

    def get(self, key: str, default: Any = None) -> Any:
        row = Token.objects.filter(name=key, expires_at__gt=now() + timedelta(minutes=1)).first()
        return row.value if row else default

    def set(self, key: str, value: Any, ttl: int | None = None) -> None:
        if value:
            until = now() + timedelta(seconds=ttl or 7200)
            Token.objects.update_or_create(name=key, defaults={"value": value, "expires_at": until})

    def delete(self, key: str) -> None:
        Token.objects.filter(name=key).delete()


class _Client(WeChatClient):  # type: ignore[misc]
    """wechatpy's client with an address that can be a simulator's."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.API_BASE_URL = account.api + "cgi-bin/"
        super().__init__(account.app_id, account.secret, session=_Shared(), timeout=SECONDS)

    def fetch_access_token(self) -> Any:
        """A new token; wechatpy asks for it when WeChat says that the old one has ended."""
        return self._fetch_access_token(
            self.API_BASE_URL + "token",
            {
                "grant_type": "client_credential",
                "appid": self.account.app_id,
                "secret": self.account.secret,
            },
        )


def client(account: Account) -> Any:
    """A client for the account."""
    return _Client(account)


def ask(call: Callable[[], T]) -> T:
    """Do one call. Unreachable when later it may succeed, Said when WeChat says no."""
    try:
        return call()
    except (WeChatClientException, WeChatOAuthException) as error:
        if error.errcode is None or error.errcode in BUSY:
            raise Unreachable(repr(error)[:300]) from error
        raise Said(error.errcode, str(error.errmsg)) from error
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(repr(error)[:300]) from error


def download(account: Account, media: str) -> bytes:
    """A picture that a follower sent. Said when it is gone, Unreachable when WeChat is away."""
    answer = ask(lambda: client(account).get("media/get", params={"media_id": media}))
    content = getattr(answer, "content", None)
    if not isinstance(content, bytes) or len(content) > MEDIA_MOST:
        raise Said(0, "this is no picture")
    return content


def oauth(account: Account, back: str, state: str) -> Any:
    """The sign-in by which a page learns who opened it inside WeChat."""
    flow = WeChatOAuth(account.app_id, account.secret, back, scope="snsapi_base", state=state)
    flow.API_BASE_URL, flow.OAUTH_BASE_URL = account.api, account.open
    return flow
