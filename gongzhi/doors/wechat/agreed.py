"""What is configured for the account: secrets from the environment, the rest from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings


@dataclass(frozen=True)
class Account:
    """Secrets and addresses of the account; `api` and `open` are WeChat's, or a simulator's."""

    app_id: str
    secret: str
    token: str
    aes_key: str
    api: str
    open: str


@dataclass(frozen=True)
class Terms:
    """config/doors/wechat.yaml, read once."""

    menu: Sequence[Mapping[str, Any]]
    template: str
    fields: Mapping[str, str]
    talk_hours: int
    window_hours: int
    welcome: str


def account() -> Account | None:
    """The account, or None where there is none."""
    said: Mapping[str, str] = settings.WECHAT
    if not said.get("app_id") or not said.get("token"):
        return None
    return Account(
        app_id=said["app_id"],
        secret=said.get("secret", ""),
        token=said["token"],
        aes_key=said.get("aes_key", ""),
        api=said.get("api", "") or "https://api.weixin.qq.com/",
        open=said.get("open", "") or "https://open.weixin.qq.com/connect/",
    )


@lru_cache(maxsize=1)
def terms() -> Terms:
    """The file. KeyError when it lacks something."""
    path = settings.CONFIG_DIR / "doors" / "wechat.yaml"
    words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    notice = words["notice"]
    return Terms(
        menu=words["menu"],
        template=str(notice["template"]),
        fields=notice["fields"],
        talk_hours=int(words["talk_hours"]),
        window_hours=int(words["window_hours"]),
        welcome=str(words["welcome"]),
    )
